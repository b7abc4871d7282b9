"""The metrics of live events, on Ocean's page /metrics."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from port_ocean.context.ocean import ocean
from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from live_events.change import Change
from live_events.guard import REJECTION_STATUSES
from live_events.pipeline import LiveEvents

_PREFIX = "ocean_custom_live_events"
_LATENCY_BUCKETS_S = (0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300)
_OUTCOMES = ("fetched", "written", "deleted", "failed", "retried", "dropped", "left")


class LiveMetrics(Collector):
    """Shows the counts of the pipeline, and of the deliveries that were not let in, when Prometheus asks.

    rejected: the number of deliveries by the status of the answer, from each place that verifies them.
    """

    def __init__(self, events: LiveEvents, rejected: Sequence[Mapping[int, int]]) -> None:
        self._events = events
        self._rejected = rejected
        self._latency = Histogram(
            f"{_PREFIX}_latency_seconds",
            "From the arrival of an event to the write of its change in Port",
            registry=None,
            buckets=_LATENCY_BUCKETS_S,
        )

    def install(self) -> None:
        """Add the metrics to Ocean's page, which is there even without OCEAN__METRICS__ENABLED."""
        ocean.metrics.registry.register(self)
        ocean.metrics.registry.register(self._latency)

    def note_written(self, changes: Sequence[Change]) -> None:
        """Note that changes have been written to Port."""
        now = datetime.now(UTC)
        for change in changes:
            self._latency.observe(max(0.0, (now - change.received_at).total_seconds()))

    def collect(self) -> Iterator[Metric]:
        """Yield the present counts."""
        counts = self._events.counts
        received = CounterMetricFamily(f"{_PREFIX}_received", "Events that were let in")
        received.add_metric([], counts.received)
        yield received
        rejected = CounterMetricFamily(
            f"{_PREFIX}_rejected", "Deliveries that were not let in, by the status", labels=["status"]
        )
        # Prometheus sees an increase only where it has seen a zero.
        by_status = Counter(dict.fromkeys(REJECTION_STATUSES, 0))
        for each in self._rejected:
            by_status.update(each)
        for status, count in sorted(by_status.items()):
            rejected.add_metric([str(status)], count)
        yield rejected
        matched = CounterMetricFamily(
            f"{_PREFIX}_matched", "Events by whether a kind uses them", labels=["matched"]
        )
        matched.add_metric(["true"], counts.matched)
        matched.add_metric(["false"], counts.unmatched)
        yield matched
        changes = CounterMetricFamily(
            f"{_PREFIX}_changes", "Changes by what became of them", labels=["outcome"]
        )
        for outcome in _OUTCOMES:
            changes.add_metric([outcome], getattr(counts, outcome))
        yield changes
        for name, text in (
            ("waiting", "Events and changes that wait for their turn"),
            ("pending", "Changes that failed for now and are tried again"),
        ):
            yield GaugeMetricFamily(f"{_PREFIX}_{name}", text, getattr(counts, name))
