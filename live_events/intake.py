"""Where the guard puts events."""

from typing import Protocol

from live_events.event import Event


class EventIntake(Protocol):
    """Takes verified events."""

    def offer(self, event: Event) -> bool:
        """Take an event. Return False if too many wait, or if they take too much memory (`Event.weight`)."""
        ...

    async def put(self, event: Event) -> None:
        """Take an event once there is a place for it."""
        ...
