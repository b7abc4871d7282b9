"""The cursor of an incremental run is never in the future."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, override

import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event_context
from port_ocean.context.ocean import ocean
from port_ocean.core.incremental import CursorStore
from port_ocean.core.integrations.mixins import SyncRawMixin

from integration import CustomIntegration
from ocean_adapter.incremental_cursor import CautiousCursor, record_first_response
from ocean_adapter.selector import CustomResourceConfig
from rest.clocks import ClockReading

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TASKS = CustomResourceConfig.parse_obj(
    {"kind": "/tasks", "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}}
)


class Port:
    """A fake Port client that keeps the saved cursor."""

    def __init__(self) -> None:
        self.saved: datetime | None = None

    async def upsert_integration_cursor(self, _kind: str, _index: int, value: datetime) -> None:
        self.saved = value


class Run(SyncRawMixin):
    """Stands for Ocean's run: it reads from a cursor and saves the next one."""

    since: datetime | None = None

    @override
    async def _sync_incremental_kind(self, *arguments: Any) -> bool:
        _, index, self.since, next_cursor, store, *_ = arguments
        await store.save("/tasks", index, next_cursor)
        return True


class CautiousRun(CautiousCursor, Run):
    pass


@pytest.fixture
def port(app: Any, monkeypatch: pytest.MonkeyPatch) -> Port:
    port = Port()
    monkeypatch.setattr(app, "port_client", port)
    integration = SimpleNamespace(incremental_sync_interval=15)
    monkeypatch.setattr(app.config, "integration", integration, raising=False)
    return port


async def run(
    cursor: datetime, *, port_ahead: timedelta | None = None, first_response: datetime | None = None
) -> datetime | None:
    """Run once, starting at NOW. Return the time from which changes are read."""
    attributes: dict[str, Any] = {}
    if port_ahead is not None:
        attributes["ocean_custom_port_clock"] = ClockReading(NOW, port_ahead, port_ahead)
    record_first_response(attributes, first_response)
    run = CautiousRun()
    async with event_context(EventType.INCREMENTAL_RESYNC, attributes=attributes):
        await run._sync_incremental_kind(
            TASKS, 0, cursor, NOW, CursorStore(ocean.port_client), UserAgentType.exporter, "custom", "x", "k"
        )
    return run.since


def test_the_integration_uses_the_cautious_cursor() -> None:
    assert issubclass(CustomIntegration, CautiousCursor)


async def test_a_past_cursor_is_used_as_it_is(port: Port) -> None:
    assert await run(NOW - MINUTE) == NOW - MINUTE
    assert port.saved == NOW


@pytest.mark.usefixtures("port")
async def test_a_future_cursor_is_replaced_by_the_default_interval(logged: list[str]) -> None:
    assert await run(NOW + MINUTE) == NOW - 15 * MINUTE
    assert "/tasks: the cursor 2026-11-29T12:01:00+00:00 is in the future" in "".join(logged)


@pytest.mark.usefixtures("port")
async def test_a_cursor_that_is_past_by_ports_clock_is_used() -> None:
    """The local clock is behind, and an earlier run on another machine saved the cursor."""
    assert await run(NOW + MINUTE, port_ahead=2 * MINUTE) == NOW + MINUTE


@pytest.mark.parametrize(
    ("port_ahead", "first_response", "saved"),
    [
        (-MINUTE, None, NOW - MINUTE),
        (MINUTE, None, NOW),
        (timedelta(), NOW - 3 * MINUTE, NOW - 3 * MINUTE),
        (-5 * MINUTE, NOW - 3 * MINUTE, NOW - 5 * MINUTE),
        (None, NOW + MINUTE, NOW),
    ],
    ids=["Port behind", "Port ahead", "API behind", "Port further behind than the API", "API ahead"],
)
async def test_the_next_cursor_follows_the_slowest_clock(
    port: Port, port_ahead: timedelta | None, first_response: datetime | None, saved: datetime
) -> None:
    await run(NOW - 10 * MINUTE, port_ahead=port_ahead, first_response=first_response)
    assert port.saved == saved
