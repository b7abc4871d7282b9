"""The walk: the only package that puts client and paginator together."""

from extraction.extractor import Extractor, open_extractor
from extraction.parents import Binding
from extraction.probe import Finding
from extraction.sample import Sample
from extraction.verdict import Verdict

__all__ = ["Binding", "Extractor", "Finding", "Sample", "Verdict", "open_extractor"]
