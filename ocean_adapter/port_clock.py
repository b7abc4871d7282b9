"""Port's clock, read from its responses. Ocean compares local times with times that Port records."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from loguru import logger
from port_ocean.context.event import event
from port_ocean.exceptions.context import EventContextNotFoundError

from rest.clocks import ClockReading, clock_reading

_ATTRIBUTE = "ocean_custom_port_clock"
_SENT_AT = "ocean_custom_sent_at"
_RESYNC_START = "resync_start_time"


def watch_port_clock(client: httpx.AsyncClient) -> None:
    """Record the Date of each of Port's responses in the attributes of the current event."""
    hooks = client.event_hooks
    if _read_clock not in hooks["response"]:
        hooks["request"].append(_record_sent_at)
        hooks["response"].append(_read_clock)


async def _record_sent_at(request: httpx.Request) -> None:
    request.extensions[_SENT_AT] = datetime.now(UTC)


async def _read_clock(response: httpx.Response) -> None:
    sent_at: datetime | None = response.request.extensions.get(_SENT_AT)
    try:
        attributes = event.attributes
    except EventContextNotFoundError:
        return
    if sent_at is None:  # sent before the hooks were added
        return
    reading = clock_reading(response.headers.get("date"), sent_at, datetime.now(UTC))
    best = port_clock_reading(attributes)
    if reading and (best is None or reading.uncertainty <= best.uncertainty):
        attributes[_ATTRIBUTE] = reading


def port_clock_reading(attributes: dict[str, Any]) -> ClockReading | None:
    """Return the most certain reading of this event. None: no response had a Date."""
    reading: ClockReading | None = attributes.get(_ATTRIBUTE)
    return reading


def align_start_with_port_clock(attributes: dict[str, Any]) -> None:
    """Set the start of a full resync back by the time that the local clock is ahead of Port's.

    At the end Ocean deletes the entities that were last updated before the start, by Port's clock. If the
    local clock is ahead, these include entities that others wrote during the resync.
    """
    reading = port_clock_reading(attributes)
    start = attributes.get(_RESYNC_START)
    if reading is None or reading.ahead >= timedelta() or not isinstance(start, datetime):
        return
    logger.warning(
        "The clock of this machine is {:.0f} s ahead of Port's. The start of the resync is set back by that",
        -reading.ahead.total_seconds(),
    )
    attributes[_RESYNC_START] = start + reading.ahead
