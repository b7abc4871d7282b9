"""Port's clock, as its answers tell it: Ocean compares its own clock with the times that Port keeps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from loguru import logger
from port_ocean.context.event import event
from port_ocean.exceptions.context import EventContextNotFoundError

from rest.clocks import ClockReading, clock_reading

_ATTRIBUTE = "ocean_custom_port_clock"
_ASKED = "ocean_custom_asked"
_START = "resync_start_time"


def watch(client: httpx.AsyncClient) -> None:
    """Has the Date of each of Port's answers noted in the event that it belongs to."""
    hooks = client.event_hooks
    if _note_answer not in hooks["response"]:
        hooks["request"].append(_note_request)
        hooks["response"].append(_note_answer)


async def _note_request(request: httpx.Request) -> None:
    request.extensions[_ASKED] = datetime.now(UTC)


async def _note_answer(answer: httpx.Response) -> None:
    asked: datetime | None = answer.request.extensions.get(_ASKED)
    try:
        attributes = event.attributes
    except EventContextNotFoundError:
        return
    if asked is None:  # it was under way when we began to watch
        return
    reading = clock_reading(answer.headers.get("date"), asked, datetime.now(UTC))
    known = port_clock(attributes)
    if reading and (known is None or reading.uncertainty <= known.uncertainty):
        attributes[_ATTRIBUTE] = reading


def port_clock(attributes: dict[str, Any]) -> ClockReading | None:
    """What the clearest answer of this event tells; None: no answer has a Date."""
    reading: ClockReading | None = attributes.get(_ATTRIBUTE)
    return reading


def start_by_port_s_clock(attributes: dict[str, Any]) -> None:
    """Sets back the start of a full resync by as much as our clock is ahead of Port's.

    At its end Ocean deletes what Port says was updated before that start. By a clock that is ahead, this is
    also what others have written while it ran.
    """
    reading = port_clock(attributes)
    start = attributes.get(_START)
    if reading is None or reading.ahead >= timedelta() or not isinstance(start, datetime):
        return
    logger.warning(
        "the clock of this machine is {:.0f} s ahead of Port's. The resync counts as started so much earlier",
        -reading.ahead.total_seconds(),
    )
    attributes[_START] = start + reading.ahead
