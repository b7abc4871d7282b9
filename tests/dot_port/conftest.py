"""Fixtures: a Port sandbox, a sample API and pods."""

from tests.end_to_end.conftest import port, sample
from tests.helm.conftest import here, pod

__all__ = ["here", "pod", "port", "sample"]
