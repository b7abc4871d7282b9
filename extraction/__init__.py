"""The walk: the only package that puts client and paginator together."""

from extraction.extractor import Extractor, open_extractor

__all__ = ["Extractor", "open_extractor"]
