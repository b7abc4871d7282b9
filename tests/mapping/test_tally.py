"""Whether every item is accounted for, and what is told of those that are not."""

from typing import Any

import pytest

from mapping.mapper import Mapped
from mapping.tally import EntityTally
from rest.errors import DoubtError, ItemsError


def entity(identifier: Any = "1", blueprint: Any = "task", **properties: Any) -> dict[str, Any]:
    return {"identifier": identifier, "blueprint": blueprint, "properties": properties}


def passing(*entities: dict[str, Any]) -> EntityTally:
    """A tally of one batch in which each item became an entity."""
    tally = EntityTally()
    tally.note(Mapped(passed=list(entities)), [{} for _ in entities])
    return tally


def losing(item: dict[str, Any]) -> str:
    """How an item that became no entity is shown."""
    tally = EntityTally()
    tally.note(Mapped(lost=[0]), [item])
    return tally.first_skipped


def test_all_entities_are_no_error_and_no_warning() -> None:
    tally = passing(entity("1"), entity("2"))
    assert (tally.entities, tally.errors, tally.warning) == (2, [], "")


def test_nothing_at_all_is_no_error() -> None:
    tally = EntityTally()
    tally.note(Mapped(), [])
    assert (tally.errors, tally.warning) == ([], "")


def test_batches_add_up() -> None:
    tally = EntityTally()
    tally.note(Mapped(passed=[entity("1")], lost=[2]), [{"id": number} for number in range(5)])
    tally.note(Mapped(passed=[entity("2"), entity("3")], lost=[0]), [{"id": 8}, {"id": 9}, {"id": 10}])
    assert (tally.entities, tally.skipped, tally.left_out) == (3, 2, 3)
    assert tally.first_skipped == "id 2"


def test_what_the_query_leaves_out_is_no_error() -> None:
    tally = EntityTally()
    tally.note(Mapped(), [{}, {}])
    assert (tally.left_out, tally.errors) == (2, [])


def test_items_without_an_identifier_are_a_doubt() -> None:
    tally = EntityTally()
    tally.note(
        Mapped(passed=[entity("1")], incomplete=[entity(None)], lost=[1]), [{"id": 1}, {"name": "Ann"}]
    )
    (error,) = tally.errors
    assert isinstance(error, DoubtError)
    assert error.doubt == "skipped_items"
    assert error.what == ("1 of 2 items became no entity, as they have no identifier; the first has name Ann")
    assert error.hint == "Correct the mapping, or leave them out by selector.query"


def test_both_that_an_entity_needs_are_named() -> None:
    tally = EntityTally()
    incomplete = [entity(""), entity("2", None)]
    tally.note(Mapped(passed=[entity("1")], incomplete=incomplete, lost=[0, 1]), [{"id": 1}, {"id": 2}, {}])
    assert "2 of 3 items" in tally.errors[0].what
    assert "as they have no blueprint or identifier; " in tally.errors[0].what


def test_a_query_without_true_or_false_is_a_doubt() -> None:
    tally = EntityTally()
    tally.note(Mapped(lost=[0]), [{"id": 1}])
    (error,) = tally.errors
    assert isinstance(error, DoubtError)
    assert "as the query is neither true nor false for them; the first has id 1" in error.what


@pytest.mark.parametrize(
    ("incomplete", "names", "hint"),
    [
        ([entity(None)], "identifier", "identifier"),
        ([entity("1", None)], "blueprint", "blueprint"),
        ([entity(None), entity("1", "")], "blueprint and identifier", "blueprint"),
    ],
    ids=["identifier", "blueprint", "both"],
)
def test_a_mapping_that_gives_it_for_no_item_is_no_doubt_but_wrong(
    incomplete: list[dict[str, Any]], names: str, hint: str
) -> None:
    tally = EntityTally()
    lost = list(range(len(incomplete)))
    tally.note(Mapped(incomplete=incomplete, lost=lost), [{"id": 1} for _ in lost])
    tally.note_unparsed({"id": 1})
    (error,) = tally.errors
    assert isinstance(error, ItemsError)
    assert error.what == f"the mapping gives no {names} for any item"
    assert error.hint == f"Correct port.entity.mappings.{hint}"


def test_items_to_parse_that_are_no_list_are_a_doubt() -> None:
    tally = passing(entity())
    tally.note_unparsed({"id": 7})
    tally.note_unparsed({"id": 8})
    (error,) = tally.errors
    assert error.doubt == "skipped_items"
    assert error.what == "itemsToParse is no list in 2 items; the first has id 7"
    assert error.hint == "Correct itemsToParse; where null means none, write .path // []"


def test_both_doubts_are_told() -> None:
    tally = EntityTally()
    tally.note(Mapped(passed=[entity()], lost=[0]), [{"id": 1}, {"id": 2}])
    tally.note_unparsed({"id": 3})
    assert [error.doubt for error in tally.errors] == ["skipped_items"] * 2


def test_another_entity_of_the_same_identifier_overwrites() -> None:
    tally = passing(
        entity("1", name="a"), entity("2", name="a"), entity("2", name="b"), entity("1", name="c")
    )
    assert tally.overwritten == 2
    assert tally.warning == (
        "2 entities have the identifier of another item's entity and overwrite it; the first is task 2. "
        "Make port.entity.mappings.identifier tell them apart"
    )
    assert tally.errors == []


def test_it_overwrites_in_a_later_batch_too() -> None:
    tally = passing(entity("1", name="a"))
    tally.note(Mapped(passed=[entity("1", name="b")]), [{}])
    assert tally.overwritten == 1


def test_the_same_entity_twice_overwrites_nothing() -> None:
    assert passing(entity("1", name="a"), entity("1", name="a")).warning == ""


def test_the_same_identifier_of_another_blueprint_is_another_entity() -> None:
    assert passing(entity("1", "task", name="a"), entity("1", "user", name="b")).warning == ""


@pytest.mark.parametrize(
    "rules", [{"combinator": "and", "rules": []}, {"combinator": "or", "rules": [{"value": 1}]}]
)
def test_an_identifier_by_search_overwrites_nothing_that_is_known(rules: dict[str, Any]) -> None:
    """Port alone knows which entity the rules lead to."""
    assert passing(entity(rules, name="a"), entity(rules, name="b")).warning == ""
    assert passing(entity("1", rules, name="a"), entity("1", rules, name="b")).warning == ""


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ({"name": "Ann", "id": 5}, "id 5"),
        ({"title": "T", "slug": "s", "name": "n", "key": "k"}, "key k"),
        ({"id": None, "uuid": "", "name": "Ann"}, "name Ann"),
        ({"id": 0}, "id 0"),
        ({"id": False}, "id false"),
        ({"id": {"a": "é"}}, 'id {"a": "é"}'),
        ({"id": "x" * 100}, "id " + "x" * 60 + "…"),
        (dict.fromkeys("abcdefg", 1), "the keys a, b, c, d, e"),
        ({"k" * 100: 1}, "the keys " + "k" * 51 + "…"),
    ],
    ids=str,
)
def test_an_item_is_shown_by_what_a_person_would_find_it_by(item: dict[str, Any], shown: str) -> None:
    assert losing(item) == shown
