"""Port's clock is read from its responses, and the start of a full resync follows it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from port_ocean.context.event import EventType, event_context

from ocean_adapter.port_clock import align_start_with_port_clock, port_clock_reading, watch_port_clock

START = datetime.now(UTC)


class Port:
    """A fake Port whose clock is `ahead` by some seconds. None: its responses have no Date."""

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
    ) as client:
        watch_port_clock(client)
        watch_port_clock(client)
        yield client


async def attributes_after_response(client: httpx.AsyncClient) -> dict[str, Any]:
    """Return the attributes of a full resync after one response of Port."""
    async with event_context(EventType.RESYNC, attributes={"resync_start_time": START}) as event:
        await client.get("/")
        return event.attributes


@pytest.mark.parametrize(
    ("ahead", "minutes"),
    [(0, 0), (-300, -5), (300, 0), (None, 0)],
    ids=["the same", "behind", "ahead", "no Date"],
)
async def test_the_start_is_set_back_if_the_local_clock_is_ahead(
    client: httpx.AsyncClient, port: Port, ahead: float | None, minutes: int
) -> None:
    """It is never set forward: Ocean fails if the start is in the future."""
    port.ahead = ahead
    attributes = await attributes_after_response(client)
    align_start_with_port_clock(attributes)
    moved = attributes["resync_start_time"] - START
    assert timedelta(minutes=minutes, seconds=-5 if minutes else 0) <= moved <= timedelta(minutes=minutes)


async def test_an_incremental_run_has_no_start_to_set_back(client: httpx.AsyncClient, port: Port) -> None:
    port.ahead = -300
    async with event_context(EventType.INCREMENTAL_RESYNC) as event:
        await client.get("/")
        align_start_with_port_clock(event.attributes)
        assert "resync_start_time" not in event.attributes


async def test_a_response_without_a_send_time_is_ignored(client: httpx.AsyncClient) -> None:
    """Its request was sent before the client was watched."""
    client.event_hooks["request"].clear()
    assert port_clock_reading(await attributes_after_response(client)) is None


async def test_a_response_outside_an_event_is_ignored(client: httpx.AsyncClient) -> None:
    await client.get("/")
    attributes = await attributes_after_response(client)
    reading = port_clock_reading(attributes)
    assert reading
    assert reading.ahead == timedelta()
    assert port_clock_reading({}) is None
