"""Where the verdict on each kind is told: to Prometheus, and to the command that started the resync."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from port_ocean.context.ocean import ocean
from prometheus_client import Gauge

from extraction import Verdict
from mapping import EntityTally

# Set by `ocean-custom sync`, which shows what it finds there: a JSON object on each line.
VERDICTS_FILE = "OCEAN_CUSTOM_VERDICTS_FILE"
_METRIC = "ocean_custom_kind_verdict"
_LABELS = ["kind", "verdict"]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one entry of the mapping. words: `complete: total 250 reached`."""

    kind: str
    index: int
    words: str
    doubts: tuple[str, ...]
    overwritten: int


def tell(kind: str, index: int, verdict: Verdict, tally: EntityTally, *, has_failed: bool = False) -> None:
    """Notes the verdict on a kind: complete, doubtful, or failed, where something could not be read."""
    words = "failed" if has_failed and not verdict.doubts else verdict.words
    told = Told(kind, index, words, verdict.doubts, tally.overwritten)
    _count(kind, words.partition(":")[0])
    _write(asdict(told))


def tell_refusal(words: str) -> None:
    """Notes what Port refused of a kind, for the command that started the resync."""
    _write({"refusal": words})


def _write(told: dict[str, Any]) -> None:
    if path := os.environ.get(VERDICTS_FILE):
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(told) + "\n")


def _count(kind: str, verdict: str) -> None:
    """1 for the verdict of the last resync, 0 for the others."""
    if not ocean.metrics.enabled:
        return
    known = ocean.metrics.metrics
    if _METRIC not in known:
        known[_METRIC] = Gauge(
            _METRIC, "Whether a kind was read whole", _LABELS, registry=ocean.metrics.registry
        )
    for each in ("complete", "doubtful", "failed"):
        known[_METRIC].labels(kind, each).set(each == verdict)
