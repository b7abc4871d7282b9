"""The walk: the only package that puts client and paginator together."""

from extraction.earlier_counts import MAX_RESYNCS, EarlierCounts, KindMetrics
from extraction.extractor import Extractor, open_extractor
from extraction.parents import Binding
from extraction.probe import Finding
from extraction.sample import Sample
from extraction.verdict import Verdict

__all__ = [
    "MAX_RESYNCS",
    "Binding",
    "EarlierCounts",
    "Extractor",
    "Finding",
    "KindMetrics",
    "Sample",
    "Verdict",
    "open_extractor",
]
