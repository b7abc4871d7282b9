"""Results of changes, handed over in batches, so that one request to Port writes many entities."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from live_events.change import Change, LiveKind
from live_events.fetching import Deletion, Outcome
from rest.page import Item

type _Result = tuple[Change, Outcome]


@dataclass(frozen=True, slots=True, eq=False)
class LiveBatch:
    """What to write to Port for one kind, with the changes that it belongs to, and the outcome of each.

    updated: in the order of the events. If two of them have the same identifier, the later one counts.
    deleted: each only if `Deletion.allows` its identifier.
    """

    kind: LiveKind
    updated: list[Item] = field(default_factory=list)
    deleted: list[Deletion] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)


class Results:
    """Outcomes that wait to be written, by kind. most_items: of a batch, if it has more than one change."""

    def __init__(self, most_items: int) -> None:
        self._most_items = most_items
        self._results: dict[int, deque[_Result]] = {}
        self._kinds: dict[int, LiveKind] = {}
        self.items = 0

    def add(self, kind: LiveKind, change: Change, outcome: Outcome) -> None:
        """Add the outcome of a change. kind: as it is in the mapping now."""
        self._kinds[kind.index] = kind
        self._results.setdefault(kind.index, deque()).append((change, outcome))
        self.items += _size(outcome)

    def next_batch(self) -> LiveBatch | None:
        """Return a batch of the kind that waits longest. None: nothing waits."""
        if not self._results:
            return None
        index, results = next(iter(self._results.items()))
        del self._results[index]
        batch = LiveBatch(self._kinds[index])
        for change, outcome in self._taken(results):
            batch.changes.append(change)
            batch.outcomes.append(outcome)
            batch.updated.extend(outcome.updated)
            batch.deleted.extend(outcome.deleted)
            self.items -= _size(outcome)
        if results:  # behind the other kinds
            self._results[index] = results
        return batch

    def _taken(self, results: deque[_Result]) -> Iterator[_Result]:
        """Remove and yield the results of one batch."""
        size = 0
        first = results[0][1]
        while results:
            change, outcome = results[0]
            size += _size(outcome)
            # Changes without a key may be of the same item, so that their order matters.
            is_mixed = bool(change.number) and bool(outcome.deleted) != bool(first.deleted)
            if outcome is not first and (size > self._most_items or is_mixed):
                return
            yield results.popleft()


def _size(outcome: Outcome) -> int:
    return len(outcome.updated) + len(outcome.deleted)
