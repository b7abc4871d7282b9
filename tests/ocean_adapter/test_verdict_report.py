"""The verdict on each kind is reported to a file and to Prometheus."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from extraction import Verdict
from mapping import EntityTally
from ocean_adapter.resync_scope import open_scope
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.verdict_report import (
    VERDICTS_FILE,
    forget_removed_kinds,
    report_failed_kind,
    report_refusal,
    report_verdict,
)
from rest.errors import DoubtError


@pytest.fixture
def metrics(app: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Ocean's metrics, as they are without OCEAN__METRICS__ENABLED."""
    metrics = SimpleNamespace(enabled=False, metrics={}, registry=CollectorRegistry())
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
            "ocean_custom_kind_verdict", {"kind": "/tasks", "index": "0", "verdict": verdict}
        )
        for verdict in ("complete", "doubtful", "failed")
    }


def test_the_metric_is_1_for_the_last_verdict(metrics: SimpleNamespace) -> None:
    report_verdict("/tasks", 0, Verdict(), EntityTally(), has_failed=True)
    assert verdicts(metrics) == {"complete": 0, "doubtful": 0, "failed": 1}
    report_verdict("/tasks", 0, Verdict(), EntityTally())
    assert verdicts(metrics) == {"complete": 1, "doubtful": 0, "failed": 0}


def test_two_entries_of_a_kind_have_a_verdict_each(metrics: SimpleNamespace) -> None:
    report_verdict("/tasks", 0, Verdict(), EntityTally(), has_failed=True)
    report_verdict("/tasks", 1, Verdict(), EntityTally())
    assert verdicts(metrics)["failed"] == 1


async def test_whatever_ends_a_kind_fails_it(metrics: SimpleNamespace) -> None:
    """An entry that cannot be read has no verdict. Entities that cannot be written come after it."""
    async with open_scope():
        report_verdict("/tasks", 0, Verdict(), EntityTally())
        report_failed_kind("/tasks", 0)
    assert verdicts(metrics) == {"complete": 0, "doubtful": 0, "failed": 1}


async def test_a_doubtful_kind_stays_doubtful(metrics: SimpleNamespace) -> None:
    verdict = Verdict()
    verdict.doubt(DoubtError("two items are null", doubt="skipped_items"))
    async with open_scope():
        report_verdict("/tasks", 0, verdict, EntityTally(), has_failed=True)
        report_failed_kind("/tasks", 0)
    assert verdicts(metrics) == {"complete": 0, "doubtful": 1, "failed": 0}


def test_a_removed_kind_is_no_longer_reported(metrics: SimpleNamespace) -> None:
    report_verdict("/users", 0, Verdict(), EntityTally())
    report_verdict("/tasks", 1, Verdict(), EntityTally(), has_failed=True)
    entity = {"mappings": {"identifier": ".id", "blueprint": '"user"'}}
    mapping = CustomPortAppConfig.parse_obj({"resources": [{"kind": "/users", "port": {"entity": entity}}]})
    forget_removed_kinds(mapping.resources)
    [family] = metrics.metrics["ocean_custom_kind_verdict"].collect()
    assert {sample.labels["kind"] for sample in family.samples} == {"/users"}


@pytest.mark.usefixtures("metrics")
def test_each_report_is_a_line_of_the_file(file: Path) -> None:
    report_verdict("/tasks", 3, Verdict(), EntityTally(), has_failed=True)
    report_refusal("Port refused 2 of 3 entities")
    assert [json.loads(line) for line in file.read_text().splitlines()] == [
        {"kind": "/tasks", "index": 3, "words": "failed", "doubts": [], "overwritten": 0},
        {"refusal": "Port refused 2 of 3 entities"},
    ]
