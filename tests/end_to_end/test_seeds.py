"""The examples of Port's documentation for custom integrations run unchanged. They are in `seeds/`."""

import json
import shlex
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.loopback_server import NOT_FOUND, Request, Response, serving

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Install = Callable[..., Any]

_SEEDS = Path(__file__).with_name("seeds")
_BEARER = {"authType": "bearer_token", "authValue": "sample-token"}
_HEADERS = {"Authorization": "Bearer sample-token"}
_LARGEST_ID = 2**63 - 1
# Values of the chart for Ocean itself, and the variables that the chart sets from them.
_OCEAN_VALUES = {
    "initializePortResources": "OCEAN__INITIALIZE_PORT_RESOURCES",
    "scheduledResyncInterval": "OCEAN__SCHEDULED_RESYNC_INTERVAL",
}


@pytest.mark.parametrize("example", ["custom", "generic-http"])
def test_the_helm_example_syncs_the_two_endpoints(
    example: str, install: Install, port: Any, sample: httpx.Client
) -> None:
    """Both examples have the same endpoints, but their own identifier and type."""
    values = _helm_values(f"helm-{example}.sh")
    mapping = _yaml("two-endpoints.yml")
    port.prepare(mapping)
    run = _helm_installation(values, sample, install).sync(mapping)
    assert run.states == [("/api/v1/users", "completed"), ("/api/v1/projects", "completed")], run.log
    _check_users_and_projects(port, sample)
    identifier = values["integration.identifier"]
    sources = {entity["datasource"] for entity in port.entities("user").values()}
    assert sources == {f"port-ocean/{example}/2.0.0/{identifier}/exporter"}
    assert _stored(port, identifier)["installationAppType"] == example
    assert _stored(port, identifier)["config"] == mapping
    first = {"page": "1", "size": "100"}
    assert _queries(sample, "/api/v1/users")[0] == {"active": "true", "department": "engineering", **first}
    assert _queries(sample, "/api/v1/projects")[0] == {"status": "active", **first}


def test_comments_are_related_to_their_tickets(install: Install, port: Any, sample: httpx.Client) -> None:
    """The entry of the tickets has no selector."""
    mapping = _merged_mapping("tickets.yml", "comments.yml")
    port.prepare(mapping)
    run = install({"baseUrl": _root(sample, "/bearer/page"), **_BEARER, "paginationType": "page"}).sync(
        mapping
    )
    assert run.failed == [], run.log
    tickets = _items(sample, "/api/tickets")
    comments = [item for each in tickets for item in _items(sample, f"/api/tickets/{each['id']}/comments")]
    assert set(port.entities("ticket")) == {str(each["id"]) for each in tickets}
    found = {name: entity["relations"] for name, entity in port.entities("comment").items()}
    assert found == {str(each["id"]): {"ticket": str(each["ticket_id"])} for each in comments}


def test_comments_without_a_ticket_id_get_it_from_the_path(
    install: Install, port: Any, loopback: Callable[..., Any]
) -> None:
    """`.ticket_id` is the value of the path parameter."""
    ticket_ids = [101, 102, 103]
    comments = {ticket: [{"id": ticket * 10 + number} for number in (1, 2)] for ticket in ticket_ids}
    api = loopback(
        {"/api/tickets": [{"id": ticket} for ticket in ticket_ids]}
        | {f"/api/tickets/{ticket}/comments": items for ticket, items in comments.items()}
    )
    mapping = _merged_mapping("tickets.yml", "comments.yml")
    port.prepare(mapping)
    run = install({"baseUrl": api.url}).sync(mapping)
    assert run.failed == [], run.log
    expected = {str(item["id"]): str(ticket) for ticket, items in comments.items() for item in items}
    found = port.entities("comment")
    assert {name: entity["relations"]["ticket"] for name, entity in found.items()} == expected
    assert sorted(api.targets) == sorted(api.answers)


def test_the_three_data_structures_are_read_with_their_data_path(
    install: Install, port: Any, printed: str
) -> None:
    resources = [
        _entry("/direct-array.json", "direct"),
        _entry("/direct-array.json", "root", data_path="."),
        _entry("/nested-data.json", "nested", data_path=".data"),
        _entry("/deeply-nested.json", "deeply", data_path=".response.users.items"),
    ]
    mapping = {"resources": resources}
    port.prepare(mapping)
    run = install({"baseUrl": printed, "authType": "none"}).sync(mapping)
    assert run.failed == [], run.log
    both = {"1": "Alice", "2": "Bob"}
    assert _titles(port, "direct") == _titles(port, "root") == _titles(port, "nested") == both
    assert _titles(port, "deeply") == {"1": "Alice"}


def test_the_default_parameters_are_those_of_the_documentation(
    install: Install, port: Any, sample: httpx.Client
) -> None:
    """The defaults are offset and limit, page and size, cursor and limit."""
    types = ("offset", "page", "cursor")
    resources = [
        _entry(f"/none/{type_}/api/v1/users", type_, data_path=".users", pagination={"type": type_})
        for type_ in types
    ]
    mapping = {"resources": resources}
    port.prepare(mapping)
    run = install({"baseUrl": _root(sample)}).sync(mapping)
    assert run.failed == [], run.log
    assert {type_: len(port.entities(type_)) for type_ in types} == dict.fromkeys(types, 120)
    queries = {type_: _queries(sample, "/api/v1/users", f"none/{type_}") for type_ in types}
    assert queries["offset"][:2] == [{"offset": "0", "limit": "100"}, {"offset": "100", "limit": "100"}]
    assert queries["page"][:2] == [{"page": "1", "size": "100"}, {"page": "2", "size": "100"}]
    cursor = queries["cursor"][1]["cursor"]
    assert queries["cursor"] == [{"limit": "100"}, {"cursor": cursor, "limit": "100"}]


def test_the_parameter_names_of_github_work(install: Install, port: Any, sample: httpx.Client) -> None:
    """One endpoint has a total in the body, the other has a Link header."""
    github, _ = _parameter_names()
    mapping = {
        "resources": [
            _entry("/bearer/page-total/api/v1/users", "total", data_path=".users"),
            _entry("/bearer/page-header/api/v1/users", "header", data_path=".users"),
        ]
    }
    port.prepare(mapping)
    run = install({"baseUrl": _root(sample), **_BEARER, **github}).sync(mapping)
    assert run.failed == [], run.log
    pages = [{"page": "1", "per_page": "100"}, {"page": "2", "per_page": "100"}]
    for blueprint in ("total", "header"):
        assert set(port.entities(blueprint)) == {str(number) for number in range(1, 121)}
        assert _queries(sample, "/api/v1/users", f"bearer/page-{blueprint}") == pages


def test_the_parameter_names_of_stripe_page_by_the_last_id(
    install: Install, port: Any, sample: httpx.Client
) -> None:
    """Without cursorPath, the cursor is the id of the page's last item, with all its digits."""
    _, stripe = _parameter_names()
    mapping = {
        "resources": [
            _entry("/api/v1/users", "user", data_path=".users"),
            _entry("/api/v1/events", "event", data_path=".events"),
        ]
    }
    port.prepare(mapping)
    base = _root(sample, "/bearer/cursor-last-id")
    run = install({"baseUrl": base, **_BEARER, **stripe}).sync(mapping)
    assert run.failed == [], run.log
    assert len(port.entities("user")) == 120
    assert set(port.entities("event")) == _large_ids()
    cursors = [query.get("starting_after") for query in _queries(sample, "/api/v1/events")]
    assert cursors == [None, *(str(_LARGEST_ID - position) for position in (99, 199, 299, 399))]


def test_large_ids_keep_their_digits_with_the_cursor_example(
    install: Install, port: Any, sample: httpx.Client
) -> None:
    """They are numbers in the identifier and in a relation. The settings include the timeout example."""
    events = _entry("/api/v1/events", "event", data_path=".events", relations={"source": ".id"})
    mapping = {"resources": [events, _entry("/api/v1/users", "source", data_path=".users")]}
    port.prepare(mapping)
    examples = {**_yaml("cursor-path.yml"), **_yaml("timeout.yml")}
    base = _root(sample, "/bearer/cursor")
    run = install({"baseUrl": base, **_BEARER, "paginationType": "cursor", **examples}).sync(mapping)
    assert run.failed == [], run.log
    found = {name: entity["relations"]["source"] for name, entity in port.entities("event").items()}
    assert found == {number: number for number in _large_ids()}
    # Port creates missing relation targets.
    assert set(port.entities("source")) == _large_ids() | {str(number) for number in range(1, 121)}


def _printed(request: Request) -> Response:
    """Return a file of `seeds/` unchanged."""
    file = _SEEDS / request.path.lstrip("/")
    return Response(file.read_bytes()) if file.is_file() else NOT_FOUND


@pytest.fixture
def printed() -> Iterator[str]:
    """Start an API that serves the files of `seeds/` and yield its URL."""
    with serving(_printed) as url:
        yield url


def _yaml(name: str) -> Json:
    content: Json = yaml.safe_load((_SEEDS / name).read_text(encoding="utf-8"))
    return content


def _merged_mapping(*names: str) -> Json:
    """Return one mapping with the resources of several files."""
    return {"resources": [entry for name in names for entry in _yaml(name)["resources"]]}


def _parameter_names() -> list[Json]:
    """Return the settings for GitHub and those for Stripe, which are in one file."""
    blocks = (_SEEDS / "parameter-names.yml").read_text(encoding="utf-8").split("\n\n")
    return [yaml.safe_load(block) for block in blocks]


def _helm_values(name: str) -> dict[str, str]:
    """Return the `--set` values of a command."""
    words = shlex.split((_SEEDS / name).read_text(encoding="utf-8"))
    pairs = [value for option, value in pairwise(words) if option == "--set"]
    return dict(pair.split("=", 1) for pair in pairs)


def _helm_installation(values: dict[str, str], sample: httpx.Client, install: Install) -> Any:
    """Return an installation with the environment that the chart sets, for one resync of the sample API."""
    settings = {
        name.rpartition(".")[2]: value
        for name, value in values.items()
        if name.startswith(("integration.config.", "integration.secrets."))
    }
    assert settings["authValue"] == "<YOUR_API_TOKEN>"
    own = {"baseUrl": _root(sample, "/bearer/page"), "authValue": "sample-token"}
    return install(
        settings | own,
        kind=values["integration.type"],
        identifier=values["integration.identifier"],
        environ={variable: values[name] for name, variable in _OCEAN_VALUES.items()},
    )


def _check_users_and_projects(port: Any, sample: httpx.Client) -> None:
    users = _items(sample, "/api/v1/users", "users", active="true", department="engineering")
    assert users
    assert _contents(port, "user") == {
        str(user["id"]): {
            "title": user["name"],
            "email": user["email"],
            "department": "engineering",
            "active": True,
            "created": user["created_at"],
        }
        for user in users
    }
    projects = _items(sample, "/api/v1/projects", "data", "projects", status="active")
    assert projects
    assert _contents(port, "project") == {
        project["project_id"]: {
            "title": project["project_name"],
            "description": project["description"],
            "owner": project["owner"]["email"],
            "budget": project["budget_amount"],
            "created": project["created_date"],
        }
        for project in projects
    }


def _entry(kind: str, blueprint: str, *, relations: Json | None = None, **selector: Any) -> Json:
    """Return a resource with the examples' `identifier: .id`, whose value is a number."""
    mappings: Json = {"identifier": ".id", "title": ".name", "blueprint": json.dumps(blueprint)}
    if relations:
        mappings["relations"] = relations
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


def _root(sample: httpx.Client, path: str = "") -> str:
    return str(sample.base_url).rstrip("/") + path


def _items(sample: httpx.Client, path: str, *keys: str, **filters: str) -> list[Json]:
    """Return all items of the sample API's listing, in one page."""
    answer = sample.get(f"/bearer/none{path}", params=filters, headers=_HEADERS).raise_for_status()
    body = answer.json()
    for key in keys:
        body = body[key]
    items: list[Json] = body
    return items


def _queries(sample: httpx.Client, path: str, style: str | None = None) -> list[dict[str, str]]:
    """Return the queries of the requests for a path, in order, without those of `_items`."""
    entries = sample.get("/_control/requests").raise_for_status().json()
    requests = [entry for entry in entries if entry["path"] == path and entry["style"] != "bearer/none"]
    return [entry["query"] for entry in requests if style in (None, entry["style"])]


def _large_ids() -> set[str]:
    """Return the ids of the sample API's 500 events. They have more digits than a double can store."""
    return {str(_LARGEST_ID - position) for position in range(500)}


def _titles(port: Any, blueprint: str) -> dict[str, str]:
    return {name: entity["title"] for name, entity in port.entities(blueprint).items()}


def _contents(port: Any, blueprint: str) -> dict[str, Json]:
    found = port.entities(blueprint).items()
    return {name: {"title": entity["title"], **entity["properties"]} for name, entity in found}


def _stored(port: Any, identifier: str) -> Json:
    """Return the integration as Port stores it."""
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    token = port.http.post("/v1/auth/access_token", json=credentials).raise_for_status().json()["accessToken"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = port.http.get(f"/v1/integration/{identifier}", headers=headers).raise_for_status()
    integration: Json = answer.json()["integration"]
    return integration
