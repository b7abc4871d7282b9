"""An event without a signature deletes an entity only if no other item can have the same identifier."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from mapping import is_plain_mapping, marks_for, proves
from rest.bodies import Json

NAMES = ["repo", "number"]


@pytest.mark.parametrize(
    ("identifier", "is_plain"),
    [
        (".number", True),
        (".__repo", True),
        (".number | tostring", True),
        ('.__repo + "#" + (.number | tostring)', True),
        (r'"\(.__repo)#\(.number | tostring)"', True),
        (r'"a.b \"quoted\" \(.repo)"', True),
        (".slug // .number", False),
        (r'"\(.slug)"', False),
        (r'"\(.repo | ascii_downcase)"', False),
        (".number | ascii_downcase", False),
        (".repo.name", False),
        (".repo[0:2]", False),
        (".repo?", False),
        (".number_of", False),
        ('if .number then .number else "x" end', False),
        (".repo, .number", False),
        ("$__loc__", False),
        ("input", False),
        (r'@base64 "\(.repo)"', False),
        ('.["repo"]', False),
        (".. | .number", False),
        ({"combinator": "and", "rules": []}, False),
        (None, False),
    ],
)
def test_a_plain_identifier_only_joins_fields_and_text(identifier: Any, is_plain: bool) -> None:  # noqa: FBT001
    assert is_plain_mapping({"identifier": identifier, "blueprint": '"pr"'}, NAMES) is is_plain


@pytest.mark.parametrize("blueprint", [".type", None, r'"\(.repo)"'])
def test_a_plain_mapping_names_its_blueprint(blueprint: Any) -> None:
    assert not is_plain_mapping({"identifier": ".number", "blueprint": blueprint}, NAMES)


def joined(template: str, values: Mapping[str, Json]) -> str:
    """Return the identifier that a mapping like `{repo}#{number}` makes of values."""
    return re.sub(r"{(\w+)}", lambda name: str(values[name[1]]), template)


@pytest.mark.parametrize(
    ("template", "values", "is_proven"),
    [
        ("{id}", {"id": "a-b"}, True),
        ("task-{id}.x", {"id": 5}, True),
        ("{id}/{id}", {"id": "a"}, True),
        ("{repo}#{number}", {"repo": "acme/app", "number": 5}, True),
        ("{repo}/{number}", {"repo": "acme/app", "number": 5}, False),
        ("{group}-{name}", {"group": "a-b", "name": "c"}, False),
        ("{group}{name}", {"group": "a", "name": "b"}, False),
        ("{group}--{name}", {"group": "a-", "name": "b"}, False),
        ("{repo}", {"repo": "a", "number": 5}, False),
        ("fixed", {"repo": "a"}, False),
        ("{id}", {"id": ""}, False),
    ],
)
def test_other_values_cannot_have_a_proven_identifier(
    template: str,
    values: dict[str, Json],
    is_proven: bool,  # noqa: FBT001
) -> None:
    assert proves(joined(template, values), joined(template, marks_for(values)), values) is is_proven


@pytest.mark.parametrize(("identifier", "marked"), [(None, "x"), ("x", None), ("abc", "\ue0000\ue001")])
def test_an_identifier_that_is_not_made_of_the_values_is_not_proven(identifier: Any, marked: Any) -> None:
    assert not proves(identifier, marked, {"id": "ABC"})
