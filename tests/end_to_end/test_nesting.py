"""Sources of values in a real resync: parent fields, several sources, plain values, URLs and batches."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.process


def resource(kind: str, blueprint: str, identifier: str, **selector: Any) -> dict[str, Any]:
    mappings = {"identifier": identifier, "blueprint": f'"{blueprint}"'}
    return {"kind": kind, "selector": selector, "port": {"entity": {"mappings": mappings}}}


REPO = {"endpoint": "/repos", "field": ".name", "parent_fields": {"owner": ".owner.login"}}
PULLS = resource(
    "/repos/{owner}/{repo}/pulls",
    "pull",
    '.__owner + "-" + .__repo + "-" + (.n | tostring)',
    headers={"X-Owner": "{owner}"},
    path_parameters={"repo": REPO},
)
LABELS = resource(
    "/label/{label}/values",
    "label_value",
    '.__label + ":" + .value',
    data_path=".data",
    path_parameters={
        "label": {
            "endpoint": "/labels",
            "data_path": ".data",
            "field": ".",
            "filter": 'startswith("__") | not',
        }
    },
)
MEMBERS = resource(
    "{+url}", "member", ".id", path_parameters={"url": {"endpoint": "/repos", "field": ".members_url"}}
)
USERS = resource(
    "/users?ids={id}",
    "user",
    ".id",
    query='has("id") and (has("__id") | not)',
    path_parameters={
        "id": [
            {"endpoint": "/repos", "field": ".owner.login", "batch": 2},
            {"values": ["root", "acme"], "batch": 2},
        ]
    },
)
UNBOUND = resource("/unbound", "unbound", ".id", headers={"X-Owner": "{ownr}"})


def test_sources_of_values(
    install: Callable[..., Any], port: Any, loopback: Callable[[dict[str, Any]], Any]
) -> None:
    answers: dict[str, Any] = {
        "/labels": {"data": ["__name__", "job"]},
        "/label/job/values": {"data": ["api", "db"]},
        "/repos/acme/shop/pulls": [{"n": 1}, {"n": 2}],
        "/repos/x%2Fy/shop/pulls": [{"n": 1}],
        "/members?of=1": [{"id": "m1"}],
        "/members?of=2": [{"id": "m2"}],
        "/users?ids=acme,x%2Fy": [{"id": "acme"}, {"id": "xy"}],
        "/users?ids=root": [{"id": "root"}],
    }
    api = loopback(answers)
    answers["/repos"] = [
        {"name": "shop", "owner": {"login": "acme"}, "members_url": f"{api.url}/members?of=1"},
        {"name": "shop", "owner": {"login": "x/y"}, "members_url": "/members?of=2"},
    ]
    api.answers.update(answers)
    mapping = {"resources": [PULLS, LABELS, MEMBERS, USERS, UNBOUND]}
    port.prepare(mapping)
    run = install({"baseUrl": api.url, "maxRetries": 0}).sync(mapping)
    assert run.failed == ["/unbound"], f"{api.targets}\n{run.log}"
    assert port.counts() == {"pull": 3, "label_value": 2, "member": 2, "user": 3, "unbound": 0}
    assert "{ownr} in headers.X-Owner has no value. Add selector.path_parameters.ownr" in run.log
    assert sorted(api.targets) == sorted(answers)
