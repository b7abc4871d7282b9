"""The walk: the only package that puts client and paginator together."""

from extraction.extractor import Extractor, open_extractor
from extraction.probe import Finding

__all__ = ["Extractor", "Finding", "open_extractor"]
