"""The envelope of a response: the fields outside its items."""

from typing import Any

import pytest

from expressions.paths import jq_path
from rest.envelope import EnvelopeField, envelope_of


def places(body: Any, data_path: str | None) -> dict[str, Any]:
    found = envelope_of(body, None if data_path is None else jq_path(data_path).leading_steps)
    return {place.where: place.value for place in found}


ITEM: Any = {"id": 1, "next": "of the item"}


def test_without_a_data_path_no_list_is_searched() -> None:
    body = {"items": [ITEM], "meta": {"next": "c", "links": {"self": "/a"}}}
    assert places(body, None) == {
        "items": [ITEM],
        "meta": body["meta"],
        "meta.next": "c",
        "meta.links": {"self": "/a"},
        "meta.links.self": "/a",
    }


@pytest.mark.parametrize("data_path", [".data.items", ".data.items[]", ".data.items[] | select(.id)"])
def test_the_envelope_has_the_fields_next_to_the_items_without_the_items(data_path: str) -> None:
    body = {"data": {"items": [ITEM], "after": "c"}, "total": 1}
    found = places(body, data_path)
    assert {key: found[key] for key in ("total", "data.after")} == {"total": 1, "data.after": "c"}
    assert not [where for where in found if where.startswith("data.items.")]


def test_the_end_of_a_plain_path_is_not_a_field() -> None:
    assert places({"item": ITEM, "total": 1}, ".item") == {"total": 1}


def test_another_list_is_a_field_but_its_elements_are_not() -> None:
    assert places({"items": [], "errors": [{"cursor": "x"}]}, ".items") == {"errors": [{"cursor": "x"}]}


@pytest.mark.parametrize("data_path", [".", ".[]"])
@pytest.mark.parametrize("body", [[ITEM], []])
def test_a_body_that_is_the_items_has_no_envelope(body: Any, data_path: str) -> None:
    assert places(body, data_path) == {}


@pytest.mark.parametrize("body", [None, "text", 5, True, []])
def test_a_body_without_keys_has_no_envelope(body: Any) -> None:
    assert places(body, None) == {}
    assert places(body, ".items") == {}


def test_a_list_of_envelope_and_items_is_split_by_index() -> None:
    """For example the World Bank API: [{"page": 1, "pages": 2}, [...]]."""
    found = envelope_of([{"page": 1, "pages": 2}, [ITEM]], jq_path(".[1]").leading_steps)
    assert [(place.name, place.where, place.value) for place in found] == [
        ("page", "0.page", 1),
        ("pages", "0.pages", 2),
    ]


def test_a_cursor_of_each_edge_belongs_to_its_item() -> None:
    edges = [{"cursor": "of one", "node": ITEM}, {"cursor": "of two", "node": ITEM}]
    page_info = {"endCursor": "of two", "hasNextPage": True}
    body = {"data": {"users": {"edges": edges, "pageInfo": page_info}}}
    found = places(body, ".data.users.edges[].node")
    assert found["data.users.pageInfo.endCursor"] == "of two"
    assert found["data.users.pageInfo.hasNextPage"] is True
    assert not [where for where in found if where.endswith("cursor")]


@pytest.mark.parametrize(
    "data_path", [".data.boards[].items_page.items[]", ".data.boards[].items_page.items"]
)
def test_a_cursor_next_to_a_list_of_items_belongs_to_the_envelope(data_path: str) -> None:
    """For example the monday.com API."""
    boards = [
        {"name": "A", "items_page": {"cursor": "a", "items": [ITEM]}},
        {"name": "B", "items_page": {"cursor": "b", "items": [ITEM, ITEM]}},
    ]
    found = places({"data": {"boards": boards}}, data_path)
    cursors = {where: value for where, value in found.items() if where.endswith("cursor")}
    assert cursors == {"data.boards.0.items_page.cursor": "a", "data.boards.1.items_page.cursor": "b"}
    assert found["data.boards.0.name"] == "A"
    assert "of the item" not in found.values()


@pytest.mark.parametrize(
    ("group", "is_read"),
    [
        ({"pages": [{"rows": [ITEM]}], "cursor": "c"}, True),
        ({"pages": [], "cursor": "c"}, False),
        ({"pages": {"rows": [ITEM]}, "cursor": "c"}, False),
        ({"pages": [{"rows": ITEM}], "cursor": "c"}, False),
        ({"pages": [None], "cursor": "c"}, False),
        ({"cursor": "c"}, False),
        ("text", False),
    ],
    ids=["list", "no page", "no list of pages", "one row", "null", "no pages", "text"],
)
def test_an_element_is_searched_if_it_contains_a_list_of_items(group: Any, *, is_read: bool) -> None:
    found = places({"groups": [group]}, ".groups[].pages[0].rows")
    assert ("groups.0.cursor" in found) is is_read


@pytest.mark.parametrize("data_path", ["[.a[], .b[]]", '"x" | fromjson', "map(.x)"])
def test_without_a_plain_path_no_list_is_searched(data_path: str) -> None:
    body = {"a": [ITEM], "b": [ITEM], "meta": {"next": "c"}}
    assert places(body, data_path) == places(body, None)
    assert places(body, data_path)["meta.next"] == "c"


def test_fields_are_ordered_outermost_first() -> None:
    assert list(places({"a": {"b": {"c": 1}}, "d": 2}, None)) == ["a", "d", "a.b", "a.b.c"]


def test_a_field_has_a_name_and_its_path_in_dot_notation_and_jq() -> None:
    body: Any = {"paging": {"odd name": [{"after": "c"}]}}
    place = EnvelopeField(("paging", "odd name", 0, "after"), "c")
    assert (place.name, place.where) == ("after", "paging.odd name.0.after")
    assert place.path == '.paging."odd name"[0].after'
    assert jq_path(place.path).outputs(body) == ["c"]


def test_the_search_ends_eight_keys_deep() -> None:
    body: Any = "bottom"
    for number in range(20, 0, -1):
        body = {f"k{number}": body}
    assert [place.name for place in envelope_of(body, None)] == [f"k{number}" for number in range(1, 9)]


def test_only_the_first_elements_of_a_long_list_are_searched() -> None:
    groups = [{"cursor": str(number), "rows": []} for number in range(1000)]
    found = places({"groups": groups}, ".groups[].rows")
    assert len([where for where in found if where.endswith("cursor")]) == 200


def test_the_number_of_fields_is_limited() -> None:
    body: Any = {f"k{number}": {"a": 1, "b": 2} for number in range(10_000)}
    assert len(envelope_of(body, None)) == 10_000
    wide: Any = {"few": {f"k{number}": {"a": 1, "b": 2} for number in range(4000)}}
    assert 5000 <= len(envelope_of(wide, None)) < 5010
