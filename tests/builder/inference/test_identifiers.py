"""What tells the items apart, and what an entity is called."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from builder.inference import items_at, proposal, proposal_of_items, with_parameters
from builder.inference.candidates import made_legal
from rest.bodies import Json
from rest.errors import JqError

type Each = Callable[[str, Sequence[Any]], list[Json]]

LEGAL = 'gsub("[^\\\\p{L}0-9@_.+:/=-]"; "_")'


def of(*items: dict[str, Json], kind: str = "/things") -> list[str]:
    """The proposed identifiers of these items."""
    return [found.expression for found in proposal(kind, list(items)).identifiers]


@pytest.mark.parametrize(
    ("items", "expression"),
    [
        pytest.param([{"name": "a", "id": 1}, {"name": "b", "id": 2}], ".id", id="id before name"),
        pytest.param([{"key": "a", "uuid": "x"}, {"key": "b", "uuid": "y"}], ".uuid", id="uuid before key"),
        pytest.param([{"slug": "a", "key": "x"}, {"slug": "b", "key": "y"}], ".key", id="key before slug"),
        pytest.param([{"slug": "a", "email": "x"}, {"slug": "b", "email": "y"}], ".slug", id="slug next"),
        pytest.param(
            [{"owner_id": 1, "thing_id": 3}, {"owner_id": 2, "thing_id": 4}], ".thing_id", id="its own id"
        ),
        pytest.param([{"id": 1, "key": "a"}, {"id": 1, "key": "b"}], ".key", id="an id that repeats"),
        pytest.param([{"id": 1, "key": "a"}, {"id": None, "key": "b"}], ".key", id="an id that is null"),
        pytest.param([{"id": "a", "key": "a"}, {"id": "", "key": "b"}], ".key", id="an id that is empty"),
        pytest.param([{"id": 1, "key": "a"}, {"key": "b"}], ".key", id="an id that is missing"),
        pytest.param([{"sys": {"id": "a"}, "n": 1}, {"sys": {"id": "b"}, "n": 1}], ".sys.id", id="wrapped"),
        pytest.param(
            [{"owner": {"id": 1}, "name": "a"}, {"owner": {"id": 2}, "name": "b"}],
            f".name | if . == null then null else {LEGAL} end",
            id="another's id is not its own",
        ),
        pytest.param(
            [{"owner": {"id": 1}, "n": 1.5}, {"owner": {"id": 2}, "n": 2.5}], ".owner.id", id="but it will do"
        ),
        pytest.param(
            [{"sensor": "a", "v": 1}, {"sensor": "b", "v": 2}], ".sensor", id="any text of one word"
        ),
        pytest.param([{"self": "/x/1", "v": 1}, {"self": "/x/2", "v": 1}], ".self", id="an address"),
        pytest.param(
            [{"id": "a b"}, {"id": "c"}], f".id | if . == null then null else {LEGAL} end", id="made legal"
        ),
        pytest.param(
            [{"id": "a b"}, {"id": 7}],
            f".id | if . == null then null else tostring | {LEGAL} end",
            id="made text, and legal",
        ),
        pytest.param(
            [{"id": "a b", "key": "x"}, {"id": "a_b", "key": "y"}], ".key", id="not the same once made legal"
        ),
        pytest.param([{"id": "..", "key": "x"}, {"id": "a", "key": "y"}], ".key", id="no dots alone"),
        pytest.param([{"id": "x" * 201, "key": "x"}], ".key", id="no long texts"),
        pytest.param([{"id": 1, "v": 1}, {"id": 1, "v": 1}, {"id": 2, "v": 1}], ".id", id="one item twice"),
    ],
)
def test_the_best_field_comes_first(items: list[dict[str, Json]], expression: str) -> None:
    assert of(*items)[0] == expression


@pytest.mark.parametrize(
    ("items", "start"),
    [
        pytest.param(
            [{"project": p, "number": n} for p in "ab" for n in (1, 2)], "[.project, .number]", id="a number"
        ),
        pytest.param(
            [{"name": n, "project": {"key": p}, "x": "y"} for p in "ab" for n in "cd"],
            "[.project.key, .name]",
            id="a name in its project",
        ),
        pytest.param(
            [{"a": a, "b": b, "c": c} for a in "xy" for b in "xy" for c in "xy"], "[.a, .b, .c]", id="three"
        ),
        pytest.param(
            [{"sensor": s, "at": f"2024-01-0{d}", "v": 1.5} for s in "xy" for d in (1, 2)],
            "[.sensor, .at]",
            id="a time",
        ),
        pytest.param(
            [{"project": p, "number": n, "branch": f"b{p}{n}"} for p in "ab" for n in (1, 2)],
            "[.project, .number]",
            id="names that tell before a text that is unique by chance",
        ),
    ],
)
def test_fields_are_put_together_where_none_is_unique(items: list[dict[str, Json]], start: str) -> None:
    assert of(*items)[0].startswith(start)


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([], id="no items"),
        pytest.param([{"v": 1.5}, {"v": 2.5}], id="measures"),
        pytest.param([{"v": True}, {"v": False}], id="flags"),
        pytest.param([{"a": ["x"]}, {"a": ["y"]}], id="lists"),
        pytest.param([{"text": "one two"}, {"text": "three four"}], id="sentences"),
        pytest.param([{"created_at": 1704067200}, {"created_at": 1704067201}], id="times"),
        pytest.param(
            [{"a": "x", "b": "-x"}, {"a": "x-", "b": "x"}, {"a": "x", "b": "-x", "c": 1}], id="joins"
        ),
    ],
)
def test_nothing_is_proposed_where_nothing_tells_the_items_apart(items: list[dict[str, Json]]) -> None:
    found = proposal("/things", list(items))
    assert found.identifiers == []
    assert found.source.identifier == ""


def test_a_joined_identifier_is_null_where_a_part_is_missing(each: Each) -> None:
    items: list[dict[str, Json]] = [{"project": p, "number": n} for p in "ab" for n in (1, 2)]
    [first, *_] = of(*items)
    assert each(first, [{"project": "a", "number": 1}, {"project": "a"}, {"number": 1}, {}]) == [
        "a-1",
        None,
        None,
        None,
    ]


def test_a_number_stays_one_so_that_no_digit_is_lost() -> None:
    [expression] = of({"id": 12345678901234567}, {"id": 12345678901234568})
    assert expression == ".id"


def test_what_may_repeat_under_another_parent_gets_the_parent_s_value(each: Each) -> None:
    found = proposal("/repos/{repo}/builds", [{"number": 1}, {"number": 2}])
    assert found.source.identifier.startswith("[.__repo, .number]")
    assert each(found.source.identifier, found.items) == ["repo-1", "repo-2"]
    assert each(found.source.identifier, [{"number": 1}, {"__repo": "a b", "number": 1}]) == [None, "a_b-1"]
    assert ".__repo comes first" in found.identifiers[0].why


def test_an_id_needs_no_parent() -> None:
    assert proposal("/repos/{repo}/builds", [{"id": 1}, {"id": 2}]).source.identifier == ".id"


def test_what_the_integration_adds_is_no_field_of_the_item() -> None:
    items: list[Json] = [{"repo": "a", "__repo": "a", "name": "x"}, {"repo": "a", "__repo": "a", "name": "y"}]
    found = proposal("/repos/{repo}/builds", items)
    assert [field.becomes.name for field in found.fields] == ["name"]


def test_a_pasted_item_gets_the_parameters_names_for_values() -> None:
    assert with_parameters("/a/{x}/b/{y}", [{"id": 1, "x": 5}]) == [
        {"id": 1, "x": 5, "__x": "x", "y": "y", "__y": "y"}
    ]


@pytest.mark.parametrize(
    ("items", "title"),
    [
        pytest.param([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], ".name", id="a name"),
        pytest.param(
            [{"title": "a", "name": "x"}, {"title": "b", "name": "y"}], ".name", id="before a title"
        ),
        pytest.param([{"name": "a", "title": "x"}, {"name": "a", "title": "y"}], ".title", id="that varies"),
        pytest.param([{"thing_name": "a", "title": "x"}], ".thing_name", id="its own name"),
        pytest.param([{"attributes": {"name": "a"}}], ".attributes.name", id="wrapped"),
        pytest.param([{"profile": {"real_name": "a"}}], ".profile.real_name", id="of a profile"),
        pytest.param([{"owner": {"name": "a"}}], None, id="of another"),
        pytest.param([{"name": "a\nb"}], None, id="of two lines"),
        pytest.param([{"name": 5}], None, id="a number"),
        pytest.param(
            [{"name": 5}, {"name": "a"}], ".name | if . == null then null else tostring end", id="mixed"
        ),
        pytest.param([{"name": None}, {"name": "a"}, {}], None, id="mostly missing"),
        pytest.param([{"name": "a"}, {"name": None}], ".name", id="missing now and then"),
    ],
)
def test_the_title_is_what_people_know_the_item_by(items: list[Json], title: str | None) -> None:
    assert proposal("/things", items).source.title == title


def test_first_and_last_name_make_a_title(each: Each) -> None:
    names = (("a", "b"), ("c", "d"), ("e", None), (None, None), ("f", "g"))
    items: list[Json] = [{"first_name": first, "last_name": last} for first, last in names]
    found = proposal("/people", items)
    assert each(found.source.title or "", found.items) == ["a b", "c d", "e", None, "f g"]


def test_the_reasons_are_said() -> None:
    found = proposal("/api/v1/users", {"data": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]})
    assert found.reasons == (
        "Items at .data: 2 objects, under a usual name for items",
        "Identifier: each of the 2 items has its own .id",
        "Title: .name names the item",
    )


def test_the_user_s_own_data_path_is_taken() -> None:
    found = proposal("/x", {"data": [{"id": 1}], "old": [{"id": "a"}]}, ".old")
    assert found.items == [{"id": "a"}]
    assert found.source.selector == {"data_path": ".old"}


def test_items_that_were_fetched_already_are_taken_as_they_are() -> None:
    found = proposal_of_items("/a/{x}/b", [{"id": 1, "x": "p", "__x": "p"}], ".rows")
    assert found.items == [{"id": 1, "x": "p", "__x": "p"}]
    assert (found.source.identifier, found.source.selector, found.lists) == (
        ".id",
        {"data_path": ".rows"},
        (),
    )


@pytest.mark.parametrize("data_path", [".a |", ".a.b"])
def test_a_data_path_that_is_no_jq_or_fails_is_an_error(data_path: str) -> None:
    with pytest.raises(JqError):
        proposal("/x", {"a": 5}, data_path)


@pytest.mark.parametrize(
    ("data_path", "items"),
    [
        (".", [{"a": [1, 2], "b": None}]),
        (".a", [{"value": 1}, {"value": 2}]),
        (".a[]", [{"value": 1}, {"value": 2}]),
        (".b", []),
        (".a, .a", [{"value": [1, 2]}, {"value": [1, 2]}]),
    ],
)
def test_items_are_read_as_the_integration_reads_them(data_path: str, items: list[Json]) -> None:
    assert items_at({"a": [1, 2], "b": None}, data_path) == items


@pytest.mark.parametrize("body", [None, "text", 5])
def test_a_body_without_items_is_said_to_be_one(body: Json) -> None:
    assert "No list and no object in the answer" in proposal("/x", body).reasons


@pytest.mark.parametrize(
    "text", ["a b", "a#b%c", "é", "中文", "٣", "²", "a\\b", "ab", "a/b:c=d+e@f.g-h_i", "x̂", "\U0001f600"]
)
def test_texts_are_made_legal_as_jq_makes_them(text: str, each: Each) -> None:
    assert each(f".x | {LEGAL}", [{"x": text}]) == [made_legal(text)]
