"""What the page about `auto` says is what it does."""

import ast
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from configuration.pagination import PaginationSettings
from pagination import paginator_for
from rest.bodies import Json
from rest.errors import PaginationError
from rest.page import Page
from rest.request import Request
from rest.response import Response

_ROOT = Path(__file__).parents[2]
_TEXT = (_ROOT / "docs" / "pagination-auto.md").read_text(encoding="utf-8")
_CASES = Path(os.environ.get("SHARED", _ROOT.parent / "shared")) / "contracts" / "cases"
_HOST = "https://a.example"
_ITEMS: list[Json] = [{"id": 6}, {"id": 7}]
_AUTO = PaginationSettings.model_validate({"type": "auto"})


def _table(title: str) -> list[list[str]]:
    """The cells of a table, by the first cell of its head."""
    _, _, rest = _TEXT.partition(f"\n| {title} |")
    rows = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def _code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _paragraph(start: str) -> list[str]:
    """What stands as code in the sentence that begins so."""
    _, _, rest = _TEXT.partition(start)
    return _code(re.split(r"\. |\n", rest)[0])


def _first_page(example: str, items: list[Json]) -> Page:
    """An answer to GET /users: a body, or a header."""
    is_body = example.startswith("{")
    name, _, value = example.partition(": ")
    headers = {} if is_body else {name.lower(): value}
    answer = Response(200, headers, (example if is_body else "[]").encode())
    return Page(Request("GET", f"{_HOST}/users"), answer, items)


_EXAMPLES = _table("found")


@pytest.mark.parametrize("row", _EXAMPLES, ids=[row[0] for row in _EXAMPLES])
def test_example_is_recognised_and_goes_on_as_it_is_written(row: list[str]) -> None:
    (example,), (target,), (kind,) = (_code(cell) for cell in row[1:])
    page = _first_page(example, _ITEMS)
    paginator = paginator_for(_AUTO).detected(page)
    following = paginator.next(page)
    assert following is not None
    assert following.request.full_url == _HOST + target
    assert type(paginator) is type(paginator_for(PaginationSettings.model_validate({"type": kind})))


def test_examples_begin_with_what_is_looked_for_first() -> None:
    kinds = [_code(row[3])[0] for row in _EXAMPLES]
    assert list(dict.fromkeys(kinds)) == ["header_link", "next_link", "cursor", "offset", "page"]


_NAMES = [
    (name, "header" in cell and name == _code(cell)[-1], sizes, _code(param)[0])
    for cell, param in _table("in the answer")
    for sizes in [_code(cell.partition(" beside ")[2])]
    for name in _code(cell.partition(" beside ")[0])
]


@pytest.mark.parametrize(("name", "is_header", "sizes", "param"), _NAMES)
def test_name_in_the_answer_decides_the_name_in_the_request(
    name: str, sizes: list[str], param: str, *, is_header: bool
) -> None:
    is_number = name in _numbers()
    value: Json = 1 if is_number else "x"
    for size in sizes or [""]:
        beside: dict[str, Json] = {size: 2} if size else {}
        example = f"{name}: x" if is_header else json.dumps({name: value, **beside, "total_pages": 9})
        page = _first_page(example, _ITEMS)
        following = paginator_for(_AUTO).detected(page).next(page)
        assert following is not None
        assert following.request.value(param) is not None


def _numbers() -> set[str]:
    """The names in the table that stand for a number of the request come back."""
    words = ("offset", "skip", "start", "page", "number", "current")
    return {name for name, _, _, _ in _NAMES if name.lower().startswith(words)}


@pytest.mark.parametrize(("body", "count"), [({"start": 0, "limit": 50, "total": 130}, 50)], ids=str)
def test_messages_are_those_that_it_gives(body: Json, count: int) -> None:
    page = _first_page(json.dumps(body), [{"id": number} for number in range(count)])
    with pytest.raises(PaginationError) as caught:
        paginator_for(_AUTO).detected(page)
    assert f"`{caught.value.what}`" in _TEXT


def _left_out() -> dict[str, str]:
    """The contracts that are not run with `auto`, as their test lists them with the reason."""
    tree = ast.parse((_ROOT / "tests" / "end_to_end" / "test_contracts.py").read_text(encoding="utf-8"))
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_NOT_RECOGNISED"
    ]
    names: dict[str, str] = ast.literal_eval(values[0])
    return names


def test_apis_that_need_a_type_are_those_that_the_tests_leave_out() -> None:
    assert {name: why for name, why, _ in _table("API")} == _left_out()


@pytest.mark.skipif(not _CASES.is_dir(), reason="the simulated contracts are not beside the project")
def test_what_is_to_be_set_is_what_the_contract_runs_with() -> None:
    for name, _, cell in _table("API"):
        case: dict[str, Any] = yaml.safe_load((_CASES / f"{name}.yml").read_text(encoding="utf-8"))
        wanted = yaml.safe_load(_code(cell)[0])
        assert [each["selector"]["pagination"] for each in case["mapping"]["resources"]] == [wanted] * 2
