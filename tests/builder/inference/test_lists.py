"""Lists in a response, and which of them holds the items."""

from typing import Any

import pytest

from builder.inference import find_lists, propose
from builder.inference.source_proposal import items_at
from rest.bodies import Json

TWO: list[Json] = [{"id": 1}, {"id": 2}]
FEW: list[Json] = [{"id": 1}]


@pytest.mark.parametrize(
    ("path", "body", "first"),
    [
        pytest.param("/users", TWO, ".", id="the body is the list"),
        pytest.param("/x", {"data": FEW, "rows": TWO}, ".rows", id="more items, same kind of name"),
        pytest.param("/x", {"things": TWO, "data": FEW}, ".data", id="a common name before more items"),
        pytest.param(
            "/users", {"data": TWO, "users": FEW}, ".users", id="the endpoint's name before a common name"
        ),
        pytest.param("/people", {"person": FEW, "data": FEW}, ".person", id="the endpoint's name, singular"),
        pytest.param("/x", {"errors": TWO, "things": FEW}, ".things", id="errors are metadata"),
        pytest.param(
            "/errors", {"errors": TWO, "things": FEW}, ".errors", id="unless the endpoint lists errors"
        ),
        pytest.param("/x", {"tags": ["a", "b", "c"], "things": FEW}, ".things", id="objects before texts"),
        pytest.param("/x", {"items": [], "links": TWO}, ".items", id="an empty list with a common name"),
        pytest.param("/x", {"data": [], "meta": {"total": 0}}, ".data", id="no items at all"),
        pytest.param("/x", {"data": TWO, "included": [*TWO, *TWO]}, ".data", id="JSON:API"),
        pytest.param("/x", {"hits": {"total": 2, "hits": TWO}}, ".hits.hits", id="a search engine"),
        pytest.param("/x", {"_embedded": {"things": TWO}, "_links": {}}, "._embedded.things", id="HAL"),
        pytest.param("/x", {"value": TWO, "@odata.count": 2}, ".value", id="OData"),
        pytest.param("/v1/users/{id}", {"id": 1, "roles": TWO}, ".", id="one item with a list"),
        pytest.param("/v1/users/7", {"user": {"id": 7, "name": "x"}}, ".user", id="one item under its name"),
        pytest.param("/x", {"data": {"id": "a", "name": "b"}}, ".data", id="one item with a common name"),
        pytest.param("/x", {"users": {"1": {"a": 1}}}, ".users | to_entries | map(.value + {key: .key})"),
        pytest.param("/x", {"11": {"n": 1}, "12": {"n": 2}}, "to_entries | map(.value + {key: .key})"),
        pytest.param("/x", {"edges": [{"node": {"id": 1}}]}, ".edges[].node", id="edges"),
        pytest.param(
            "/latest.json",
            {"users": TWO, "topic_list": {"per_page": 30, "topics": TWO}},
            ".topic_list.topics",
            id="the list beside pagination",
        ),
        pytest.param(
            "/cards/7", {"id": 7, "creator": {"id": 1, "login": "x"}}, ".", id="one item with another inside"
        ),
        pytest.param(
            "/employees/directory",
            {"parts": TWO, "fields": TWO, "employees": TWO},
            ".employees",
            id="named in the path",
        ),
        pytest.param("/summary", {"page": {"id": 1, "name": "x"}, "parts": TWO}, ".parts", id="a list"),
        pytest.param("/x", {"groups": [{"users": TWO}, {"users": TWO}]}, ".groups", id="the outer list"),
        pytest.param(
            "/users",
            {"g": [{"users": TWO}, {}]},
            ".g[].users[]?",
            id="the inner list, named like the endpoint",
        ),
    ],
)
def test_likeliest_list_is_first(path: str, body: Json, first: str) -> None:
    assert find_lists(body, path)[0].data_path == first


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("created-at", '."created-at"'),
        ("@type", '."@type"'),
        ("order by", '."order by"'),
        ('say "x"', '."say \\"x\\""'),
        ("back\\slash", '."back\\\\slash"'),
        ("$ref", '."$ref"'),
        ("größe", '."größe"'),
        ("a.b", '."a.b"'),
        ("", '.""'),
        ("2nd", '."2nd"'),
        ("and", ".and"),
    ],
)
def test_key_is_quoted_for_jq(key: str, path: str) -> None:
    found = find_lists({key: TWO})[0]
    assert found.data_path == path
    assert items_at({key: TWO}, path) == TWO


def test_lists_are_found_at_any_depth() -> None:
    body: Json = {"a": {"b": {"c": {"d": {"e": {"f": {"g": TWO}}}}}}, "x": [[1, 2], [3]], "y": "text"}
    found = {each.data_path: (each.count, each.holds) for each in find_lists(body)}
    assert found[".a.b.c.d.e.f.g"] == (2, "objects")
    assert found[".x"] == (2, "lists")
    assert found[".x[][]?"] == (3, "scalars")


def test_lists_inside_items_are_counted_together_and_may_be_missing() -> None:
    body: Json = {"teams": [{"members": TWO}, {"members": None}, {"id": 3}, {"members": FEW}]}
    found = {each.data_path: each for each in find_lists(body)}[".teams[].members[]?"]
    assert found.count == 3
    assert items_at(body, found.data_path) == [*TWO, *FEW]


def test_elements_that_are_not_objects_do_not_break_the_path_to_inner_lists() -> None:
    body: Json = [1, {"a": TWO}, None, {"a": "text"}, "text"]
    found = {each.data_path: each for each in find_lists(body)}[".[].a?[]?"]
    assert items_at(body, found.data_path) == found.items == TWO


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"created_by": {"id": 1}, "updated_by": {"id": 1}}, id="two people of one item"),
        pytest.param({"a": {"id": 1}, "b": {"size": 2}, "c": {"x": 3}}, id="values without shared keys"),
        pytest.param({"users": {"nodes": []}, "teams": {"nodes": []}, "x1": {"nodes": []}}, id="GraphQL"),
        pytest.param({"1": {"a": 1}, "2": "text"}, id="a value that is not an object"),
        pytest.param({}, id="empty"),
    ],
)
def test_other_objects_are_not_read_as_a_map_of_ids(body: dict[str, Any]) -> None:
    assert not any("to_entries" in found.data_path for found in find_lists(body))


def test_key_of_a_map_gets_a_name_that_no_item_uses() -> None:
    body: Json = {"1": {"key": "a", "_key": "b", "map_key": "c"}, "2": {"key": "d"}, "3": {"key": "e"}}
    found = find_lists(body)[0]
    assert found.data_path == "to_entries | map(.value + {map_key_2: .key})"
    assert [item["map_key_2"] for item in found.items] == ["1", "2", "3"]


def test_scalar_becomes_an_item_with_a_value() -> None:
    [found] = find_lists(["a", None, 2])
    assert (found.count, found.items) == (3, [{"value": "a"}, {"value": 2}])


@pytest.mark.parametrize("body", [None, "text", 5, True])
def test_scalar_body_has_no_lists(body: Json) -> None:
    assert find_lists(body) == []


def test_deeply_nested_body_is_read() -> None:
    body: Json = TWO
    for _ in range(400):
        body = {"a": [body]}
    assert find_lists(body)
    assert propose("/x", body).source.selector


def test_key_with_a_lone_surrogate_is_in_no_path() -> None:
    assert [found.data_path for found in find_lists({"\ud800": TWO})] == ["."]


def test_at_most_50_lists_are_returned() -> None:
    assert len(find_lists({f"list{number}": TWO for number in range(80)})) == 50


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("/x", {"data": TWO}, "2 objects, under a common name for items"),
        ("/users", {"users": TWO}, "2 objects, named like the endpoint"),
        ("/x", TWO, "2 objects: the whole response"),
        ("/x", {"things": TWO}, "2 objects"),
        ("/x", {"data": []}, "empty, under a common name for items"),
        ("/x", {"id": 1}, "one object, which can be the only item"),
    ],
)
def test_reason_for_a_list_is_given(path: str, body: Json, why: str) -> None:
    assert find_lists(body, path)[0].why == why
