"""Bodies too large for memory: read in parts, they give what they would give as a whole."""

import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction import large as large_module
from extraction.items import extracted, received
from extraction.large import LargeItems, split
from rest.bodies import Json
from rest.errors import ItemsError
from rest.paths import Path, jq_path
from rest.request import Reader, Response


@dataclass(frozen=True)
class KeptBody:
    """A body in memory that is read as if it were on disk."""

    content: bytes
    size: int

    def reader(self) -> Reader:
        return io.BytesIO(self.content)


def large(content: bytes | str, content_type: str = "application/json", size: int | None = None) -> Response:
    raw = content.encode() if isinstance(content, str) else content
    body = KeptBody(raw, len(raw) if size is None else size)
    headers = {"content-type": content_type, "link": "<x>; rel=next"}
    return Response(200, headers, raw[:20], large=body)


def in_parts(response: Response, data_path: Path | None) -> tuple[list[Json], Json]:
    parts = split(response, data_path)
    assert parts is not None
    return list(parts.items), parts.envelope.body


PLACES: dict[str, tuple[Any, str | None, Any]] = {
    "the body is the list": ([1, {"a": 2}], None, []),
    "a dot": ([1], ".", []),
    "a key": ({"a": [1, 2], "b": {"a": [3]}, "c": 1}, ".a", {"a": [], "b": {"a": [3]}, "c": 1}),
    "two keys": ({"d": {"x": [0], "i": [1]}, "n": None}, ".d.i", {"d": {"x": [0], "i": []}, "n": None}),
    "a key with a dot": ({"a": {"b": [1]}, "a.b": [2]}, '."a.b"', {"a": {"b": [1]}, "a.b": []}),
    "each element": ({"a": [1, 2]}, ".a[]", {"a": []}),
    "a path that may be missing": ({"a": [1]}, ".a?", {"a": []}),
    "an empty list": ({"a": []}, ".a", {"a": []}),
}


@pytest.mark.parametrize(("body", "data_path", "envelope"), PLACES.values(), ids=PLACES)
def test_items_and_the_rest_are_told_apart(body: Json, data_path: str | None, envelope: Json) -> None:
    path = jq_path(data_path) if data_path else None
    response = large(json.dumps(body))
    items, rest = in_parts(response, path)
    assert items == extracted(response, path).values
    assert rest == envelope


WHOLE = {
    "an expression": ('{"a": [1]}', ".a | map(. + 1)"),
    "an index": ("[[1], [2]]", ".[1]"),
    "no list there": ('{"a": {"b": 1}}', ".a"),
    "a missing key": ('{"b": [1]}', ".a?"),
    "an empty object": ("{}", ".a?"),
    "a key that comes twice": ('{"a": [1], "a": [2]}', ".a"),
    "one object": ('{"a": [1]}', None),
    "a list on the way": ('[{"a": 1}]', ".a?"),
    "an object on the way to a list of another": ('{"a": [{"b": [1]}]}', ".a[].b"),
}


@pytest.mark.parametrize(("body", "data_path"), WHOLE.values(), ids=WHOLE)
async def test_what_cannot_be_read_in_parts_is_read_as_a_whole(body: str, data_path: str | None) -> None:
    path = jq_path(data_path) if data_path else None
    assert split(large(body), path) is None
    response, found = await received(large(body), path)
    assert found == extracted(Response(200, {}, body.encode()), path)
    assert response.body == json.loads(body)


def test_a_body_in_memory_is_not_split() -> None:
    assert split(Response(200, {}, b"[1]"), None) is None


async def test_a_received_large_answer_is_without_its_items() -> None:
    response, found = await received(large('{"a": [1, 2], "next": "x"}'), jq_path(".a"))
    assert response.body == {"a": [], "next": "x"}
    assert (list(found.values), found.count) == ([1, 2], 2)


def test_headers_stay_with_the_envelope() -> None:
    parts = split(large("[1]"), None)
    assert parts is not None
    assert parts.envelope.headers["link"] == "<x>; rel=next"


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/jsonl; charset=utf-8"])
def test_lines_of_json_are_items(content_type: str) -> None:
    assert in_parts(large('{"a": 1}\n\n{"a": 2}\n', content_type), None) == ([{"a": 1}, {"a": 2}], [])


@pytest.mark.parametrize(
    ("content", "content_type", "items"),
    [
        (b"a,b\n1,2\n", "text/csv", [{"a": "1", "b": "2"}]),
        ('["é"]'.encode("latin-1"), "application/json; charset=latin-1", ["é"]),
    ],
    ids=["csv", "another charset"],
)
async def test_other_bodies_are_read_as_a_whole(content: bytes, content_type: str, items: list[Json]) -> None:
    _, found = await received(large(content, content_type), None)
    assert found.values == items


@pytest.mark.parametrize(
    "content",
    ['{"a": [1, 2', '{"a": [1 2]}', '{"a": [1]} x', '{"a": [NaN]}', '{"a": [1e999]}', '{"a": ["\x01"]}',
     '{"a": [1], 2: 3}', '{"a": [1], {}: 3}', '{"a" [1]}',
     '{"a": [1], "b"', '{"a": [' + "[" * 100_000, b'{"a": ["\xff"]}'],
)  # fmt: skip
def test_what_is_no_json_is_an_error_that_shows_it(content: str | bytes) -> None:
    with pytest.raises(ItemsError, match="is no JSON") as caught:
        split(large(content), jq_path(".a"))
    assert '{"a"' in str(caught.value)


def test_what_is_too_large_to_be_read_as_a_whole_is_an_error_that_says_so() -> None:
    with pytest.raises(ItemsError, match=r"300 MiB, and data_path \.b is no way of keys"):
        split(large('{"a": [1]}', size=300 * 2**20), jq_path(".b"))


def test_a_value_too_long_to_be_an_item_is_left_to_who_reads_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("extraction.json_text._LONGEST_VALUE", 10)
    monkeypatch.setattr("extraction.json_text._CHUNK_BYTES", 8)
    assert split(large('["' + "x" * 100 + '"]'), None) is None


def items_of(values: list[Json]) -> LargeItems:
    parts = split(large(json.dumps(values)), None)
    assert parts is not None
    return parts.items


def test_large_items_are_a_sequence() -> None:
    items = items_of([1, 2, 3])
    assert len(items) == 3
    assert items[0] == 1
    assert items[-1] == 3
    assert list(items[:2]) == [1, 2]
    assert len(items[:2]) == 2
    assert items[1:] == [2, 3]
    assert list(items) == list(items) == [1, 2, 3]


def test_the_first_of_large_items_are_not_read_to_be_taken() -> None:
    assert isinstance(items_of([1, 2, 3])[:2], large_module.LargeItems)


def test_an_item_past_the_end_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        items_of([1])[1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(
    items=st.lists(JSON), others=st.dictionaries(st.text(), JSON), chunk=st.integers(1, 40), data=st.data()
)
def test_read_in_parts_of_any_size_a_body_is_what_it_is_as_a_whole(
    items: list[Json], others: dict[str, Json], chunk: int, data: st.DataObject
) -> None:
    """The chunks are tiny, so that each kind of token is cut at each place."""
    body: dict[str, Json] = {**others, "items": items}
    text = json.dumps(
        body, indent=data.draw(st.sampled_from([None, 1])), ensure_ascii=data.draw(st.booleans())
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("extraction.json_text._CHUNK_BYTES", chunk)
        found, rest = in_parts(large(text.encode("utf-8", "surrogatepass")), jq_path(".items"))
    assert found == items
    assert rest == {**others, "items": []}
