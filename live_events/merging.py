"""Merging: several changes of one item become one request."""

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from live_events.change import Change, ChangeKey

type _Entry = tuple[float, int, ChangeKey]


@dataclass(frozen=True, slots=True)
class _Waiting:
    change: Change
    due: float


class Merging:
    """Changes that wait for their turn, by the key of their item. Times are seconds of one clock.

    settle_s: how long the first change of an item waits for further ones.
    spacing_s: the shortest time between two turns of an item.
    size: of the items in the changes that wait, in characters.
    """

    def __init__(self, settle_s: float, spacing_s: float) -> None:
        self._settle_s = settle_s
        self._spacing_s = spacing_s
        self._waiting: dict[ChangeKey, _Waiting] = {}
        self._under_way: set[ChangeKey] = set()
        self._last_turns: dict[ChangeKey, float] = {}
        self._numbers = count()
        # The changes that wait and whose item is not under way, by whether they need a request: those that do
        # wait for a free place, and must not hold up the others.
        self._queues: dict[bool, list[_Entry]] = {True: [], False: []}
        self.size = 0

    def __len__(self) -> int:
        return len(self._waiting) + len(self._under_way)

    def add(self, change: Change, now: float, *, settles: bool = True) -> None:
        """Add a change, or merge it into the one of the same item that waits."""
        waiting = self._waiting.get(change.key)
        if waiting:
            self._replace(waiting, waiting.change.merged(change))
            return
        due = max(now + (self._settle_s if settles else 0.0), self._earliest(change.key))
        self._waiting[change.key] = _Waiting(change, due)
        self.size += change.size
        if change.key not in self._under_way:
            self._enqueue(change, due)

    def absorb(self, earlier: Change) -> bool:
        """Merge an earlier change into the one of the same item that waits. Return False if none waits."""
        waiting = self._waiting.get(earlier.key)
        if waiting:
            self._replace(waiting, earlier.merged(waiting.change))
        return waiting is not None

    def take(self, now: float, *, needs_request: bool) -> Change | None:
        """Return the next change that is due. Until it is released, no other of its item is."""
        queue = self._queues[needs_request]
        if not queue or queue[0][0] > now:
            return None
        _, _, key = heappop(queue)
        change = self._waiting.pop(key).change
        self.size -= change.size
        self._under_way.add(key)
        self._note_turn(key, now)
        return change

    def next_due(self, *, needs_request: bool) -> float | None:
        """Return when the next change is due. None: nothing waits."""
        queue = self._queues[needs_request]
        return queue[0][0] if queue else None

    def release(self, key: ChangeKey) -> None:
        """End the turn of an item. A change that came during it waits for the next one."""
        if key not in self._under_way:
            return
        self._under_way.remove(key)
        if waiting := self._waiting.get(key):
            self._enqueue(waiting.change, max(waiting.due, self._earliest(key)))

    def take_all(self) -> list[Change]:
        """Remove and return all changes that wait."""
        changes = [each.change for each in self._waiting.values()]
        self._waiting.clear()
        self._queues = {True: [], False: []}
        self.size = 0
        return changes

    def _replace(self, waiting: _Waiting, change: Change) -> None:
        """Put a change in the place of one that waits."""
        self.size += change.size - waiting.change.size
        self._waiting[change.key] = _Waiting(change, waiting.due)

    def _enqueue(self, change: Change, due: float) -> None:
        heappush(self._queues[change.needs_request], (due, next(self._numbers), change.key))

    def _earliest(self, key: ChangeKey) -> float:
        last = self._last_turns.get(key)
        return 0.0 if last is None else last + self._spacing_s

    def _note_turn(self, key: ChangeKey, now: float) -> None:
        self._last_turns.pop(key, None)
        self._last_turns[key] = now
        # The oldest come first, and the one of now is the last.
        while self._last_turns[oldest := next(iter(self._last_turns))] < now - self._spacing_s:
            del self._last_turns[oldest]
