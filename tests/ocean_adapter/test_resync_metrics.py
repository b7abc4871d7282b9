"""The metrics of resyncs and of requests are on Ocean's page."""

from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from client import Traffic
from ocean_adapter.resync_metrics import reported_resync
from ocean_adapter.resync_scope import EntityCounts, open_scope
from ocean_adapter.traffic_metrics import install_metrics


@pytest.fixture
def metrics(app: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Ocean's metrics, without any of Ocean's own."""
    metrics = SimpleNamespace(
        metrics={}, registry=CollectorRegistry(), integration_version="2.0.0", ocean_version="0.56.1"
    )
    monkeypatch.setattr(app, "metrics", metrics, raising=False)
    listener = SimpleNamespace(should_resync=False)
    monkeypatch.setattr(app.config, "event_listener", listener, raising=False)
    return metrics


def value(metrics: SimpleNamespace, name: str, **labels: str) -> float | None:
    found: float | None = metrics.registry.get_sample_value(f"ocean_custom_{name}", labels)
    return found


async def test_the_end_of_a_resync_is_reported_by_its_result(metrics: SimpleNamespace) -> None:
    async with open_scope() as scope:
        with reported_resync(scope) as result:
            scope.counts = EntityCounts(listed=10, stale=3, deleted=2, refused=1)
            result.succeeded = True
    assert (value(metrics, "resync_end_timestamp_seconds", result="succeeded") or 0) > 1_700_000_000
    assert value(metrics, "resync_end_timestamp_seconds", result="failed") is None
    assert (value(metrics, "resync_duration_seconds") or -1) >= 0
    states = {"listed": 10, "stale": 3, "deleted": 2, "refused": 1}
    assert {name: value(metrics, "resync_entities", state=name) for name in states} == states


async def test_a_resync_that_raises_has_failed(metrics: SimpleNamespace) -> None:
    async with open_scope() as scope:
        with pytest.raises(ValueError, match="oops"), reported_resync(scope):
            raise ValueError("oops")
    assert value(metrics, "resync_end_timestamp_seconds", result="failed")
    assert value(metrics, "resync_end_timestamp_seconds", result="succeeded") is None


def test_the_page_says_whose_it_is_and_what_was_requested(metrics: SimpleNamespace) -> None:
    traffic = Traffic()
    install_metrics(traffic)
    traffic.note_response(200)
    traffic.note_response(None)
    traffic.note_retry(is_rate_limited=True)
    traffic.paused_s = 2.5
    lines = generate_latest(metrics.registry).decode().splitlines()
    identity = 'identifier="mine",ocean_version="0.56.1",resyncs="false",type="custom",version="2.0.0"'
    for line in (
        f"ocean_custom_info{{{identity}}} 1.0",
        'ocean_custom_api_requests_total{status="200"} 1.0',
        'ocean_custom_api_requests_total{status="none"} 1.0',
        'ocean_custom_api_retries_total{reason="rate_limited"} 1.0',
        'ocean_custom_api_retries_total{reason="error"} 0.0',
        "ocean_custom_api_paused_seconds_total 2.5",
    ):
        assert line in lines
