"""The rules for names agree with those of the sandbox of Port."""

import re

import pytest

from builder.port_names import blueprint_problem, installation_problem, property_problem, title_problem
from sandbox.port_api.text_rules import PROPERTY_IDENTIFIER_PATTERN, is_blueprint_identifier

_NAMES = [
    "user",
    "Üser",
    "a b",
    "a/b",
    "a=b",
    "a@b.c",
    ".",
    "..",
    "",
    "x" * 100,
    "x" * 101,
    "a\nb",
    "ä-1",
    "\u0661",
    "a'b",
]


@pytest.mark.parametrize("name", _NAMES, ids=ascii)
def test_blueprint_identifiers_follow_the_rules_of_port(name: str) -> None:
    assert (blueprint_problem(name) is None) == (is_blueprint_identifier(name) and name != "")


@pytest.mark.parametrize("name", _NAMES, ids=ascii)
def test_property_names_follow_the_rules_of_port(name: str) -> None:
    accepted = re.fullmatch(PROPERTY_IDENTIFIER_PATTERN, name) is not None and len(name) <= 100
    assert (property_problem(name) is None) == accepted


def test_invalid_characters_are_named() -> None:
    assert blueprint_problem("my user!") == (
        "Invalid characters: ' ' '!'. Port allows letters, digits and @ _ . + : \\ / -"
    )


@pytest.mark.parametrize(
    ("name", "is_valid"), [("ocean-custom", True), ("-x", False), ("a b", False), ("", False)]
)
def test_installation_identifiers_are_plain_names(name: str, is_valid: bool) -> None:  # noqa: FBT001 - a table's column
    assert (installation_problem(name) is None) == is_valid


def test_a_title_has_a_maximum_length() -> None:
    assert title_problem("x" * 100) is None
    assert title_problem("x" * 101) == "101 characters are too many. Port allows up to 100"
