"""Every item is accounted for, and the errors and warnings name those that are not."""

from typing import Any

import pytest

from mapping.mapper import Mapped
from mapping.tally import EntityTally
from rest.errors import DoubtError, ItemsError


def entity(identifier: Any = "1", blueprint: Any = "task", **properties: Any) -> dict[str, Any]:
    return {"identifier": identifier, "blueprint": blueprint, "properties": properties}


def tally_of(*entities: dict[str, Any]) -> EntityTally:
    """Return the tally of a batch in which each item became an entity."""
    tally = EntityTally()
    tally.note(Mapped(passed=list(entities)), [{} for _ in entities])
    return tally


def shown(item: dict[str, Any]) -> str:
    """Return how an item that became no entity is shown."""
    tally = EntityTally()
    tally.note(Mapped(lost=[0]), [item])
    return tally.first_skipped


def test_complete_batch_has_no_error_and_no_warning() -> None:
    tally = tally_of(entity("1"), entity("2"))
    assert (tally.entities, tally.errors, tally.warning) == (2, [], "")


def test_empty_batch_has_no_error() -> None:
    tally = EntityTally()
    tally.note(Mapped(), [])
    assert (tally.errors, tally.warning) == ([], "")


def test_batches_add_up() -> None:
    tally = EntityTally()
    tally.note(Mapped(passed=[entity("1")], lost=[2]), [{"id": number} for number in range(5)])
    tally.note(Mapped(passed=[entity("2"), entity("3")], lost=[0]), [{"id": 8}, {"id": 9}, {"id": 10}])
    assert (tally.entities, tally.skipped, tally.left_out) == (3, 2, 3)
    assert tally.first_skipped == "id 2"


def test_items_that_the_query_excludes_are_no_error() -> None:
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
    assert error.what == (
        "1 of 2 items became no entity, because they have no identifier; the first has name Ann"
    )
    assert error.hint == "Correct the mapping, or exclude them with selector.query"


def test_all_lacking_keys_are_named() -> None:
    tally = EntityTally()
    incomplete = [entity(""), entity("2", None)]
    tally.note(Mapped(passed=[entity("1")], incomplete=incomplete, lost=[0, 1]), [{"id": 1}, {"id": 2}, {}])
    assert "2 of 3 items" in tally.errors[0].what
    assert "because they have no blueprint or identifier; " in tally.errors[0].what


def test_query_without_a_boolean_is_a_doubt() -> None:
    tally = EntityTally()
    tally.note(Mapped(lost=[0]), [{"id": 1}])
    (error,) = tally.errors
    assert isinstance(error, DoubtError)
    assert "because the query returns neither true nor false; the first has id 1" in error.what


@pytest.mark.parametrize(
    ("incomplete", "names", "hint"),
    [
        ([entity(None)], "identifier", "identifier"),
        ([entity("1", None)], "blueprint", "blueprint"),
        ([entity(None), entity("1", "")], "blueprint and identifier", "blueprint"),
    ],
    ids=["identifier", "blueprint", "both"],
)
def test_key_that_all_items_lack_is_an_error_and_no_doubt(
    incomplete: list[dict[str, Any]], names: str, hint: str
) -> None:
    tally = EntityTally()
    lost = list(range(len(incomplete)))
    tally.note(Mapped(incomplete=incomplete, lost=lost), [{"id": 1} for _ in lost])
    tally.note_unparsed({"id": 1})
    (error,) = tally.errors
    assert isinstance(error, ItemsError)
    assert error.what == f"the mapping produces no {names} for any item"
    assert error.hint == f"Correct port.entity.mappings.{hint}"


def test_items_to_parse_without_a_list_is_a_doubt() -> None:
    tally = tally_of(entity())
    tally.note_unparsed({"id": 7})
    tally.note_unparsed({"id": 8})
    (error,) = tally.errors
    assert error.doubt == "skipped_items"
    assert error.what == "itemsToParse is not a list in 2 items; the first has id 7"
    assert error.hint == "Correct itemsToParse. If null means that there are none, write .path // []"


def test_both_doubts_are_reported() -> None:
    tally = EntityTally()
    tally.note(Mapped(passed=[entity()], lost=[0]), [{"id": 1}, {"id": 2}])
    tally.note_unparsed({"id": 3})
    assert [error.doubt for error in tally.errors] == ["skipped_items"] * 2


def test_other_entity_with_the_same_identifier_overwrites() -> None:
    tally = tally_of(
        entity("1", name="a"), entity("2", name="a"), entity("2", name="b"), entity("1", name="c")
    )
    assert tally.overwritten == 2
    assert tally.warning == (
        "2 entities overwrite another item's entity with the same identifier; the first is task 2. "
        "Make port.entity.mappings.identifier unique"
    )
    assert tally.errors == []


def test_entity_of_a_later_batch_overwrites() -> None:
    tally = tally_of(entity("1", name="a"))
    tally.note(Mapped(passed=[entity("1", name="b")]), [{}])
    assert tally.overwritten == 1


def test_equal_entity_overwrites_nothing() -> None:
    assert tally_of(entity("1", name="a"), entity("1", name="a")).warning == ""


def test_same_identifier_in_another_blueprint_overwrites_nothing() -> None:
    assert tally_of(entity("1", "task", name="a"), entity("1", "user", name="b")).warning == ""


@pytest.mark.parametrize(
    "rules", [{"combinator": "and", "rules": []}, {"combinator": "or", "rules": [{"value": 1}]}]
)
def test_identifier_by_search_overwrites_nothing(rules: dict[str, Any]) -> None:
    """Only Port knows which entity the search finds."""
    assert tally_of(entity(rules, name="a"), entity(rules, name="b")).warning == ""
    assert tally_of(entity("1", rules, name="a"), entity("1", rules, name="b")).warning == ""


@pytest.mark.parametrize(
    ("item", "expected"),
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
def test_item_is_shown_by_the_value_that_users_know(item: dict[str, Any], expected: str) -> None:
    assert shown(item) == expected
