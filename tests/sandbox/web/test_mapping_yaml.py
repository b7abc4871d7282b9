import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.port_api.json_codec import Json
from sandbox.web.mapping_yaml import MappingTextError, read_mapping, write_mapping

_EXAMPLE = Path(__file__).parents[3] / "examples" / "sample_company" / "port-app-config.yml"
_text = st.text(st.characters(exclude_categories=["Cs"]))
_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text
)
_json = st.recursive(_scalars, lambda inner: st.lists(inner) | st.dictionaries(_text, inner), max_leaves=15)


def test_example_is_written_as_readable_yaml() -> None:
    mapping = yaml.safe_load(_EXAMPLE.read_text())
    text = write_mapping(mapping)
    assert "resources:\n  - kind: /api/v1/users\n    selector:\n      data_path: .users\n" in text
    assert read_mapping(text).value == mapping


@settings(deadline=None)
@given(st.dictionaries(_text, _json))
def test_every_json_object_round_trips(value: dict[str, Json]) -> None:
    assert read_mapping(write_mapping(value)).value == value


def test_multi_line_string_is_a_block() -> None:
    assert write_mapping({"query": ".a |\n.b\n"}) == "query: |\n  .a |\n  .b\n"


@pytest.mark.parametrize(
    "text",
    ["on", "no", "12:30", "2026-01-31", "0o17", "010", "1_000", "1e5", "=", "<<", ".inf", "0x1F"],
)
def test_yaml_1_1_scalars_stay_strings(text: str) -> None:
    assert read_mapping(f"value: {text}").value == {"value": text}


def test_json_scalars_are_parsed() -> None:
    found = read_mapping("a: 1\nb: -2.5\nc: true\nd: null\ne: ~\nf:\n404: empty\n").value
    assert found == {"a": 1, "b": -2.5, "c": True, "d": None, "e": None, "f": None, "404": "empty"}
    assert not math.isnan(found["b"])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: [1\nb: 2", 1, "flow sequence"),
        ("a: 'x\nb: 2\n", 1, "quoted scalar"),
        ("a:\n  - b: 1\n   c: 2", 3, "parsing a block"),
        ("a:\n\t- b", 2, "cannot start any token"),
        ("a: .x: .y", 1, "mapping values are not allowed here"),
        ("a: 1\nb: 2\na: 3", 3, 'duplicate key "a"'),
        ("a:\n  b: &x [*x]", 2, "alias"),
        ("a: 1\nb: {{c}}", 2, "a key must be a string"),
        ("a: 1\nb: !!python/object:os.system x", 2, "cannot be represented in JSON"),
        ("a: !!int x", 1, "cannot be represented in JSON"),
        ("a: !!float .nan", 1, "cannot be represented in JSON"),
        ("a: 1.0e+999", 1, "cannot be represented in JSON"),
        ("a: 1\nb: \x01", 2, "U+0001"),
        ("- a", 1, "must be an object"),
        ("", 1, "must be an object"),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("[" * 900, 1, "deep"),
    ],
)
def test_error_has_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(MappingTextError) as caught:
        read_mapping(text)
    assert caught.value.line == line
    assert words in caught.value.message


@pytest.mark.slow
def test_alias_bomb_is_rejected() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(MappingTextError):
        read_mapping("\n".join(lines))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("resources/1/kind", 5),
        ("resources/1/port/entity/mappings", 5),
        ("resources/0/selector/query", 4),
        ("resources", 1),
        ("nowhere", None),
    ],
)
def test_path_in_an_api_message_has_a_line(place: str, line: int | None) -> None:
    text = "resources:\n  - kind: /a\n    selector:\n      query: 'true'\n  - kind: /b\n"
    assert read_mapping(text).line_of(place) == line
