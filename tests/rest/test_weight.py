"""The memory estimate of a body is never too low."""

import io
import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.bodies import Json
from rest.body_parsing import parse_body
from rest.weight import LIGHT_BYTES, MOST_WEIGHT, weight_of, weight_of_body, weight_of_row
from tests.rest.test_bodies import json_values


def size_of(value: Json) -> int:
    """Return the bytes that CPython allocates for a value, counting shared objects each time."""
    own = sys.getsizeof(value)
    if isinstance(value, dict):
        return own + sum(sys.getsizeof(key) + size_of(inner) for key, inner in value.items())
    return own + sum(map(size_of, value)) if isinstance(value, list) else own


DENSE = {
    "lists": "[" + ",".join(["[]"] * 5000) + "]",
    "objects": "[" + ",".join(["{}"] * 5000) + "]",
    "lists in lists": "[" + ",".join(["[[]]"] * 5000) + "]",
    "objects of one key": "[" + ",".join(['{"a":1000}'] * 5000) + "]",
    "depth": "[" * 300 + "]" * 300,
    "texts": "[" + ",".join(['"ab"'] * 5000) + "]",
    "decimals": "[" + ",".join(["1.5"] * 5000) + "]",
    "keys": "{" + ",".join(f'"{number}":"x"' for number in range(5000)) + "}",
    "an emoji": '["😀' + "a" * 5000 + '"]',
    "an escaped emoji": '["\\ud83d\\ude00' + "a" * 5000 + '"]',
    "letters of two bytes": '["' + "é" * 5000 + "ж" + '"]',
}


@pytest.mark.parametrize("text", DENSE.values(), ids=DENSE)
def test_no_text_takes_more_memory_than_its_weight(text: str) -> None:
    content = text.encode()
    real = size_of(parse_body(content, "application/json"))
    assert real <= weight_of_body(io.BytesIO(content))
    assert real <= weight_of(text) * 4  # escapes are counted as they are written


@pytest.mark.parametrize("text", DENSE.values(), ids=DENSE)
def test_a_small_text_is_below_the_limit(text: str) -> None:
    real = size_of(parse_body(text.encode(), "application/json"))
    assert real < len(text.encode()) * MOST_WEIGHT / LIGHT_BYTES


def test_the_estimate_for_ordinary_items_is_not_much_too_high() -> None:
    items = [{"id": number, "name": f"item {number}", "text": "x" * 200} for number in range(1000)]
    content = json.dumps(items).encode()
    assert len(content) < weight_of_body(io.BytesIO(content)) < 5 * len(content)


def test_the_estimate_for_a_table_covers_its_objects() -> None:
    content = b"a,b\n" + b"1,2\n" * 1000
    real = size_of(parse_body(content, "text/csv"))
    assert real <= weight_of_body(io.BytesIO(content), "csv")
    assert size_of({"a": "1", "b": "2"}) <= weight_of_row(2, 2)


@given(json_values, st.booleans())
def test_no_value_takes_more_memory_than_its_weight(value: Json, is_ascii: bool) -> None:  # noqa: FBT001
    text = json.dumps([value] * 20, ensure_ascii=is_ascii)
    assert size_of(parse_body(text.encode(), "")) <= weight_of_body(io.BytesIO(text.encode())) + 1000


DENSE_XML = {
    "empty elements": "<r>" + "<a/>" * 5000 + "</r>",
    "names": "<r>" + "".join(f"<a{number}/>" for number in range(5000)) + "</r>",
    "attributes": "<r>" + "<a b=''/>" * 5000 + "</r>",
    "attribute names": "<r " + " ".join(f"a{number}='{number}'" for number in range(5000)) + "/>",
    "objects": "<r>" + "<a><b/></a>" * 5000 + "</r>",
    "pairs of objects": "<r>" + "<a><b/><c/></a>" * 5000 + "</r>",
    "texts": "<r>" + "<a>ab</a>" * 5000 + "</r>",
    "numbers": "<r>" + "".join(f"<a>{number}</a>" for number in range(5000)) + "</r>",
    "texts of objects": "<r>" + "<a b='1'>ab</a>" * 5000 + "</r>",
    "depth": "<a>" * 200 + "</a>" * 200,
    "an emoji": "<r>😀" + "a" * 5000 + "</r>",
}
DENSE_YAML = {
    "lists": "- " * 150 + "a",
    "empty lists": "[" + "[]," * 5000 + "]",
    "short lines": "- a\n" * 5000,
    "objects": "- a: b\n" * 5000,
    "empty values": "- a:\n" * 5000,
    "flow": "[" + "{a: b}," * 3000 + "]",
    "keys": "".join(f"{number}:\n" for number in range(5000)),
}


@pytest.mark.parametrize(
    ("text", "name"),
    [*((text, "xml") for text in DENSE_XML.values()), *((text, "yaml") for text in DENSE_YAML.values())],
    ids=[*DENSE_XML, *DENSE_YAML],
)
def test_no_document_takes_more_memory_than_its_weight(text: str, name: Any) -> None:
    content = text.encode()
    real = size_of(parse_body(content, f"text/{name}"))
    assert real <= weight_of_body(io.BytesIO(content), name) + 1000
    assert real < max(len(content), 1000) * MOST_WEIGHT / LIGHT_BYTES


def test_the_estimate_for_an_ordinary_document_is_not_much_too_high() -> None:
    item = "<host><name>web</name><address>10.0.0.1</address><owner>team-a</owner></host>"
    content = f"<hosts>{item * 1000}</hosts>".encode()
    assert weight_of_body(io.BytesIO(content), "xml") < 4 * size_of(parse_body(content, "text/xml"))


def test_a_text_takes_no_more_memory_than_its_characters() -> None:
    content = "ü".encode() * 5000
    assert size_of("ü" * 5000) <= weight_of_body(io.BytesIO(content), "text") < 5 * len(content)
