"""Flags, counts and blanks that APIs send as text, as -1 or not at all."""

import pytest

from pagination.values import is_blank, is_true, whole_number
from rest.bodies import Json


@pytest.mark.parametrize("value", [True, 1, -1, "true", "TRUE", "1", "yes", "y", "anything", [1], {"a": 1}])
def test_value_is_true(value: Json) -> None:
    assert is_true(value)


@pytest.mark.parametrize(
    "value", [False, None, 0, "", " ", "false", "False ", "0", "no", "null", "None", [], {}]
)
def test_value_is_false(value: Json) -> None:
    assert not is_true(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [(0, 0), (7, 7), ("7", 7), (" 7 ", 7), ("007", 7), (7.0, 7), (2**60, 2**60)],
    ids=repr,
)
def test_whole_numbers_are_read_from_numbers_and_text(value: Json, number: int) -> None:
    assert whole_number(value) == number


@pytest.mark.parametrize(
    "value",
    [None, True, False, -1, "-1", -1.0, 7.5, "7.5", "", "many", "1,000", [7], {"value": 7}, float("inf")],
    ids=repr,
)
def test_other_values_are_not_whole_numbers(value: Json) -> None:
    """Some APIs send -1 for an unknown total."""
    assert whole_number(value) is None


@pytest.mark.parametrize("value", [None, False, "", " ", 0, "0", "null", "None"], ids=repr)
def test_blank_value_ends_a_listing_instead_of_a_cursor(value: Json) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", ["a", True, 7, "00", [], {}], ids=repr)
def test_other_values_are_not_blank(value: Json) -> None:
    assert not is_blank(value)
