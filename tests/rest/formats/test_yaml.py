"""YAML read as JSON values."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rest.bodies import Json
from rest.formats.yaml import parse_yaml

# Without digits, because 1e3 is text in YAML 1.1 and a number in YAML 1.2.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Nd"]), max_size=20)
json_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


@given(json_values)
def test_json_is_read_unchanged(value: Json) -> None:
    assert parse_yaml(json.dumps(value, ensure_ascii=False)) == value


@given(json_values)
def test_yaml_written_by_pyyaml_is_read_unchanged(value: Json) -> None:
    assert parse_yaml(yaml.safe_dump(value, allow_unicode=True)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("[on, yes, Off]", ["on", "yes", "Off"]),
        ("2024-01-31", "2024-01-31"),
        ("12:30:00", "12:30:00"),
        ("[0123, 0x1F, 1_000, +5, .5]", ["0123", "0x1F", "1_000", "+5", ".5"]),
        ("[5, -5, 1.5, 1e3, 0, 1e999]", [5, -5, 1.5, 1000.0, 0, "1e999"]),
        ("[~, null, '', 'null']", [None, None, "", "null"]),
        ("[true, False, 'true']", [True, False, "true"]),
        ("200: a\ntrue: b\n~: c", {"200": "a", "true": "b", "~": "c"}),
        ("[!!str 5, !!int '5']", ["5", 5]),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, b: 3}", {"a": {"b": 1, "c": 2}, "d": {"b": 3, "c": 2}}),
        ("d: {b: 3, <<: [{b: 1, c: 1}, {c: 2}]}", {"d": {"b": 3, "c": 1}}),
        ("a:\n  - |\n    x\n    y\n  - >-\n    x\n    y", {"a": ["x\ny\n", "x y"]}),
        ("9007199254740993", 9007199254740993),
        ("", None),
        ("# nothing", None),
    ],
    ids=[
        "no", "words", "date", "time", "other_numbers", "numbers", "null", "booleans", "keys", "tags",
        "alias", "merge", "merge_several", "blocks", "large", "empty", "comment",
    ],
)  # fmt: skip
def test_plain_scalars_are_read_by_yaml_1_2(text: str, value: Json) -> None:
    found = parse_yaml(text)
    assert json.dumps(found) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1, 2\nb", "line 3, column 1: did not find expected"),
        ("a: &x [*x]", r"line 1, column 8: \*x contains itself"),
        ("a: *x", r"line 1, column 4: \*x is not defined"),
        ("a: !!python/object:os.system x", "line 1, column 4: the tag .* has no equivalent in JSON"),
        ("a: !!binary aGk=", "the tag .*binary has no equivalent in JSON"),
        ("? [a]\n: b", "a key must be text, not a list or an object"),
        ("a\n---\nb", "several documents"),
        ("<<: 5", "<< merges only objects"),
        ("x: \0", "unacceptable character"),
        ("\ud800", "surrogates not allowed"),
        ("[" * 100_000, "nested more than 200 levels deep"),
        ("- " * 100_000, "nested more than 200 levels deep"),
        ("{a: " * 300 + "1" + "}" * 300, "nested more than 200 levels deep"),
    ],
    ids=[
        "cut", "circle", "unknown_alias", "python", "binary", "key", "documents", "merge", "zero",
        "surrogate",         "deep_flow", "deep_block", "deep_objects",
    ],
)  # fmt: skip
def test_invalid_yaml_is_rejected_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_yaml(text)


def test_anchors_that_expand_to_billions_of_values_are_rejected() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(
        ValueError, match=r"line 7, column .*: the anchors expand to more than 3,000,000 values"
    ):
        parse_yaml("\n".join(lines))


def test_anchors_that_expand_to_great_depth_are_rejected() -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [[[[*a{n - 1}]]]]" for n in range(1, 60)]
    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        parse_yaml("\n".join(lines))
