"""Which values of events are fields of the items, as the responses of the API show.

A value `id` may be a number that only its parent knows, while `.id` of the items is another one. The
identifier of a deleted item must not be computed from such a value.
"""

from collections.abc import Iterable

from live_events.change import Change, LiveKind
from rest.page import Item
from rest.texts import text_of

type _Name = tuple[int, str, str]


class ValueEvidence:
    """Remembers, for each kind, the values that items have under the same name, and those that differ."""

    def __init__(self) -> None:
        self._equal: set[_Name] = set()
        self._different: set[_Name] = set()

    def note(self, change: Change, items: Iterable[Item]) -> None:
        """Compare the values of a change with the items that the API returned for it."""
        for item in items:
            for name in change.kind.webhook.needed & item.keys():
                is_equal = text_of(item[name]) == text_of(change.values[name])
                (self._equal if is_equal else self._different).add(_key(change.kind, name))

    def fields(self, change: Change) -> frozenset[str]:
        """Return the names of values that can stand for fields of the item.

        If the event says that the item was deleted, these are the values that never differed. Otherwise,
        those that are known to be equal.
        """
        return frozenset(
            name
            for name in change.kind.webhook.needed
            if (key := _key(change.kind, name)) not in self._different
            and (change.may_be_deleted or key in self._equal)
        )


def _key(kind: LiveKind, name: str) -> _Name:
    return kind.index, kind.resource.kind, name
