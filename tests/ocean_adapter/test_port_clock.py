"""Port's clock, heard from its answers, and the start of a full resync by it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from port_ocean.context.event import EventType, event_context

from ocean_adapter.port_clock import port_clock, start_by_port_s_clock, watch

START = datetime.now(UTC)


class Port:
    """Answers with the date of a clock that is ahead by so many seconds; None: without one."""

    def __init__(self) -> None:
        self.ahead: float | None = 0

    def __call__(self, _: httpx.Request) -> httpx.Response:
        if self.ahead is None:
            return httpx.Response(200)
        date = datetime.now(UTC) + timedelta(seconds=self.ahead)
        return httpx.Response(200, headers={"Date": format_datetime(date, usegmt=True)})


@pytest.fixture
def port() -> Port:
    return Port()


@pytest.fixture
async def client(port: Port) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(port), base_url="https://port.example"
    ) as made:
        watch(made)
        watch(made)
        yield made


async def heard(client: httpx.AsyncClient) -> dict[str, Any]:
    """The attributes of a full resync in which Port answered once."""
    async with event_context(EventType.RESYNC, attributes={"resync_start_time": START}) as event:
        await client.get("/")
        return event.attributes


@pytest.mark.parametrize(
    ("ahead", "minutes"),
    [(0, 0), (-300, -5), (300, 0), (None, 0)],
    ids=["the same", "behind", "ahead", "silent"],
)
async def test_the_start_is_set_back_where_our_clock_is_ahead(
    client: httpx.AsyncClient, port: Port, ahead: float | None, minutes: int
) -> None:
    """Of a start in the future Ocean makes an error."""
    port.ahead = ahead
    attributes = await heard(client)
    start_by_port_s_clock(attributes)
    moved = attributes["resync_start_time"] - START
    assert timedelta(minutes=minutes, seconds=-5 if minutes else 0) <= moved <= timedelta(minutes=minutes)


async def test_without_a_start_there_is_nothing_to_set_back(client: httpx.AsyncClient, port: Port) -> None:
    port.ahead = -300
    async with event_context(EventType.INCREMENTAL_RESYNC) as event:
        await client.get("/")
        start_by_port_s_clock(event.attributes)
        assert "resync_start_time" not in event.attributes


async def test_an_answer_that_was_under_way_tells_nothing(client: httpx.AsyncClient) -> None:
    """Nobody noted when it was asked for."""
    client.event_hooks["request"].clear()
    assert port_clock(await heard(client)) is None


async def test_an_answer_outside_an_event_belongs_to_none(client: httpx.AsyncClient) -> None:
    await client.get("/")
    attributes = await heard(client)
    reading = port_clock(attributes)
    assert reading
    assert reading.ahead == timedelta()
    assert port_clock({}) is None
