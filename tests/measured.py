"""Which tests coverage is measured in. The others run two to three times as fast without it."""

import importlib
import pkgutil
import sys
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import Any

import pytest
from coverage import Coverage

from expressions.process import jq_process

_ENGINE = (
    "auth",
    "client",
    "configuration",
    "expressions",
    "extraction",
    "live_events",
    "mapping",
    "pagination",
    "rest",
)
_FOLDERS = (*_ENGINE, "ocean_adapter", "test_http_client.py")
_PACKAGES = (*_ENGINE, "ocean_adapter", "builder", "http_client", "sandbox")
# In this folder, tests that take seconds or start a process run lines that the others have covered.
_COVERED_BY_UNIT_TESTS = "sandbox"
_Cache: type = type(lru_cache(len))


def is_measured(item: pytest.Item, folder: str, requested: Container[str]) -> bool:
    """Return whether coverage is measured during a test.

    folder: its first one, or its file. requested: the packages that options like --cov=builder name.
    """
    marks = ["unmeasured", *(("process", "slow") if folder == _COVERED_BY_UNIT_TESTS else ())]
    return (folder in _FOLDERS or folder in requested) and not any(map(item.get_closest_marker, marks))


def import_engine() -> None:
    """Import each module while coverage is measured. The first import may be during a test that is not."""
    for package in _ENGINE:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)


def switch_coverage(controller: Any, *, on: bool) -> None:
    """Pause or resume coverage, unless that was done for an earlier test.

    controller: of pytest-cov. Its own mark `no_cover` cannot do this: in a worker of xdist, it starts two
    measurements, and pauses only one of them. Nobody reads the other one.
    """
    if controller.started == on:
        return
    if on:
        for function in _caches():
            function.cache_clear()
        controller.resume()
        return
    controller.pause()
    while other := Coverage.current():
        other.stop()


def _caches() -> Iterator[Any]:
    """Yield the functions that remember results: a test would not run their lines again."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in _PACKAGES]
    for module in modules:
        # Ocean's proxies raise an error if anything but their type is asked for.
        caches = [value for value in vars(module).values() if type(value) is _Cache]
        # This one holds a process, which the tests share.
        yield from (cache for cache in caches if cache is not jq_process)
