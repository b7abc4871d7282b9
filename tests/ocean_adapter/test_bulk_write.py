"""Entities are written in bulks, as Ocean writes them, and every entity has a result."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from port_ocean.clients.port.types import RequestOptions, UserAgentType
from port_ocean.context.event import EventType, event_context
from port_ocean.context.ocean import ocean
from port_ocean.core.models import Entity

from ocean_adapter.bulk_write import MAX_CONCURRENT_WRITES, BulkWriter
from ocean_adapter.write_response import WriteResult, entity_key
from tests.ocean_adapter.fake_port import FakePort, entities, many, status

OPTIONS: RequestOptions = {
    "merge": True,
    "create_missing_related_entities": False,
    "delete_dependent_entities": True,
    "validation_only": False,
}


async def write(written: list[Entity]) -> WriteResult:
    return await BulkWriter(ocean.port_client).write(written, OPTIONS, UserAgentType.exporter)


def sizes(port: FakePort) -> list[int]:
    return [len(body["entities"]) for body in port.bodies("/entities/bulk")]


async def test_a_request_has_at_most_20_entities_of_one_blueprint(fake_port: FakePort) -> None:
    mixed = [*entities("task", *many(45)), *entities("user", "u1")]
    result = await write(mixed)
    assert sorted(sizes(fake_port)) == [1, 5, 20, 20]
    assert len(result.accepted) == 46
    assert result.reasons == {}


async def test_a_request_has_at_most_1_mib(fake_port: FakePort) -> None:
    large = [Entity(identifier=name, blueprint="task", title="x" * 300_000) for name in many(7)]
    await write([*large, Entity(identifier="huge", blueprint="task", title="x" * 2_000_000)])
    assert sizes(fake_port) == [3, 3, 1, 1]
    # The last one has a single entity, which cannot be divided.
    assert all(len(each.content) <= 1024 * 1024 for each in fake_port.requests[:3])


async def test_a_request_that_is_too_large_for_port_is_sent_in_halves(fake_port: FakePort) -> None:
    """The last half is one entity, which is then sent by itself, as Ocean does."""

    def limited(request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)["entities"]
        if len(sent) > 3 or any(entity["identifier"] == "t00007" for entity in sent):
            return httpx.Response(413, json={"ok": False, "error": "payload_too_large"})
        accepted = [{"index": index, "identifier": each["identifier"]} for index, each in enumerate(sent)]
        return httpx.Response(200, json={"entities": accepted, "errors": []})

    fake_port.answers["/entities/bulk"] = limited
    alone: list[Any] = []

    def too_large(request: httpx.Request) -> httpx.Response:
        alone.append(json.loads(request.content))
        return httpx.Response(413, json={"ok": False, "error": "payload_too_large"})

    fake_port.answers["/task/entities"] = too_large
    result = await write(entities("task", *many(20)))
    assert len(result.accepted) == 19
    assert [entity["identifier"] for entity in alone] == ["t00007"]
    assert result.reasons == {entity_key("task", "t00007"): "status 413 payload_too_large"}


async def test_some_entities_of_a_request_may_be_refused(fake_port: FakePort, logged: list[str]) -> None:
    fake_port.unwanted = "bad"
    result = await write(entities("task", "t1", "bad", "t2"))
    assert result.accepted == {entity_key("task", "t1"), entity_key("task", "t2")}
    assert result.reasons == {entity_key("task", "bad"): "not an enum"}
    assert any("1 of 3 entities of blueprint task were not written: not an enum" in line for line in logged)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (status(500, message="oops"), "status 500 oops"),
        (lambda _: httpx.Response(502, text="<h1>Bad gateway</h1>"), "status 502 <h1>Bad gateway</h1>"),
    ],
)
async def test_an_error_refuses_all_entities_of_its_request(
    fake_port: FakePort, answer: Any, reason: str
) -> None:
    fake_port.failures["/task/entities/bulk"] = answer
    result = await write([*entities("task", "t1", "t2"), *entities("user", "u1")])
    assert result.reasons == dict.fromkeys((entity_key("task", "t1"), entity_key("task", "t2")), reason)
    assert result.accepted == {entity_key("user", "u1")}


async def test_a_connection_that_fails_refuses_its_entities(fake_port: FakePort, logged: list[str]) -> None:
    fake_port.is_reachable = False
    result = await write(entities("task", "t1"))
    assert result.reasons == {entity_key("task", "t1"): "no route"}
    assert any("1 entities of blueprint task were not written: no route" in line for line in logged)


@pytest.mark.parametrize("value", ["\ud800", "a\ud83d b", 2**64, -(2**70), 1e308, "\0", "ä\u2028"])
async def test_any_value_of_json_is_sent(fake_port: FakePort, value: Any) -> None:
    """An unpaired surrogate has no UTF-8, and a JSON number has any length."""
    entity = Entity(identifier="t1", blueprint="task", properties={"value": value})
    await write([entity])
    assert fake_port.bodies("/entities/bulk")[0]["entities"][0]["properties"] == {"value": value}


async def test_a_request_is_as_oceans_own(fake_port: FakePort) -> None:
    entity = Entity(identifier="t1", blueprint="task", properties={"p": None}, relations={"r": ["x"]})
    async with event_context(EventType.RESYNC) as event:
        await write([entity])
        await ocean.port_client.upsert_entities_bulk("task", [entity], OPTIONS, UserAgentType.exporter)
        ours, oceans = fake_port.requests
        assert ours.url == oceans.url
        assert ours.url.params["ocean_info_resync_id"] == event.id
    assert json.loads(ours.content) == json.loads(oceans.content)
    for name in ("authorization", "user-agent", "content-type"):
        assert ours.headers[name] == oceans.headers[name]


async def test_only_so_many_requests_run_at_once(fake_port: FakePort) -> None:
    fake_port.may_write.clear()
    writing = asyncio.create_task(write(entities("task", *many(20 * (MAX_CONCURRENT_WRITES + 10)))))
    for _ in range(1000):
        await asyncio.sleep(0)
    assert len(fake_port.requests) == MAX_CONCURRENT_WRITES
    fake_port.may_write.set()
    await writing
    assert len(fake_port.requests) == MAX_CONCURRENT_WRITES + 10


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, text="<h1>Sign in</h1>"),
        httpx.Response(200, json={"entities": [{"index": 7, "identifier": "t1"}]}),
        httpx.Response(200, json={"entities": "none"}),
    ],
    ids=["a page", "an index that was not sent", "no list"],
)
async def test_a_response_that_is_not_ports_refuses_its_entities(
    fake_port: FakePort, response: httpx.Response
) -> None:
    fake_port.answers["/task/entities/bulk"] = lambda _: response
    result = await write([*entities("task", "t1"), *entities("user", "u1")])
    assert result.accepted == {entity_key("user", "u1")}
    assert result.reasons.keys() == {entity_key("task", "t1")}


async def test_an_entity_that_is_sent_by_itself_may_fail(fake_port: FakePort) -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.WriteError("reset", request=request)

    fake_port.answers["/entities/bulk"] = status(413)
    fake_port.answers["/task/entities"] = unreachable
    result = await write(entities("task", "t1"))
    assert result.reasons == {entity_key("task", "t1"): "reset"}
