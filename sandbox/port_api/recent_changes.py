"""The latest changes to entities, in memory, for pages that show what an event led to."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from sandbox.port_api.entities import Entity

KEPT_CHANGES = 1000


@dataclass(frozen=True, slots=True)
class EntityChange:
    """A write or a deletion. moment: microseconds since 1970; before: None if it was created."""

    moment: int
    before: Entity | None
    after: Entity | None

    @property
    def action(self) -> Literal["created", "updated", "deleted"]:
        if self.after is None:
            return "deleted"
        return "created" if self.before is None else "updated"

    @property
    def entity(self) -> Entity:
        """The entity after the change, or the deleted one."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - a change has at least one of them
        return found


class RecentChanges:
    """The newest changes. Changes of blueprints, which affect many entities, are not among them."""

    def __init__(self) -> None:
        self._changes: deque[EntityChange] = deque(maxlen=KEPT_CHANGES)

    def note(self, moment: int, before: Entity | None, after: Entity | None) -> None:
        """Note a change. An overwritten entity without a difference is not one."""
        if before and after and (before.text, before.updated_at) == (after.text, after.updated_at):
            return
        self._changes.append(EntityChange(moment, before, after))

    def since(self, moment: int) -> list[EntityChange]:
        """Return the changes at this time or later, oldest first."""
        return [change for change in self._changes if change.moment >= moment]

    def clear(self) -> None:
        self._changes.clear()
