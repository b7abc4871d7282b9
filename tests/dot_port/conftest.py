"""Fixtures: a Port sandbox, a sample API and pods."""

from tests.end_to_end.conftest import port, sample
from tests.helm.conftest import local_values, pod

__all__ = ["local_values", "pod", "port", "sample"]
