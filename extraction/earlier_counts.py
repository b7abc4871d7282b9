"""The item counts of earlier resyncs, by mapping entry, from the sync metrics that Port keeps."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

type KindMetrics = Mapping[str, Any]
"""The metrics of one kind in a resync, as GET /v1/integration/{id}/syncMetrics returns them."""

# Failed resyncs are skipped, up to this number.
MAX_RESYNCS = 20


class EarlierCounts:
    """Each mapping entry's item count when it last completed. Receives the resyncs from the newest back.

    kinds: those of the mapping, in order.
    """

    def __init__(self, kinds: Sequence[str] = ()) -> None:
        self._counts: dict[int, int] = {}
        self._missing: dict[str, list[int]] = defaultdict(list)
        for index, kind in enumerate(kinds):
            self._missing[kind].append(index)

    def of(self, index: int) -> int | None:
        """Return the count of the entry at an index. None: it is unknown."""
        return self._counts.get(index)

    @property
    def are_complete(self) -> bool:
        """Whether no earlier resync can add a count."""
        return not self._missing

    def add(self, metrics: Iterable[KindMetrics]) -> None:
        """Add the next older resync. Raises LookupError: its metrics have no item count."""
        by_kind = _by_kind(metrics)
        for kind, indices in list(self._missing.items()):
            records = by_kind.get(kind, [])
            if not records:
                continue
            if len(records) != len(indices):
                # The mapping has changed since. Which entry was which is unknown, in older resyncs too.
                del self._missing[kind]
                continue
            for index, record in zip(indices, records, strict=True):
                if record["syncState"] == "completed":
                    self._counts.setdefault(index, _item_count(record))
            if all(index in self._counts for index in indices):
                del self._missing[kind]


def _by_kind(metrics: Iterable[KindMetrics]) -> dict[str, list[KindMetrics]]:
    """Return each kind's records in mapping order."""
    groups: dict[str, list[KindMetrics]] = defaultdict(list)
    for record in sorted(metrics, key=lambda record: int(record.get("kindIndex", 0))):
        groups[str(record["kind"])].append(record)
    return groups


def _item_count(record: KindMetrics) -> int:
    """Return the number of extracted raw items. Raises LookupError: the record has no such count."""
    counts = record["metrics"]["phase"]["extract"]["object_count_type"]["raw_extracted"]
    return int(counts["object_count"])
