"""What is picked in the tree."""

import json
from dataclasses import replace
from typing import Any

import pytest

from builder.pasted_response import parse_response
from builder.web.answer.picks import Pick, picks_of, with_pick
from builder.web.answer.tree import Node, Tree
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm
from rest.origin import Redactor

_USERS = [
    {"id": n, "name": f"User {n}", "login": f"u {n}", "a": {"b": n}, "tags": [{"key": f"k{n}"}]}
    for n in range(3)
]


@pytest.fixture
def form() -> EndpointForm:
    return fill_in(EndpointForm(1, "/users"), parse_response(json.dumps(_USERS)), "pasted", "")


def _node(*positions: int) -> Node:
    body: Any = _USERS
    return Tree(body, ".", Redactor()).node(positions)


def _properties(form: EndpointForm) -> dict[str, str]:
    return {row.name: row.expression for row in form.rows if row.is_selected}


def test_the_marks_are_those_of_the_form(form: EndpointForm) -> None:
    assert Pick(".id", "identifier") in picks_of(form)
    assert Pick(".name", "title") in picks_of(form)
    form = replace(form, identifier='"\\(.a.b)"', title=".a.b | tostring")
    assert [pick for pick in picks_of(form) if pick.role != "property"] == [Pick(".a.b", "title")]


def test_a_picked_identifier_has_the_proposed_expression(form: EndpointForm) -> None:
    """The value has a space, which Port rejects."""
    picked = with_pick(form, "identifier", _node(0, 2))
    assert "gsub" in picked.identifier
    assert Pick(".login", "identifier") in picks_of(picked)


def test_a_field_that_is_not_proposed_can_be_picked(form: EndpointForm) -> None:
    assert with_pick(form, "title", _node(1, 3, 0)).title == ".a.b"


def test_a_property_is_added_and_removed(form: EndpointForm) -> None:
    node = _node(0, 3, 0)
    before = _properties(form)
    once = with_pick(form, "property", node)
    twice = with_pick(once, "property", node)
    changed = set(before.items()) ^ set(_properties(once).items())
    assert len(changed) == 1
    assert _properties(twice) == before
    assert len(twice.rows) == len(form.rows)


def test_a_property_below_a_list_collects_all_values(form: EndpointForm) -> None:
    node = _node(0, 4, 0, 0)
    once = with_pick(form, "property", node)
    added = once.rows[-1]
    assert (added.expression, added.type) == ("[.tags[]?.key]", "array")
    assert Pick("[.tags[]?.key]", "property") in picks_of(once)
    assert with_pick(once, "property", node).rows == form.rows


def test_an_added_property_has_a_name_of_its_own(form: EndpointForm) -> None:
    renamed = replace(form, rows=tuple(replace(row, name="tags_key") for row in form.rows[:1]))
    assert with_pick(renamed, "property", _node(0, 4, 0, 0)).rows[-1].name != "tags_key"


@pytest.mark.parametrize("positions", [(0,), (0, 3), (0, 4, 0, 0)], ids=["item", "object", "in a list"])
def test_only_a_single_value_is_an_identifier(form: EndpointForm, positions: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="identifier"):
        with_pick(form, "identifier", _node(*positions))
