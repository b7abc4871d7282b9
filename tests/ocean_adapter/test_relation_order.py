"""Entities are ordered by their relations."""

from typing import Any

import pytest
from port_ocean.core.models import Entity

from ocean_adapter.relation_order import dependency_levels


def levels(relations: dict[str, Any]) -> list[list[str]]:
    """Return the identifiers of each level, for entities with these relation targets."""
    entities = [
        Entity(identifier=name, blueprint="task", relations={"after": target})
        for name, target in relations.items()
    ]
    return [sorted(str(entity.identifier) for entity in level) for level in dependency_levels(entities)]


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
        "no entities",
        "without relations",
        "a chain",
        "a to-many relation",
        "a target outside the list",
        "a relation to itself",
        "a cycle",
        "a search",
    ],
)
def test_relation_targets_come_first(relations: dict[str, Any], expected: list[list[str]]) -> None:
    assert levels(relations) == expected


def test_two_blueprints_can_use_the_same_identifier() -> None:
    """A user has the same identifier as its team."""
    user = Entity(identifier="a", blueprint="user", relations={"team": "a"})
    team = Entity(identifier="a", blueprint="team")
    assert list(dependency_levels([user, team])) == [[team], [user]]


def test_a_long_chain_has_one_level_per_entity() -> None:
    chain = {f"t{number}": f"t{number + 1}" for number in range(3000)}
    assert levels(chain)[0] == ["t2999"]
    assert len(levels(chain)) == 3000
