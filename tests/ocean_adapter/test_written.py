"""What Port has taken, read from its answers."""

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
from ocean_adapter.written import WriteTally, current_tally, listen, written_of
from rest.errors import WriteError

_PORT = "https://port.example/v1/blueprints/task/entities"
_SEARCH = {"combinator": "and", "rules": [{"property": "serial", "operator": "=", "value": "7"}]}


def entity(identifier: Any, blueprint: str = "task") -> Entity:
    return Entity(identifier=identifier, blueprint=blueprint)


def answered(url: str, sent: Any, status: int, told: Any, method: str = "POST") -> httpx.Response:
    """An answer to a request as Ocean sends it; told: JSON, or a body that is none."""
    request = httpx.Request(method, url, json=sent)
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    return httpx.Response(status, content=content, request=request)


def bulk(*identifiers: Any) -> dict[str, Any]:
    return {"entities": [{"identifier": each, "blueprint": "task"} for each in identifiers]}


def taken(*places: int) -> list[dict[str, Any]]:
    return [{"identifier": f"named by Port {place}", "index": place, "created": True} for place in places]


def refused(place: int, **told: Any) -> dict[str, Any]:
    return {"identifier": "unknown", "index": place, "statusCode": 422, **told}


@pytest.mark.parametrize(
    ("answers", "written", "first"),
    [
        ([(f"{_PORT}/bulk", bulk("a", "b"), 200, {"entities": taken(0, 1), "errors": []})], 2, ""),
        (
            [
                (
                    f"{_PORT}/bulk",
                    bulk("a", "b"),
                    207,
                    {"entities": taken(1), "errors": [refused(0, message="color is no enum value")]},
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
                    {"entities": taken(0), "errors": [refused(1, error="x")]},
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
            [(f"{_PORT}/bulk", bulk("a", "b"), 200, {"entities": taken(0)})],
            1,
            "task b: no answer that tells of it",
        ),
        ([], 0, "task a: no answer that tells of it"),
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
            # Ocean takes such a one for written.
            [
                (f"{_PORT}/bulk", bulk("a", "b"), 413, {"ok": False, "error": "payload_too_large"}),
                (_PORT, {"identifier": "a", "blueprint": "task"}, 201, {"ok": True}),
                (_PORT, {"identifier": "b"}, 422, {"ok": False, "error": "invalid_request"}),
            ],
            1,
            "task b: status 422 invalid_request",
        ),
        (
            # Neither is a write of this blueprint.
            [
                (f"{_PORT}/delete", bulk("a", "b"), 200, {}),
                ("https://port.example/v1/blueprints/user/entities", {"identifier": "a"}, 201, {}),
            ],
            0,
            "task a: no answer that tells of it",
        ),
    ],
    ids=[
        "all taken",
        "one refused",
        "without a message",
        "all refused",
        "a proxy's page",
        "not mentioned",
        "no answer",
        "too large, then one by one",
        "too large, then one refused",
        "other requests",
    ],
)
def test_what_port_answers_is_counted(answers: list[Any], written: int, first: str) -> None:
    tally = WriteTally()
    for url, sent, status, told in answers:
        tally.hear(answered(url, sent, status, told))
    tally.note([entity("a"), entity("b")], keep=False)
    assert (tally.written, tally.refused) == (written, 2 - written)
    assert tally.first_refused == first
    assert tally.waiting == []


def test_reading_is_no_writing() -> None:
    tally = WriteTally()
    tally.hear(answered(_PORT, {"identifier": "a"}, 200, {}, method="GET"))
    tally.note([entity("a")], keep=False)
    assert tally.refused == 1


def test_an_identifier_may_be_a_search() -> None:
    """Port names such an entity by the one that it found, and answers `unknown` where it found none."""
    tally = WriteTally()
    tally.hear(
        answered(f"{_PORT}/bulk", bulk(_SEARCH, "b"), 207, {"entities": taken(0), "errors": [refused(1)]})
    )
    tally.note([entity(_SEARCH), entity("b")], keep=True)
    assert (tally.written, tally.refused) == (1, 1)
    assert [each.identifier for each in tally.waiting] == ["b"]


def test_a_search_that_finds_none_is_no_refusal() -> None:
    """Such a mapping writes to entities that are there, and what has none is left out."""
    tally = WriteTally()
    errors = [refused(0, error="not_found"), refused(1, error="not_found")]
    tally.hear(answered(f"{_PORT}/bulk", bulk(_SEARCH, "b"), 207, {"entities": [], "errors": errors}))
    tally.note([entity(_SEARCH), entity("b")], keep=True)
    assert (tally.written, tally.unmatched, tally.refused) == (0, 1, 1)
    assert tally.first_refused == "task b: not_found"
    assert len(tally.take_waiting()) == 2
    assert (tally.unmatched, tally.refused) == (0, 0)


def test_a_kind_fails_with_the_count_the_first_and_what_to_change() -> None:
    tally = WriteTally()
    tally.check()
    tally.hear(answered(f"{_PORT}/bulk", bulk("a", "b"), 500, {"message": "oops"}))
    tally.note([entity("a"), entity("b")], keep=False)
    tally.hear(answered(f"{_PORT}/bulk", bulk("c"), 200, {"entities": taken(0)}))
    tally.note([entity("c")], keep=False)
    with pytest.raises(WriteError, match="2 of 3 entities were not written; the first is task a: status 500"):
        tally.check()


def test_what_is_sent_again_counts_once() -> None:
    tally = WriteTally()
    tally.note([entity("a"), entity("b")], keep=True)
    again = tally.take_waiting()
    assert [each.identifier for each in again] == ["a", "b"]
    tally.check()
    tally.hear(answered(f"{_PORT}/bulk", bulk("a", "b"), 200, {"entities": taken(0, 1)}))
    tally.note(again, keep=True)
    tally.check()
    assert (tally.written, tally.refused, tally.waiting) == (2, 0, [])


async def test_answers_reach_the_tally_of_the_entry_that_is_read() -> None:
    """The client is one for all; what comes outside an entry belongs to none."""

    def port(_: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"ok": True})

    config = CustomResourceConfig.parse_obj(
        {
            "kind": "/tasks",
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}},
        }
    )
    async with httpx.AsyncClient(transport=httpx.MockTransport(port)) as client:
        listen(client)
        listen(client)
        await client.post(_PORT, json={"identifier": "a"})
        async with event_context(EventType.RESYNC) as event, resource_context(config, 3):
            await client.post(_PORT, json={"identifier": "b"})
            tally = written_of(event.attributes, 3)
    tally.note([entity("a"), entity("b")], keep=False)
    assert (tally.written, tally.refused) == (1, 1)
    assert tally.first_refused.startswith("task a")
    assert current_tally() is None


def test_ocean_writes_by_our_class() -> None:
    assert CustomIntegration.EntitiesStateApplierClass is CustomStateApplier
