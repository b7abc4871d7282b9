"""The checks of the mapping editor."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.web.mapping_checks import mapping_mistakes
from sandbox.web.mapping_yaml import read_mapping

_GOOD = """\
deleteDependentEntities: true
resources:
  - kind: /users
    selector:
      query: .active == true
      data_path: .users
      accept_shrink: 10
    port:
      itemsToParse: .teams
      entity:
        mappings:
          identifier: .id | tostring
          title: .name // 'unknown'
          blueprint: '"user"'
          properties:
            email: .email
          relations:
            team: .team
            owner:
              combinator: '"and"'
              rules:
                - {property: '"email"', operator: '"="', value: .owner}
"""

type Mistakes = Callable[[str], list[tuple[int | None, str]]]


@pytest.fixture
def mistakes() -> Mistakes:
    """Returns line and message of each mistake."""

    def check(text: str) -> list[tuple[int | None, str]]:
        mapping = read_mapping(text)
        found = mapping_mistakes(mapping.value, ["user", "team"])
        return [(mapping.line_of("/".join(each.place)), each.message) for each in found]

    return check


def test_a_good_mapping_has_no_mistakes(mistakes: Mistakes) -> None:
    assert mistakes(_GOOD) == []
    assert mistakes("resources: []") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("resources:", "resorces:", 2, 'unknown key "resorces". Did you mean "resources"?'),
        ("deleteDependentEntities", "deleteDependantEntities", 1, 'Did you mean "deleteDependentEntities"?'),
        ("deleteDependentEntities", "foo", 1, 'unknown key "foo". Known keys: resources, '),
        ("    selector:", "    selectors:", 4, 'unknown key "selectors". Did you mean "selector"?'),
        ("query: ", "qurey: ", 5, 'unknown key "qurey". Did you mean "query"?'),
        ("data_path: ", "datapath: ", 6, 'unknown key "datapath". Did you mean "data_path"?'),
        ("itemsToParse", "itemsToParce", 9, 'Did you mean "itemsToParse"?'),
        ("mappings:", "mapping:", 11, 'unknown key "mapping". Did you mean "mappings"?'),
        ("properties:", "property:", 15, 'unknown key "property". Did you mean "properties"?'),
        ("kind: /users", "kind: 12", 3, '"kind" must be a string that is not empty'),
        (".id | tostring", ".id |", 12, '"identifier" is not valid jq: syntax error'),
        (".id | tostring", "id", 12, "id/0 is not defined"),
        (".id | tostring", "12", 12, '"identifier" must be a jq expression, written as a string'),
        ("query: .active == true", "query: .active ==", 5, '"query" is not valid jq'),
        ("query: .active == true", "query: ''", 5, '"query" is not valid jq: it is empty'),
        ("email: .email", "email: .email[", 16, '"email" is not valid jq'),
        ("value: .owner", "value: .owner |", 22, '"value" is not valid jq'),
        ("itemsToParse: .teams", "itemsToParse: .teams[", 9, '"itemsToParse" is not valid jq'),
        ("'\"user\"'", "'\"usr\"'", 14, 'there is no blueprint "usr". Did you mean "user"?'),
        ("'\"user\"'", "'\"product\"'", 14, 'there is no blueprint "product". Create it first'),
        ("'\"user\"'", "\"'product'\"", 14, 'there is no blueprint "product". Create it first'),
        ("          blueprint: '\"user\"'\n", "", 11, 'the key "blueprint" is missing'),
    ],
)
def test_each_mistake_is_told_with_its_line(
    mistakes: Mistakes, old: str, new: str, line: int | None, message: str
) -> None:
    assert old in _GOOD
    found = mistakes(_GOOD.replace(old, new, 1))
    assert [each for each in found if each[0] == line and message in each[1]], found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resources: {}", '"resources" must be a list'),
        ("resources: [1]", "a resource must be an object"),
        ("resources: [{kind: /a, port: x}]", '"port" must be an object'),
        ("resources: [{kind: /a, selector: x, port: {entity: {}}}]", '"selector" must be an object'),
        ("resources: [{kind: /a, enableDelete: 'no', port: {}}]", '"enableDelete" must be true or false'),
        ("resources: [{kind: /a, port: {entity: {mappings: [1]}}}]", "a mapping must be an object"),
        ("resources: [{kind: /a, port: {entity: {mappings: {properties: []}}}}]", '"properties" must be an'),
    ],
)
def test_parts_of_the_wrong_type_are_mistakes(mistakes: Mistakes, text: str, message: str) -> None:
    assert [found for _, found in mistakes(text) if message in found]


def test_a_misspelled_key_is_not_missing_too(mistakes: Mistakes) -> None:
    for key in ("resources", "kind", "port", "entity", "mappings", "identifier", "blueprint"):
        text = re.sub(rf"\b{key}:", f"{key[:-1]}:", _GOOD, count=1)
        assert [message for _, message in mistakes(text)] == [
            f'unknown key "{key[:-1]}". Did you mean "{key}"?'
        ]


def test_a_missing_part_is_told(mistakes: Mistakes) -> None:
    assert mistakes("{}") == [(None, 'the key "resources" is missing')]
    assert mistakes("resources: [{}]") == [
        (1, 'the key "kind" is missing'),
        (1, 'the key "port" is missing'),
    ]


def test_an_expression_for_the_blueprint_is_accepted(mistakes: Mistakes) -> None:
    assert mistakes(_GOOD.replace("'\"user\"'", ".type")) == []


def test_all_mistakes_are_told_at_once_up_to_a_limit(mistakes: Mistakes) -> None:
    text = _GOOD.replace(".id | tostring", ".id |").replace("email: .email", "email: '.email['")
    assert len(mistakes(text)) == 2
    assert len(mistakes("resources: [" + "1, " * 100 + "]")) == 20


def test_other_integrations_have_keys_of_their_own() -> None:
    config: dict[str, Any] = {"organizations": ["a"], "resources": []}
    assert mapping_mistakes(config, [], is_custom=False) == []
    assert mapping_mistakes({**config, "resource": []}, [], is_custom=False)
