"""What happened to events and to the changes that they report."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class LiveCounts:
    """Counts since the start.

    received: events that were let in. rejected: deliveries that were not, by the status of the answer.
    matched, unmatched: events that are for a kind, or for none.
    fetched: requests for a present state that were answered. written, deleted: changes that are in Port.
    failed: changes and events that nothing is done about before the next resync.
    retried: changes that were tried again. dropped: changes for which there was no place.
    left: deletions that only a resync can carry out safely.
    waiting, pending: changes that wait for their turn, or to be tried again, now.
    """

    received: int = 0
    rejected: Counter[int] = field(default_factory=Counter)
    matched: int = 0
    unmatched: int = 0
    fetched: int = 0
    written: int = 0
    deleted: int = 0
    failed: int = 0
    retried: int = 0
    dropped: int = 0
    left: int = 0
    waiting: int = 0
    pending: int = 0
