"""Reports of each kind's verdict, to Prometheus and to the command that started the resync."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from port_ocean.context.ocean import ocean
from prometheus_client import Gauge

from extraction import Verdict
from mapping import EntityTally

# `ocean-custom sync` sets this variable to a file, and shows its lines. Each line is a JSON object.
VERDICTS_FILE = "OCEAN_CUSTOM_VERDICTS_FILE"
_METRIC = "ocean_custom_kind_verdict"
_LABELS = ["kind", "verdict"]
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
    _set_metric(kind, words.partition(":")[0])
    _append_line(asdict(report))


def report_refusal(words: str) -> None:
    """Report the entities of a kind that Port refused, to the command that started the resync."""
    _append_line({"refusal": words})


def _append_line(report: dict[str, Any]) -> None:
    if path := os.environ.get(VERDICTS_FILE):
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(report) + "\n")


def _set_metric(kind: str, verdict: str) -> None:
    """Set the metric to 1 for the verdict of the last resync and to 0 for the others."""
    if not ocean.metrics.enabled:
        return
    metrics = ocean.metrics.metrics
    if _METRIC not in metrics:
        metrics[_METRIC] = Gauge(
            _METRIC, "Whether a kind was read completely", _LABELS, registry=ocean.metrics.registry
        )
    for each in _VERDICTS:
        metrics[_METRIC].labels(kind, each).set(each == verdict)
