"""docs/pagination-auto.md describes what `auto` does."""

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
    """Return the cells of the table whose header row starts with this title."""
    _, _, rest = _TEXT.partition(f"\n| {title} |")
    rows = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def _code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _paragraph(start: str) -> list[str]:
    """Return the inline code of the sentence that begins with this text."""
    _, _, rest = _TEXT.partition(start)
    return _code(re.split(r"\. |\n", rest)[0])


def _first_page(example: str, items: list[Json]) -> Page:
    """Return a response to GET /users with the example as its body or as a header."""
    is_body = example.startswith("{")
    name, _, value = example.partition(": ")
    headers = {} if is_body else {name.lower(): value}
    answer = Response(200, headers, (example if is_body else "[]").encode())
    return Page(Request("GET", f"{_HOST}/users"), answer, items)


_EXAMPLES = _table("found")


@pytest.mark.parametrize("row", _EXAMPLES, ids=[row[0] for row in _EXAMPLES])
def test_an_example_is_detected_and_leads_to_the_documented_next_request(row: list[str]) -> None:
    (example,), (target,), (kind,) = (_code(cell) for cell in row[1:])
    page = _first_page(example, _ITEMS)
    paginator = paginator_for(_AUTO).detected(page)
    following = paginator.next(page)
    assert following is not None
    assert following.request.full_url == _HOST + target
    assert type(paginator) is type(paginator_for(PaginationSettings.model_validate({"type": kind})))


def test_the_examples_are_in_the_order_of_detection() -> None:
    kinds = [_code(row[3])[0] for row in _EXAMPLES]
    assert list(dict.fromkeys(kinds)) == ["header_link", "next_link", "cursor", "offset", "page"]


_NAMES = [
    (name, "header" in cell and name == _code(cell)[-1], sizes, _code(param)[0])
    for cell, param in _table("in the response")
    for sizes in [_code(cell.partition(" with ")[2])]
    for name in _code(cell.partition(" with ")[0])
]


@pytest.mark.parametrize(("name", "is_header", "sizes", "param"), _NAMES)
def test_the_name_in_the_response_decides_the_parameter_of_the_request(
    name: str, sizes: list[str], param: str, *, is_header: bool
) -> None:
    is_number = name in _numbers()
    value: Json = 1 if is_number else "x"
    for size in sizes or [""]:
        size_field: dict[str, Json] = {size: 2} if size else {}
        example = f"{name}: x" if is_header else json.dumps({name: value, **size_field, "total_pages": 9})
        page = _first_page(example, _ITEMS)
        following = paginator_for(_AUTO).detected(page).next(page)
        assert following is not None
        assert following.request.value(param) is not None


def _numbers() -> set[str]:
    """Return the names in the table whose value is a number from the request."""
    words = ("offset", "skip", "start", "page", "number", "current")
    return {name for name, _, _, _ in _NAMES if name.lower().startswith(words)}


@pytest.mark.parametrize(("body", "count"), [({"start": 0, "limit": 50, "total": 130}, 50)], ids=str)
def test_the_quoted_message_is_the_one_of_the_code(body: Json, count: int) -> None:
    page = _first_page(json.dumps(body), [{"id": number} for number in range(count)])
    with pytest.raises(PaginationError) as caught:
        paginator_for(_AUTO).detected(page)
    assert f"`{caught.value.what}`" in _TEXT


def _not_detected() -> dict[str, str]:
    """Return the contracts that tests/end_to_end/test_contracts.py does not run with `auto`, with reasons."""
    tree = ast.parse((_ROOT / "tests" / "end_to_end" / "test_contracts.py").read_text(encoding="utf-8"))
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_NOT_DETECTED"
    ]
    names: dict[str, str] = ast.literal_eval(values[0])
    return names


def test_the_apis_that_need_a_type_are_those_that_the_tests_skip() -> None:
    assert {name: why for name, why, _ in _table("API")} == _not_detected()


@pytest.mark.skipif(not _CASES.is_dir(), reason="the folder of the simulated contracts is missing")
def test_the_documented_settings_are_those_of_the_contract() -> None:
    for name, _, cell in _table("API"):
        case: dict[str, Any] = yaml.safe_load((_CASES / f"{name}.yml").read_text(encoding="utf-8"))
        wanted = yaml.safe_load(_code(cell)[0])
        assert [each["selector"]["pagination"] for each in case["mapping"]["resources"]] == [wanted] * 2
