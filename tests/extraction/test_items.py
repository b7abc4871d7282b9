"""Items of a response: by data_path, by content type, and bodies that are not a list."""

import json

import pytest

from expressions.paths import jq_path
from extraction.items import as_items, extract_items, overlooked_lists
from rest.bodies import Json
from rest.errors import ItemsError
from rest.response import Response


def response(body: Json) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())


def items_at(body: Json, data_path: str | None) -> list[Json]:
    return list(extract_items(response(body), jq_path(data_path) if data_path else None).values)


@pytest.mark.process
@pytest.mark.parametrize(
    ("data_path", "body", "items"),
    [
        (None, [{"id": 1}, {"id": 2}], [{"id": 1}, {"id": 2}]),
        (None, {"id": 1}, [{"id": 1}]),
        (None, [], []),
        (None, {}, [{}]),
        (None, None, []),
        (None, "text", ["text"]),
        (".", [1], [1]),
        (".items", {"items": [1, 2]}, [1, 2]),
        (".items", {"items": {"id": 1}}, [{"id": 1}]),
        (".items", {"items": None}, []),
        (".items", {"items": []}, []),
        (".items", {"items": 0}, [0]),
        (".data.items", {"data": {"items": [1]}}, [1]),
        ('."odd name"', {"odd name": [1]}, [1]),
        (".items[]", {"items": [1, 2]}, [1, 2]),
        (".items[]", {"items": {"a": 1, "b": 2}}, [1, 2]),
        (".groups[].members[]", {"groups": [{"members": [1, 2]}, {"members": [3]}]}, [1, 2, 3]),
        (".items[] | select(. > 1)", {"items": [1, 2, 3]}, [2, 3]),
        (".items | map(.id)", {"items": [{"id": 1}]}, [1]),
        (".a, .b", {"a": {"id": 1}, "b": {"id": 2}}, [{"id": 1}, {"id": 2}]),
        ("empty", {"a": 1}, []),
        (".items?", {}, []),
        (".items?", {"items": [1]}, [1]),
        (".data.items?", {}, []),
        (".items[]?", {}, []),
        (".items[]", {"items": []}, []),
        (".items[]", {"items": [None]}, [None]),
        (".items[]", {"items": [[1, 2]]}, [[1, 2]]),
        (".items[]", {"items": [[1, 2], [3]]}, [[1, 2], [3]]),
        (".groups[].members[]", {"groups": [{"members": []}]}, []),
        (".groups[].members[]", {"groups": []}, []),
        (".data.items", {"data": {"items": None}}, []),
        (".data.items?", {"data": None}, []),
        ("to_entries", {"a": 1}, [{"key": "a", "value": 1}]),
    ],
    ids=str,
)
def test_data_path_selects_the_items(data_path: str | None, body: Json, items: list[Json]) -> None:
    assert items_at(body, data_path) == items


@pytest.mark.parametrize(
    ("data_path", "body", "shown"),
    [
        (".items", {"users": [1, 2], "teams": []}, ".users (2 items), .teams (0 items)"),
        (".items", {"data": {"odd name": [1]}}, '.data."odd name" (1 items)'),
        (".items", {"error": "x", "code": 7}, ".error, .code"),
        (".items", {}, "an empty object"),
        (".data.items", {"data": {"users": [1]}}, ".data.users (1 items)"),
        (".data.items", {"data": None, "errors": [{"message": "no"}]}, ".errors (1 items)"),
        (".items", None, "a null"),
        (".groups[].members[]", {"groups": [{"members": [1]}, {}]}, ".groups (2 items)"),
    ],
    ids=str,
)
def test_missing_key_is_an_error_that_lists_the_paths(data_path: str, body: Json, shown: str) -> None:
    with pytest.raises(ItemsError) as error:
        items_at(body, data_path)
    what = f"data_path {data_path} does not exist in the response. The response has {shown}"
    assert error.value.what == what
    assert f"write {data_path}? if it may be missing" in error.value.hint


@pytest.mark.parametrize(
    ("data_path", "body"),
    [
        (".items | map(.id)", {"items": 1}),
        (".items | .[]", {"users": []}),
        ('error("no")', {}),
        (".items | tonumber", {"items": "x"}),
        (".items", [1, 2, 3]),
        (".items", "text"),
        (".items", True),
        (".items[]", {"items": None}),
        (".items[]", {"items": 7}),
    ],
)
def test_jq_error_lists_the_paths(data_path: str, body: Json) -> None:
    with pytest.raises(ItemsError, match=r"fails on the response: .*\. The response has"):
        items_at(body, data_path)


@pytest.mark.parametrize("data_path", [None, ".items", ".items[]", ".items | map(.)"])
@pytest.mark.parametrize(
    "empty",
    [Response(204), Response(200), Response(200, {"content-type": "text/html"}, b" \n")],
    ids=["204", "empty", "blank"],
)
def test_empty_body_has_no_items(empty: Response, data_path: str | None) -> None:
    found = extract_items(empty, jq_path(data_path) if data_path else None)
    assert (found.values, found.count, found.is_list) == ([], 0, True)


def test_html_with_a_success_status_is_an_error_with_an_excerpt() -> None:
    page = Response(200, {"content-type": "text/html; charset=utf-8"}, b"<html>\n <b>Log in" + b"x" * 500)
    with pytest.raises(ItemsError) as error:
        extract_items(page, None)
    assert "not JSON (text/html): '<html> <b>Log in" in error.value.what
    assert len(error.value.what) < 300


@pytest.mark.parametrize(
    ("content_type", "content", "items"),
    [
        ("application/x-ndjson", b'{"id": 1}\n\n{"id": 2}\n', [{"id": 1}, {"id": 2}]),
        ("text/csv", b"id,name\n1,a\n", [{"id": "1", "name": "a"}]),
        ("application/json", b'\xef\xbb\xbf[{"id": 1}]', [{"id": 1}]),
        ("text/plain", b'[{"id": 12345678901234567890}]', [{"id": 12345678901234567890}]),
    ],
    ids=["lines of JSON", "CSV", "byte order mark", "digits"],
)
def test_content_type_determines_the_parser(content_type: str, content: bytes, items: list[Json]) -> None:
    assert extract_items(Response(200, {"content-type": content_type}, content), None).values == items


def test_jq_keeps_all_digits_of_large_numbers() -> None:
    body: Json = {"items": [{"id": 12345678901234567890}]}
    assert items_at(body, ".items | map(.)") == [{"id": 12345678901234567890}]


def test_scalars_and_lists_become_objects_and_nulls_are_dropped() -> None:
    assert list(as_items([{"id": 1}, 2, "x", True, [3], None, 0])) == [
        {"id": 1},
        {"value": 2},
        {"value": "x"},
        {"value": True},
        {"value": [3]},
        {"value": 0},
    ]


@pytest.mark.parametrize(
    ("data_path", "body", "lists"),
    [
        (
            None,
            {"users": [1, 2], "none": [], "meta": {"tags": [1]}},
            [".users (2 items)", ".meta.tags (1 items)"],
        ),
        (None, [[1]], []),
        (None, {"id": 1}, []),
        (".", {"users": [1]}, []),
    ],
    ids=str,
)
def test_lists_in_a_body_that_was_read_as_one_item_are_reported(
    data_path: str | None, body: Json, lists: list[str]
) -> None:
    assert overlooked_lists(response(body), jq_path(data_path) if data_path else None) == lists


@pytest.mark.parametrize(
    ("data_path", "body", "count", "is_list"),
    [
        (None, [1, 2], 2, True),
        (None, [], 0, True),
        (None, None, 0, True),
        (None, {"id": 1, "tags": [1, 2, 3]}, 1, False),
        (".items", {"items": [1, 2]}, 2, True),
        (".items", {"items": {"id": 1}}, 1, False),
        (".items", {"items": [1], "facets": [1, 2, 3]}, 1, True),
        (".items[]", {"items": [{"id": 1}]}, 1, True),
        (".items[]", {"items": [[1, 2]]}, 1, True),
        (".items[] | select(. > 1)", {"items": [1, 2, 3]}, 3, True),
        (".items[] | select(. > 9)", {"items": [1, 2, 3]}, 3, True),
        (".items | map(select(. > 2))", {"items": [1, 2, 3]}, 3, True),
        (".items[] | select(. > 1)", {"items": []}, 0, True),
    ],
    ids=str,
)
def test_count_is_what_the_api_sent(data_path: str | None, body: Json, count: int, is_list: bool) -> None:  # noqa: FBT001
    """Stop rules need this count even if jq keeps only some of the items."""
    found = extract_items(response(body), jq_path(data_path) if data_path else None)
    assert (found.count, found.is_list) == (count, is_list)
