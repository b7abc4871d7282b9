"""The order of the tests for several workers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.schedule import LONG_FILES, scheduled

pytestmark = pytest.mark.unmeasured

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """A test of a file."""

    path: Path
    number: int


def _sent(ordered: list[Example], workers: int) -> Iterator[list[Example]]:
    """Yield the tests that --dist worksteal sends to each worker."""
    for remaining in range(workers, 0, -1):
        length = len(ordered) // remaining
        yield ordered[:length]
        ordered = ordered[length:]


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_every_test_is_kept_and_each_block_starts_with_a_long_file(workers: int) -> None:
    names = [*(f"short_{number}.py" for number in range(100)), *LONG_FILES]
    paths = [_FOLDER / name for name in names for _ in range(12)]
    tests = [Example(path, number) for number, path in enumerate(paths)]
    ordered = scheduled(tests, workers, _FOLDER)
    assert sorted(ordered, key=lambda test: test.number) == tests
    starts = {block[0].path.relative_to(_FOLDER).as_posix() for block in _sent(ordered, workers)}
    assert starts == set(list(LONG_FILES)[:workers])


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_measured_tests_come_last_in_each_block(workers: int) -> None:
    tests = [Example(_FOLDER / name, number) for number, name in enumerate([*LONG_FILES, "short.py"] * 50)]
    measured = set(tests[::3])
    ordered = scheduled(tests, workers, _FOLDER, measured)
    assert set(ordered) == set(tests)
    for block in _sent(ordered, workers):
        is_measured = [test in measured for test in block]
        assert is_measured == sorted(is_measured)
        assert 0 < sum(is_measured) < len(block)


def test_blocks_need_no_long_file() -> None:
    tests = [Example(_FOLDER / "short.py", number) for number in range(7)]
    assert scheduled(tests, 3, _FOLDER) == tests


def test_long_files_exist() -> None:
    assert [name for name in LONG_FILES if not (_FOLDER / name).is_file()] == []
