"""An expression that does not compile is an error. Ocean would set the field to null in every entity."""

from typing import Any

import pytest

from mapping import EntityMapping, check_expressions
from rest.errors import ResourceError

MAPPINGS: dict[str, Any] = {"identifier": ".id", "blueprint": '"task"'}
RULES = {"combinator": "and(", "rules": [{"property": "|", "value": "|"}]}


@pytest.mark.parametrize(
    "fields", [{}, {"properties": {"a": ".a"}}, {"identifier": RULES}, {"title": None}], ids=str
)
def test_valid_expressions_pass(fields: dict[str, Any]) -> None:
    check_expressions(EntityMapping({**MAPPINGS, **fields}))


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (EntityMapping(MAPPINGS, ".a =="), "selector.query: '.a ==' is not a valid jq expression"),
        (EntityMapping({**MAPPINGS, "title": ".a |"}), "port.entity.mappings.title: '.a |' is not"),
        (EntityMapping({**MAPPINGS, "properties": {"p": "("}}), "mappings.properties.p: '[(]' is not"),
        (
            EntityMapping({**MAPPINGS, "relations": {"r": {"rules": [], "a": "("}}}),
            "relations.r.a: '[(]'",
        ),
    ],
)
def test_the_wrong_expression_is_named(mapping: EntityMapping, message: str) -> None:
    with pytest.raises(ResourceError, match=message):
        check_expressions(mapping)
