"""Which tests coverage is measured in. The others run two to three times as fast without it."""

import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from coverage import Coverage

_FOLDERS = (
    "auth",
    "builder",
    "client",
    "configuration",
    "expressions",
    "extraction",
    "faults",
    "live_events",
    "mapping",
    "ocean_adapter",
    "pagination",
    "rest",
    "sandbox",
    "security",
    "test_http_client.py",
)
# In these folders, tests that take seconds or start a process run lines that the others have covered.
_COVERED_BY_UNIT_TESTS = ("faults", "sandbox", "security")
_PACKAGES = (*_FOLDERS, "http_client")
_Cache = type(lru_cache(len))


def is_measured(item: pytest.Item, folder: str) -> bool:
    """Return whether coverage is measured during a test. folder: its first one, or its file."""
    marks = ["unmeasured", *(("process", "slow") if folder in _COVERED_BY_UNIT_TESTS else ())]
    return folder in _FOLDERS and not any(map(item.get_closest_marker, marks))


def switch_coverage(controller: Any, *, on: bool) -> None:
    """Pause or resume coverage, unless that was done for an earlier test.

    controller: of pytest-cov. Its own mark `no_cover` cannot do this: in a worker of xdist, it starts two
    measurements, and pauses only one of them. Nobody reads the other one.
    """
    if controller.started == on:
        return
    if on:
        for function in _bounded_caches():
            function.cache_clear()
        controller.resume()
        return
    controller.pause()
    while other := Coverage.current():
        other.stop()


def _bounded_caches() -> Iterator[Any]:
    """Yield the functions that remember results: a test would not run their lines again."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in _PACKAGES]
    for module in modules:
        # Ocean's proxies raise an error if anything but their type is asked for.
        caches = [value for value in vars(module).values() if type(value) is _Cache]
        yield from (cache for cache in caches if cache.cache_parameters()["maxsize"])
