"""The tally of entities that Port accepted and refused, read from its responses."""

import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from port_ocean.core.models import Entity

from integration import CustomIntegration
from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.write_response import WriteResult, bulk_result, entity_key, single_result
from ocean_adapter.write_tally import WriteTally
from rest.errors import WriteError

_SEARCH = {"combinator": "and", "rules": [{"property": "serial", "operator": "=", "value": "7"}]}


def entity(identifier: Any, blueprint: str = "task") -> Entity:
    return Entity(identifier=identifier, blueprint=blueprint)


def result(identifiers: Sequence[Any], status: int, body: Any) -> WriteResult:
    """Return the result of a bulk. body: JSON, or bytes that are not JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    keys = [entity_key("task", each) for each in identifiers]
    return bulk_result(keys, httpx.Response(status, content=content))


def accepted(*indices: int) -> list[dict[str, Any]]:
    return [{"identifier": f"named by Port {index}", "index": index, "created": True} for index in indices]


def refused(index: int, **reason: Any) -> dict[str, Any]:
    return {"identifier": "unknown", "index": index, "statusCode": 422, **reason}


@pytest.mark.parametrize(
    ("status", "body", "written", "first"),
    [
        (200, {"entities": accepted(0, 1), "errors": []}, 2, ""),
        (
            207,
            {"entities": accepted(1), "errors": [refused(0, message="color is no enum value")]},
            1,
            "task a: color is no enum value",
        ),
        (207, {"entities": accepted(0), "errors": [refused(1, error="x")]}, 1, "task b: x"),
        (500, {"ok": False, "message": "oops"}, 0, "task a: status 500 oops"),
        (503, b"<h1>Gone</h1>", 0, "task a: status 503 <h1>Gone</h1>"),
        (200, {"entities": accepted(0)}, 1, "task b: Port's response does not mention it"),
    ],
    ids=[
        "all accepted",
        "one refused",
        "without a message",
        "all refused",
        "a proxy's error page",
        "not mentioned",
    ],
)
def test_entities_are_counted_by_ports_responses(status: int, body: Any, written: int, first: str) -> None:
    tally = WriteTally()
    tally.count([entity("a"), entity("b")], result(["a", "b"], status, body), keep_refused=False)
    assert (tally.written, tally.refused) == (written, 2 - written)
    assert tally.first_refused == first
    assert tally.kept == []


def test_an_identifier_can_be_a_search() -> None:
    """Port returns the identifier of the entity that it found, or `unknown`."""
    tally = WriteTally()
    found = result([_SEARCH, "b"], 207, {"entities": accepted(0), "errors": [refused(1)]})
    assert found.found == {entity_key("task", _SEARCH): "named by Port 0"}
    tally.count([entity(_SEARCH), entity("b")], found, keep_refused=True)
    assert (tally.written, tally.refused) == (1, 1)
    assert [each.identifier for each in tally.kept] == ["b"]


def test_a_search_that_matches_no_entity_is_not_a_refusal() -> None:
    """Such a mapping updates existing entities. Items without one are skipped."""
    tally = WriteTally()
    errors = [refused(0, error="not_found"), refused(1, error="not_found")]
    unmatched = result([_SEARCH, "b"], 207, {"entities": [], "errors": errors})
    tally.count([entity(_SEARCH), entity("b")], unmatched, keep_refused=True)
    assert (tally.written, tally.unmatched, tally.refused) == (0, 1, 1)
    assert tally.first_refused == "task b: not_found"
    assert len(tally.take_refused()) == 2
    assert (tally.unmatched, tally.refused) == (0, 0)


def test_the_error_names_the_count_and_the_first_refused_entity() -> None:
    tally = WriteTally()
    tally.check()
    oops = result(["a", "b"], 500, {"message": "oops"})
    tally.count([entity("a"), entity("b")], oops, keep_refused=False)
    tally.count([entity("c")], result(["c"], 200, {"entities": accepted(0)}), keep_refused=False)
    with pytest.raises(
        WriteError, match=r"2 of 3 entities were not written\. The first is task a: status 500"
    ):
        tally.check()


def test_an_entity_that_is_sent_again_counts_once() -> None:
    tally = WriteTally()
    tally.count([entity("a"), entity("b")], WriteResult(), keep_refused=True)
    again = tally.take_refused()
    assert [each.identifier for each in again] == ["a", "b"]
    tally.check()
    tally.count(again, result(["a", "b"], 200, {"entities": accepted(0, 1)}), keep_refused=True)
    tally.check()
    assert (tally.written, tally.refused, tally.kept) == (2, 0, [])


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (201, {"ok": True, "entity": {"identifier": "7"}}, {"found": {"task": "7"}}),
        (201, {"ok": True}, {"found": {}}),
        (422, {"ok": False, "error": "invalid_request"}, {"reasons": ["status 422 invalid_request"]}),
    ],
)
def test_a_single_entity_is_accepted_or_refused(status: int, body: Any, expected: dict[str, Any]) -> None:
    key = entity_key("task", _SEARCH)
    single = single_result(key, httpx.Response(status, json=body))
    assert single.has_accepted(key) is (status == 201)
    assert list(single.reasons.values()) == expected.get("reasons", [])
    assert {blueprint: name for (blueprint, _), name in single.found.items()} == expected.get("found", {})


def test_the_integration_uses_the_custom_state_applier() -> None:
    assert CustomIntegration.EntitiesStateApplierClass is CustomStateApplier
