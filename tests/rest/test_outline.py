"""The outline of a body in messages: its lists, keys and types."""

import jq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rest.bodies import Json
from rest.outline import lists_in, outline, type_name

bodies: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "a b", "a.b"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(bodies)
def test_each_path_leads_to_a_list_of_that_length(body: Json) -> None:
    for path, length in lists_in(body):
        (found,) = jq.compile(path).input_value(body).all()
        assert isinstance(found, list)
        assert len(found) == length


def test_lists_are_ordered_outermost_first_and_limited_in_depth() -> None:
    body: Json = {"deep": {"er": {"list": [1]}}, "odd name": [], "a": [[1], [2]], "text": "x"}
    assert list(lists_in(body)) == [('."odd name"', 0), (".a", 2), (".deep.er.list", 1)]
    assert list(lists_in(body, depth=2)) == [('."odd name"', 0), (".a", 2)]
    assert list(lists_in([1, 2])) == [(".", 2)]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"items": [1], "meta": {"tags": []}}, ".items (1 items), .meta.tags (0 items)"),
        (
            {f"k{n}": [] for n in range(9)},
            ".k0 (0 items), .k1 (0 items), .k2 (0 items), .k3 (0 items), .k4 (0 items)",
        ),
        ({"error": 1, "odd key": 2}, '.error, ."odd key"'),
        ({f"k{n}": n for n in range(20)}, ", ".join(f".k{n}" for n in range(10))),
        ({}, "an empty object"),
        (None, "a null"),
        ("x", "a string"),
    ],
    ids=["lists", "many_lists", "keys", "many_keys", "empty", "null", "text"],
)
def test_an_outline_names_the_lists_or_the_keys(body: Json, shown: str) -> None:
    assert outline(body) == shown


def test_type_names_are_those_of_json() -> None:
    values: list[Json] = [True, 1, 1.5, "x", [], {}, None]
    assert [type_name(value) for value in values] == [
        "boolean",
        "number",
        "number",
        "string",
        "list",
        "object",
        "null",
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"rss": {"channel": {"title": "x", "item": {}}}}, ".rss.channel.title, .rss.channel.item"),
        ({"a": {"b": 1}}, ".a.b"),
        ({"a": {}}, ".a"),
        ({}, "an empty object"),
    ],
)
def test_a_single_key_leads_to_those_inside_it(body: Json, text: str) -> None:
    assert outline(body) == text
