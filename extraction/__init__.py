"""The walk: the only package that puts client and paginator together."""

from extraction.connection import gate_for
from extraction.earlier_counts import MAX_RESYNCS, EarlierCounts, KindMetrics
from extraction.endpoints import template_key
from extraction.extractor import Extractor
from extraction.opening import open_extractor
from extraction.parents import Binding
from extraction.probe import Finding
from extraction.sample import ListingSize, Sample, expected_size
from extraction.verdict import Verdict

__all__ = [
    "MAX_RESYNCS",
    "Binding",
    "EarlierCounts",
    "Extractor",
    "Finding",
    "KindMetrics",
    "ListingSize",
    "Sample",
    "Verdict",
    "expected_size",
    "gate_for",
    "open_extractor",
    "template_key",
]
