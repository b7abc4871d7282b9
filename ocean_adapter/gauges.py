"""Gauges of our own on Ocean's page /metrics, which is there even without OCEAN__METRICS__ENABLED."""

from collections.abc import Sequence

from port_ocean.context.ocean import ocean
from prometheus_client import Gauge

PREFIX = "ocean_custom"


def gauge(name: str, text: str, labels: Sequence[str]) -> Gauge:
    """Return the gauge with this name. The first call creates it. text: the page's description of it."""
    metrics = ocean.metrics.metrics
    full_name = f"{PREFIX}_{name}"
    if full_name not in metrics:
        metrics[full_name] = Gauge(full_name, text, labels, registry=ocean.metrics.registry)
    return metrics[full_name]
