"""Entities in the order of their relations."""

from typing import Any

import pytest
from port_ocean.core.models import Entity

from ocean_adapter.ordering import in_levels


def levels(relations: dict[str, Any]) -> list[list[str]]:
    """Of entities with these targets, in this order: the identifiers of each group."""
    entities = [
        Entity(identifier=name, blueprint="task", relations={"after": target})
        for name, target in relations.items()
    ]
    return [sorted(str(entity.identifier) for entity in level) for level in in_levels(entities)]


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({}, []),
        ({"a": None, "b": None}, [["a", "b"]]),
        ({"a": "b", "b": "c", "c": None}, [["c"], ["b"], ["a"]]),
        ({"a": ["b", "c"], "b": "c", "c": []}, [["c"], ["b"], ["a"]]),
        ({"a": "elsewhere", "b": None}, [["a", "b"]]),
        ({"a": "a"}, [["a"]]),
        ({"a": "b", "b": "a", "c": "a", "d": None}, [["d"], ["a", "b", "c"]]),
        ({"a": {"combinator": "and", "rules": []}, "b": "a"}, [["a"], ["b"]]),
    ],
    ids=[
        "none",
        "without relations",
        "a chain backwards",
        "to many",
        "out of the list",
        "to itself",
        "a circle",
        "a search",
    ],
)
def test_targets_come_first(relations: dict[str, Any], expected: list[list[str]]) -> None:
    assert levels(relations) == expected


def test_the_same_identifier_of_two_blueprints_is_two_entities() -> None:
    """A user called like the team that it is in."""
    user = Entity(identifier="a", blueprint="user", relations={"team": "a"})
    team = Entity(identifier="a", blueprint="team")
    assert list(in_levels([user, team])) == [[team], [user]]


def test_a_long_chain_takes_one_step_for_each_link() -> None:
    chain = {f"t{number}": f"t{number + 1}" for number in range(3000)}
    assert levels(chain)[0] == ["t2999"]
    assert len(levels(chain)) == 3000
