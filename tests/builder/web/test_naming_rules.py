"""Names that Port takes, and those that it refuses: as the sandbox does."""

import re

import pytest

from builder.web.naming_rules import blueprint_problem, installation_problem, property_problem, title_problem
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
def test_a_blueprint_s_name_is_judged_as_port_does(name: str) -> None:
    assert (blueprint_problem(name) is None) == (is_blueprint_identifier(name) and name != "")


@pytest.mark.parametrize("name", _NAMES, ids=ascii)
def test_a_property_s_name_is_judged_as_port_does(name: str) -> None:
    accepted = re.fullmatch(PROPERTY_IDENTIFIER_PATTERN, name) is not None and len(name) <= 100
    assert (property_problem(name) is None) == accepted


def test_the_wrong_characters_are_named() -> None:
    assert blueprint_problem("my user!") == "has ' ' '!'; Port takes letters, digits and @ _ . + : \\ / -"


@pytest.mark.parametrize(
    ("name", "is_fine"), [("ocean-custom", True), ("-x", False), ("a b", False), ("", False)]
)
def test_an_installation_needs_a_plain_name(name: str, is_fine: bool) -> None:  # noqa: FBT001 - a table's column
    assert (installation_problem(name) is None) == is_fine


def test_a_title_has_a_bound() -> None:
    assert title_problem("x" * 100) is None
    assert title_problem("x" * 101) == "has 101 characters, and Port takes 100"
