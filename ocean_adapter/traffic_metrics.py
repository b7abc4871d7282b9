"""Metrics of this process and of its requests to the API, on Ocean's page /metrics."""

from collections.abc import Iterator

from port_ocean.context.ocean import ocean
from prometheus_client import ProcessCollector
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from client import RETRY_REASONS, Traffic
from ocean_adapter.gauges import PREFIX, gauge


class TrafficMetrics(Collector):
    """Shows the counts of requests when Prometheus asks."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic

    def collect(self) -> Iterator[Metric]:
        """Yield the present counts."""
        requests = CounterMetricFamily(
            f"{PREFIX}_api_requests", "Requests to the API, by the status of the response", labels=["status"]
        )
        for status, count in sorted(self._traffic.responses.items()):
            requests.add_metric([status], count)
        yield requests
        retries = CounterMetricFamily(
            f"{PREFIX}_api_retries", "Requests that were sent again, by the reason", labels=["reason"]
        )
        for reason in RETRY_REASONS:
            retries.add_metric([reason], self._traffic.retries[reason])
        yield retries
        text = "For how long the API's rate limit let no request start"
        yield CounterMetricFamily(f"{PREFIX}_api_paused_seconds", text, value=self._traffic.paused_s)


def install_metrics(traffic: Traffic) -> None:
    """Add the metrics to Ocean's page. The page then also says which installation it belongs to."""
    registry = ocean.metrics.registry
    registry.register(TrafficMetrics(traffic))
    ProcessCollector(registry=registry)
    integration = ocean.config.integration
    labels = {
        "identifier": integration.identifier,
        "type": integration.type,
        "version": ocean.metrics.integration_version,
        "ocean_version": ocean.metrics.ocean_version,
        "resyncs": str(ocean.config.event_listener.should_resync).lower(),
    }
    gauge("info", "The installation that this process belongs to", list(labels)).labels(**labels).set(1)
