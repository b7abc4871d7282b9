"""Similar pages and identical items."""

from typing import Any

import pytest

from extraction.item_keys import item_keys
from extraction.page_identity import are_alike


def _items(start: int, *values: Any, name: str = "host") -> list[Any]:
    """Return items with these values under a name, each with a second field that is always new."""
    return [{name: value, "at": number} for number, value in enumerate(values, start)]


@pytest.mark.parametrize(
    ("some", "others", "alike"),
    [
        (_items(0, "a", "b"), _items(9, "a", "b"), True),
        (_items(0, "a", "b"), _items(9, "c", "d"), False),
        (_items(0, "x", "x"), _items(9, "x", "x"), False),
        (_items(0, 1, 2, name="id"), _items(9, 1, 2, name="id"), False),
        ([*_items(0, "a"), "b"], [*_items(9, "a"), "b"], False),
        (_items(0, "a"), _items(9, "a"), False),
        ([], [], False),
    ],
    ids=str,
)
def test_pages_with_the_same_values_are_alike(some: list[Any], others: list[Any], *, alike: bool) -> None:
    assert are_alike(some, others) == alike


def test_item_is_identified_by_its_id_or_by_all_of_its_fields() -> None:
    keys = item_keys([{"id": 5, "a": 1}, {"id": "5", "a": 2}, {"a": 1}, {"a": 2}, {"id": True}, "x", "x"])
    assert keys[0] == keys[1]
    assert keys[5] == keys[6]
    assert len(set(keys)) == 5
