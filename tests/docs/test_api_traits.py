"""docs/api-traits.md: each row has known keys, an example that exists, and a test that runs it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel

from configuration.job import JobInput
from configuration.mapping_models import IncrementalInput, ParameterInput, SelectorInput
from configuration.pagination import PaginationSettings
from configuration.settings import setting_names
from configuration.windows import WindowsInput
from tests.examples.example import names

_ROOT = Path(__file__).parents[2]
_PAGE = _ROOT / "docs" / "api-traits.md"
_MODELS: tuple[type[BaseModel], ...] = (
    SelectorInput,
    ParameterInput,
    PaginationSettings,
    IncrementalInput,
    WindowsInput,
    JobInput,
)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_EXAMPLES = "tests/examples/test_examples.py"
_FEWEST_TRAITS = 25


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the tables. keys: the inline code of its second column."""

    trait: str
    keys: tuple[str, ...]
    example: str
    test: str


def _rows() -> Iterator[Row]:
    for line in _PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("| trait"):
            trait, keys, example, test = (cell.strip() for cell in line.strip("|").split("|"))
            yield Row(trait, tuple(re.findall(r"`([^`]+)`", keys)), example, test)


_ROWS = list(_rows())
each_row = pytest.mark.parametrize("row", _ROWS, ids=[row.trait for row in _ROWS])


def _reference() -> dict[str, str]:
    """Return the generated description of each setting and key."""
    pages = [(_ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("settings.md", "mapping.md")]
    rows = [row for page in pages for row in re.findall(r"^\| `(\w+)` \|(.*)$", page, re.MULTILINE)]
    found: dict[str, str] = {}
    for name, text in rows:
        found[name] = found.get(name, "") + text
    return found


def test_there_are_traits_of_many_kinds() -> None:
    assert len(_ROWS) >= _FEWEST_TRAITS
    assert len({row.trait for row in _ROWS}) == len(_ROWS)


@each_row
def test_the_keys_and_their_values_exist(row: Row) -> None:
    known = {*setting_names(), *(name for model in _MODELS for name in model.model_fields)}
    assert row.keys
    for each in row.keys:
        key, _, value = each.partition(": ")
        assert key in known
        assert value in _reference().get(key, "")


@each_row
def test_the_example_exists(row: Row) -> None:
    """Another test checks the anchors of all links."""
    target = re.findall(r"\]\(([^)]+)\)", row.example)
    assert len(target) == 1
    assert (_PAGE.parent / target[0].partition("#")[0]).is_file()
    if _EXAMPLES in row.test:
        assert Path(target[0]).parts[2] in names()


@each_row
def test_the_test_of_the_example_exists(row: Row) -> None:
    [(file, name)] = _TEST.findall(row.test)
    tree = ast.parse((_ROOT / file).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in functions
