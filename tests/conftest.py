"""How the tests run: profiles of hypothesis, marks, order and coverage.

No example is timed, and each run tries the same examples, so that two runs give the same verdict.
`--hypothesis-profile=ci-long` tries many random ones, `search` a few. `--unit` tries ten.

Tests that start a process or open a connection are marked `process`. Tests that take seconds are marked
`slow`. `pytest --unit` deselects both. A test that starts a process without the mark fails.

The table of faults is written here because pytest with workers ignores summary hooks of subfolders.
"""

import gc
import os
import sys
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.faults.table import write_table
from tests.measured import import_engine, is_measured, switch_coverage
from tests.schedule import scheduled
from tests.servers import ocean_command, ocean_custom_command, port_server, sample_server, trusting_few

__all__ = ["ocean_command", "ocean_custom_command", "port_server", "sample_server"]

settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci-long", settings.get_profile("search"), max_examples=1000)
settings.register_profile("same", settings.get_profile("search"), derandomize=True, max_examples=25)
settings.register_profile("quick", settings.get_profile("same"), max_examples=10)
settings.load_profile("same")

_MARK = "process"
_LEFT_OUT = (_MARK, "slow")
_FORBIDDEN = frozenset({"subprocess.Popen", "os.fork", "os.posix_spawn", "socket.connect", "socket.bind"})
_AUDITED = pytest.StashKey[list[str]]()
_IS_MEASURED = pytest.StashKey[bool]()

# These install packages from an index, or hand the certificates that they trust to a container.
_TRUSTING_MANY = ("image", "release")


@pytest.fixture(autouse=True, scope="module")
def few_authorities(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let HTTP clients trust one authority. Loading the public ones takes 25 ms for each client."""
    with pytest.MonkeyPatch.context() as environment:
        if request.path.parent.name not in _TRUSTING_MANY:
            for name, value in trusting_few().items():
                environment.setenv(name, value)
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--unit`."""
    parser.addoption("--unit", action="store_true", help="only tests that need no process, socket or browser")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the number of examples, and record this process's forbidden audit events (PEP 578)."""
    if config.option.unit:
        settings.load_profile("quick")
    audited: list[str] = []
    config.stash[_AUDITED] = audited
    forbidden = _FORBIDDEN  # the hook runs until the interpreter ends, but the module is emptied before

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in forbidden and not _is_our_own(event, arguments):
            audited.append(f"{event} {arguments[:2]!r:.200}")

    sys.addaudithook(watch)


def _is_our_own(event: str, arguments: tuple[Any, ...]) -> bool:
    """Return whether the event is the event loop's socket pair or the shared jq process."""
    if event.startswith("socket."):
        return isinstance(arguments[1], str)
    return "expressions.child" in str(arguments[1]) if event == "subprocess.Popen" else False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect marked tests under `--unit`, and order the others for several workers."""
    if config.pluginmanager.has_plugin("_cov"):
        import_engine()
    tests = str(config.rootpath / "tests") + os.sep
    requested = getattr(config.option, "cov_source", ())
    for item in items:
        folder = str(item.path).removeprefix(tests).partition(os.sep)[0]
        item.stash[_IS_MEASURED] = is_measured(item, folder, requested)
    if config.option.unit:
        left_out = [item for item in items if any(map(item.get_closest_marker, _LEFT_OUT))]
        items[:] = [item for item in items if not any(map(item.get_closest_marker, _LEFT_OUT))]
        config.hook.pytest_deselected(items=left_out)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        measured = {item for item in items if item.stash[_IS_MEASURED]}
        items[:] = scheduled(items, workers, config.rootpath / "tests", measured)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep 10,000 tests and their modules out of garbage collection. They live until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Pause coverage until the next test in which it is measured."""
    plugin = item.config.pluginmanager.get_plugin("_cov")
    if plugin and plugin.cov_controller:
        switch_coverage(plugin.cov_controller, on=item.stash[_IS_MEASURED])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail an unmarked test that started a process or opened a connection."""
    audited = item.config.stash[_AUDITED]
    audited.clear()
    yield
    if audited and not any(map(item.get_closest_marker, _LEFT_OUT)):
        pytest.fail(f"needs the mark `{_MARK}` because of this event: {audited[0]}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the outcomes of the matrix of faults and pagination types."""
    write_table(terminalreporter)
