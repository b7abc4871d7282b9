"""The verdict on each kind is reported to a file and to Prometheus."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from extraction import Verdict
from mapping import EntityTally
from ocean_adapter.verdict_report import VERDICTS_FILE, report_refusal, report_verdict


@pytest.fixture
def metrics(app: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Ocean's metrics, enabled."""
    metrics = SimpleNamespace(enabled=True, metrics={}, registry=CollectorRegistry())
    monkeypatch.setattr(app, "metrics", metrics, raising=False)
    return metrics


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "verdicts.jsonl"
    monkeypatch.setenv(VERDICTS_FILE, str(path))
    return path


def verdicts(metrics: SimpleNamespace) -> dict[str, float | None]:
    return {
        verdict: metrics.registry.get_sample_value(
            "ocean_custom_kind_verdict", {"kind": "/tasks", "verdict": verdict}
        )
        for verdict in ("complete", "doubtful", "failed")
    }


def test_the_metric_is_1_for_the_last_verdict(metrics: SimpleNamespace) -> None:
    report_verdict("/tasks", 0, Verdict(), EntityTally(), has_failed=True)
    assert verdicts(metrics) == {"complete": 0, "doubtful": 0, "failed": 1}
    report_verdict("/tasks", 0, Verdict(), EntityTally())
    assert verdicts(metrics) == {"complete": 1, "doubtful": 0, "failed": 0}


def test_disabled_metrics_are_not_set(metrics: SimpleNamespace) -> None:
    metrics.enabled = False
    report_verdict("/tasks", 0, Verdict(), EntityTally())
    assert metrics.metrics == {}


@pytest.mark.usefixtures("metrics")
def test_each_report_is_a_line_of_the_file(file: Path) -> None:
    report_verdict("/tasks", 3, Verdict(), EntityTally(), has_failed=True)
    report_refusal("Port refused 2 of 3 entities")
    assert [json.loads(line) for line in file.read_text().splitlines()] == [
        {"kind": "/tasks", "index": 3, "words": "failed", "doubts": [], "overwritten": 0},
        {"refusal": "Port refused 2 of 3 entities"},
    ]
