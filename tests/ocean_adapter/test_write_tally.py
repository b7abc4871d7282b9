"""The tally of entities that Port accepted and refused, read from its responses."""

import json
from typing import Any

import httpx
import pytest
from port_ocean.context.event import EventType, event_context
from port_ocean.context.resource import resource_context
from port_ocean.core.models import Entity

from integration import CustomIntegration
from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.selector import CustomResourceConfig
from ocean_adapter.write_tally import WriteTally, current_write_tally, watch_writes, write_tally
from rest.errors import WriteError

_PORT = "https://port.example/v1/blueprints/task/entities"
_SEARCH = {"combinator": "and", "rules": [{"property": "serial", "operator": "=", "value": "7"}]}


def entity(identifier: Any, blueprint: str = "task") -> Entity:
    return Entity(identifier=identifier, blueprint=blueprint)


def response(url: str, sent: Any, status: int, body: Any, method: str = "POST") -> httpx.Response:
    """Return a response to a request that Ocean sends. body: JSON, or bytes that are not JSON."""
    request = httpx.Request(method, url, json=sent)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, content=content, request=request)


def bulk(*identifiers: Any) -> dict[str, Any]:
    return {"entities": [{"identifier": each, "blueprint": "task"} for each in identifiers]}


def accepted(*indices: int) -> list[dict[str, Any]]:
    return [{"identifier": f"named by Port {index}", "index": index, "created": True} for index in indices]


def refused(index: int, **reason: Any) -> dict[str, Any]:
    return {"identifier": "unknown", "index": index, "statusCode": 422, **reason}


@pytest.mark.parametrize(
    ("responses", "written", "first"),
    [
        ([(f"{_PORT}/bulk", bulk("a", "b"), 200, {"entities": accepted(0, 1), "errors": []})], 2, ""),
        (
            [
                (
                    f"{_PORT}/bulk",
                    bulk("a", "b"),
                    207,
                    {"entities": accepted(1), "errors": [refused(0, message="color is no enum value")]},
                )
            ],
            1,
            "task a: color is no enum value",
        ),
        (
            [
                (
                    f"{_PORT}/bulk",
                    bulk("a", "b"),
                    207,
                    {"entities": accepted(0), "errors": [refused(1, error="x")]},
                )
            ],
            1,
            "task b: x",
        ),
        (
            [(f"{_PORT}/bulk", bulk("a", "b"), 500, {"ok": False, "message": "oops"})],
            0,
            "task a: status 500 oops",
        ),
        (
            [(f"{_PORT}/bulk", bulk("a", "b"), 503, b"<h1>Gone</h1>")],
            0,
            "task a: status 503 <h1>Gone</h1>",
        ),
        (
            [(f"{_PORT}/bulk", bulk("a", "b"), 200, {"entities": accepted(0)})],
            1,
            "task b: Port's response does not mention it",
        ),
        ([], 0, "task a: Port's response does not mention it"),
        (
            [
                (f"{_PORT}/bulk", bulk("a", "b"), 413, {"ok": False, "error": "payload_too_large"}),
                (_PORT, {"identifier": "a", "blueprint": "task"}, 201, {"ok": True}),
                (_PORT, {"identifier": "b", "blueprint": "task"}, 201, {"ok": True}),
            ],
            2,
            "",
        ),
        (
            # Ocean counts such an entity as written.
            [
                (f"{_PORT}/bulk", bulk("a", "b"), 413, {"ok": False, "error": "payload_too_large"}),
                (_PORT, {"identifier": "a", "blueprint": "task"}, 201, {"ok": True}),
                (_PORT, {"identifier": "b"}, 422, {"ok": False, "error": "invalid_request"}),
            ],
            1,
            "task b: status 422 invalid_request",
        ),
        (
            # Neither request writes entities of this blueprint.
            [
                (f"{_PORT}/delete", bulk("a", "b"), 200, {}),
                ("https://port.example/v1/blueprints/user/entities", {"identifier": "a"}, 201, {}),
            ],
            0,
            "task a: Port's response does not mention it",
        ),
    ],
    ids=[
        "all accepted",
        "one refused",
        "without a message",
        "all refused",
        "a proxy's error page",
        "not mentioned",
        "no response",
        "too large, then one by one",
        "too large, then one refused",
        "other requests",
    ],
)
def test_entities_are_counted_by_ports_responses(responses: list[Any], written: int, first: str) -> None:
    tally = WriteTally()
    for url, sent, status, body in responses:
        tally.add_response(response(url, sent, status, body))
    tally.count([entity("a"), entity("b")], keep_refused=False)
    assert (tally.written, tally.refused) == (written, 2 - written)
    assert tally.first_refused == first
    assert tally.kept == []


def test_reading_an_entity_does_not_count_as_writing_it() -> None:
    tally = WriteTally()
    tally.add_response(response(_PORT, {"identifier": "a"}, 200, {}, method="GET"))
    tally.count([entity("a")], keep_refused=False)
    assert tally.refused == 1


def test_an_identifier_can_be_a_search() -> None:
    """Port returns the identifier of the entity that it found, or `unknown`."""
    tally = WriteTally()
    tally.add_response(
        response(f"{_PORT}/bulk", bulk(_SEARCH, "b"), 207, {"entities": accepted(0), "errors": [refused(1)]})
    )
    tally.count([entity(_SEARCH), entity("b")], keep_refused=True)
    assert (tally.written, tally.refused) == (1, 1)
    assert [each.identifier for each in tally.kept] == ["b"]


def test_a_search_that_matches_no_entity_is_not_a_refusal() -> None:
    """Such a mapping updates existing entities. Items without one are skipped."""
    tally = WriteTally()
    errors = [refused(0, error="not_found"), refused(1, error="not_found")]
    tally.add_response(response(f"{_PORT}/bulk", bulk(_SEARCH, "b"), 207, {"entities": [], "errors": errors}))
    tally.count([entity(_SEARCH), entity("b")], keep_refused=True)
    assert (tally.written, tally.unmatched, tally.refused) == (0, 1, 1)
    assert tally.first_refused == "task b: not_found"
    assert len(tally.take_refused()) == 2
    assert (tally.unmatched, tally.refused) == (0, 0)


def test_the_error_names_the_count_and_the_first_refused_entity() -> None:
    tally = WriteTally()
    tally.check()
    tally.add_response(response(f"{_PORT}/bulk", bulk("a", "b"), 500, {"message": "oops"}))
    tally.count([entity("a"), entity("b")], keep_refused=False)
    tally.add_response(response(f"{_PORT}/bulk", bulk("c"), 200, {"entities": accepted(0)}))
    tally.count([entity("c")], keep_refused=False)
    with pytest.raises(
        WriteError, match=r"2 of 3 entities were not written\. The first is task a: status 500"
    ):
        tally.check()


def test_an_entity_that_is_sent_again_counts_once() -> None:
    tally = WriteTally()
    tally.count([entity("a"), entity("b")], keep_refused=True)
    again = tally.take_refused()
    assert [each.identifier for each in again] == ["a", "b"]
    tally.check()
    tally.add_response(response(f"{_PORT}/bulk", bulk("a", "b"), 200, {"entities": accepted(0, 1)}))
    tally.count(again, keep_refused=True)
    tally.check()
    assert (tally.written, tally.refused, tally.kept) == (2, 0, [])


async def test_responses_reach_the_tally_of_the_current_entry() -> None:
    """All entries share a client. Responses outside an entry belong to no tally."""

    def port(_: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"ok": True})

    config = CustomResourceConfig.parse_obj(
        {
            "kind": "/tasks",
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}},
        }
    )
    async with httpx.AsyncClient(transport=httpx.MockTransport(port)) as client:
        watch_writes(client)
        watch_writes(client)
        await client.post(_PORT, json={"identifier": "a"})
        async with event_context(EventType.RESYNC) as event, resource_context(config, 3):
            await client.post(_PORT, json={"identifier": "b"})
            tally = write_tally(event.attributes, 3)
    tally.count([entity("a"), entity("b")], keep_refused=False)
    assert (tally.written, tally.refused) == (1, 1)
    assert tally.first_refused.startswith("task a")
    assert current_write_tally() is None


def test_the_integration_uses_the_custom_state_applier() -> None:
    assert CustomIntegration.EntitiesStateApplierClass is CustomStateApplier
