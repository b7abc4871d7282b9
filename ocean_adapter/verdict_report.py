"""Reports of each kind's verdict, to Prometheus and to the command that started the resync."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from prometheus_client import Gauge

from extraction import Verdict
from mapping import EntityTally
from ocean_adapter.gauges import gauge
from ocean_adapter.resync_scope import current_scope, open_scope_or_none

# `ocean-custom sync` sets this variable to a file, and shows its lines. Each line is a JSON object.
VERDICTS_FILE = "OCEAN_CUSTOM_VERDICTS_FILE"
_LABELS = ("kind", "index", "verdict")
_VERDICTS = ("complete", "doubtful", "failed")


@dataclass(frozen=True, slots=True)
class KindReport:
    """The result of one mapping entry. words: text like `complete: total 250 reached`."""

    kind: str
    index: int
    words: str
    doubts: tuple[str, ...]
    overwritten: int


def report_verdict(
    kind: str, index: int, verdict: Verdict, tally: EntityTally, *, has_failed: bool = False
) -> None:
    """Report a kind as complete, doubtful or failed. has_failed: an error ended the kind."""
    words = "failed" if has_failed and not verdict.doubts else verdict.words
    report = KindReport(kind, index, words, verdict.doubts, tally.overwritten)
    _set_metric(kind, index, words.partition(":")[0])
    _append_line(asdict(report))


def report_refusal(words: str) -> None:
    """Report the entities of a kind that Port refused, to the command that started the resync."""
    _append_line({"refusal": words})


def _append_line(report: dict[str, Any]) -> None:
    if path := os.environ.get(VERDICTS_FILE):
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(report) + "\n")


def report_failed_kind(kind: str, index: int) -> None:
    """Report to Prometheus that a kind has failed, whatever ended it. A doubtful kind stays doubtful."""
    if current_scope().verdicts.get(index) != "doubtful":
        _set_metric(kind, index, "failed")


def forget_removed_kinds(resources: Sequence[ResourceConfig]) -> None:
    """Remove the metrics of mapping entries that the mapping no longer has."""
    kept = {(config.kind, str(index)) for index, config in enumerate(resources)}
    [family] = _verdicts().collect()
    for kind, index, verdict in [[sample.labels[name] for name in _LABELS] for sample in family.samples]:
        if (kind, index) not in kept:
            _verdicts().remove(kind, index, verdict)


def _verdicts() -> Gauge:
    return gauge("kind_verdict", "Whether a kind was read completely", _LABELS)


def _set_metric(kind: str, index: int, verdict: str) -> None:
    """Set the metric to 1 for the verdict of the last resync and to 0 for the others."""
    if scope := open_scope_or_none():
        scope.verdicts[index] = verdict
    for each in _VERDICTS:
        _verdicts().labels(kind, str(index), each).set(each == verdict)
