"""The same faults in a real `ocean sail`, with the catalog checked afterwards."""

from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]

ITEMS = 120
# Pagination type and fault. These listings are complete despite the fault:
SURVIVED = [
    ("page", "500_every_10th"),
    ("cursor", "reset_after_headers_once"),
    ("next_link", "half_body_once"),
    ("header_link", "429_storm_once"),
    ("auto", "chunk_cut_once"),
    ("offset", "grow"),
    ("none", "name_twice"),
]
# These listings fail:
FAILED = [
    ("page", "half_body"),
    ("offset", "login_page"),
    ("cursor", "circle"),
    ("next_link", "redirect_elsewhere"),
    ("header_link", "500_always"),
    ("auto", "deep_json"),
    ("none", "invalid_utf8"),
]


def entry(endpoint: Any) -> Json:
    mappings = {
        "identifier": ".id",
        "blueprint": f'"{blueprint(endpoint)}"',
        "properties": {"name": ".name"},
    }
    return {
        "kind": endpoint.kind,
        "selector": {"query": "true", **endpoint.selector},
        "port": {"entity": {"mappings": mappings}},
    }


def blueprint(endpoint: Any) -> str:
    return f"{endpoint.style}-{endpoint.fault}"


def mapping_of(endpoints: Iterable[Any]) -> Json:
    """Return a mapping without Ocean's own limit on deletions per sync."""
    return {"entityDeletionThreshold": 1, "resources": [entry(endpoint) for endpoint in endpoints]}


def synced_twice(install: Callable[..., Any], port: Any, api: httpx.Client, mapping: Json) -> Any:
    """Run two resyncs and return the second. The API misbehaves only in the second."""
    port.prepare(mapping)
    settings = {"baseUrl": str(api.base_url), "pageSize": 10, "timeout": 1, "maxRetries": 1}
    installation = install(settings)
    api.get("/_control/disarm").raise_for_status()
    first = installation.sync(mapping)
    assert first.failed == [], first.log
    api.get("/_control/arm").raise_for_status()
    return installation.sync()


def test_transient_faults_change_nothing(
    install: Callable[..., Any],
    port: Any,
    rude_api: httpx.Client,
    endpoint: Any,
    record_property: Callable[[str, object], None],
) -> None:
    """Every kind is complete, so Ocean deletes all unseen entities. The API's items were all seen."""
    endpoints = [endpoint(*case) for case in SURVIVED]
    run = synced_twice(install, port, rude_api, mapping_of(endpoints))
    found_of = {each.fault: port.entities(blueprint(each)).keys() for each in endpoints}
    all_ids = {str(number) for number in range(ITEMS)}
    for each in endpoints:
        outcome = "whole" if all_ids <= found_of[each.fault] else "lost"
        record_property("cell", [f"sail: {each.fault}", each.style, outcome])
    assert run.failed == [], run.log
    assert {fault for fault, found in found_of.items() if not all_ids <= found} == set()


def test_persistent_faults_fail_their_kind_and_delete_nothing(
    install: Callable[..., Any],
    port: Any,
    rude_api: httpx.Client,
    endpoint: Any,
    record_property: Callable[[str, object], None],
) -> None:
    """Each kind is checked separately."""
    endpoints = [endpoint(*case) for case in FAILED]
    run = synced_twice(install, port, rude_api, mapping_of(endpoints))
    for each in endpoints:
        is_whole = port.counts()[blueprint(each)] == ITEMS
        ends = "error" if each.kind in run.failed and is_whole else "lost"
        record_property("cell", [f"sail: {each.fault}", each.style, ends])
    assert run.states == [(each.kind, "failed") for each in endpoints], run.log
    assert port.counts() == {blueprint(each): ITEMS for each in endpoints}
    assert [each.kind for each in endpoints if each.kind not in run.log] == []
