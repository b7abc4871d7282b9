"""Changes whose request or write failed for now. They are tried again until a resync has covered them."""

from collections.abc import Callable
from datetime import datetime

from live_events.change import Change, ChangeKey


class Pending:
    """Changes to try again, by the key of their item.

    limit: how many. most_size: of the items in them, in characters.
    """

    def __init__(self, limit: int, most_size: int) -> None:
        self._limit = limit
        self._most_size = most_size
        self._changes: dict[ChangeKey, Change] = {}
        self._size = 0

    def __len__(self) -> int:
        return len(self._changes)

    def add(self, change: Change) -> bool:
        """Keep a change, in place of an earlier one of its item. Return False if there is no place."""
        kept = change.without_item()
        earlier = self.pop(change.key)
        if len(self._changes) >= self._limit or self._size + kept.size > self._most_size:
            return False
        self._changes[kept.key] = earlier.merged(kept) if earlier else kept
        self._size += kept.size
        return True

    def pop(self, key: ChangeKey) -> Change | None:
        """Remove and return the change of an item."""
        change = self._changes.pop(key, None)
        self._size -= change.size if change else 0
        return change

    def oldest(self, limit: int) -> list[Change]:
        """Remove and return the changes that wait longest."""
        return [change for key in list(self._changes)[:limit] if (change := self.pop(key))]

    def remove(self, is_covered: Callable[[Change], bool]) -> int:
        """Remove the changes that a test selects. Return how many."""
        covered = [key for key, change in self._changes.items() if is_covered(change)]
        for key in covered:
            self.pop(key)
        return len(covered)


def was_before(index: int, since: datetime) -> Callable[[Change], bool]:
    """Return a test for changes of a kind that were reported before a resync began to read it."""
    return lambda change: change.kind.index == index and change.received_at < since
