"""Bodies that are too large for memory: reading them in parts gives the same items."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expressions.paths import Path, jq_path
from extraction.items import extract_items, read_items
from extraction.large_bodies import LargeItems, split_response
from extraction.large_bodies.bounded_reading import MemoryBudget
from rest.bodies import Json
from rest.errors import ItemsError
from rest.response import Reader, Response


@pytest.fixture(autouse=True)
def _treat_every_body_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rest.response.LIGHT_BYTES", -1)
    monkeypatch.setattr("rest.response.MOST_WEIGHT", -1)


@contextmanager
def unlimited_memory() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rest.response.MOST_WEIGHT", 2**40)
        yield


def expected_items(content: bytes, path: Path | None) -> Any:
    """Read the body in memory."""
    with unlimited_memory():
        return extract_items(Response(200, {}, content), path)


@dataclass(frozen=True)
class FakeDiskBody:
    """A body in memory that looks like one on disk."""

    content: bytes
    size: int

    def reader(self) -> Reader:
        return io.BytesIO(self.content)


def large(content: bytes | str, content_type: str = "application/json", size: int | None = None) -> Response:
    raw = content.encode() if isinstance(content, str) else content
    body = FakeDiskBody(raw, len(raw) if size is None else size)
    headers = {"content-type": content_type, "link": "<x>; rel=next"}
    return Response(200, headers, raw[:20], large=body)


def read_in_parts(response: Response, data_path: Path | None) -> tuple[list[Json], Json]:
    parts = split_response(response, data_path)
    return list(parts.items), parts.envelope.body


POSITIONS: dict[str, tuple[Any, str | None, Any]] = {
    "the body is the list": ([1, {"a": 2}], None, []),
    "a dot": ([1], ".", []),
    "a key": ({"a": [1, 2], "b": {"a": [3]}, "c": 1}, ".a", {"a": [], "b": {"a": [3]}, "c": 1}),
    "two keys": ({"d": {"x": [0], "i": [1]}, "n": None}, ".d.i", {"d": {"x": [0], "i": []}, "n": None}),
    "a key with a dot": ({"a": {"b": [1]}, "a.b": [2]}, '."a.b"', {"a": {"b": [1]}, "a.b": []}),
    "each element": ({"a": [1, 2]}, ".a[]", {"a": []}),
    "a path that may be missing": ({"a": [1]}, ".a?", {"a": []}),
    "an empty list": ({"a": []}, ".a", {"a": []}),
}


@pytest.mark.parametrize(("body", "data_path", "envelope"), POSITIONS.values(), ids=POSITIONS)
def test_items_are_separated_from_the_envelope(body: Json, data_path: str | None, envelope: Json) -> None:
    path = jq_path(data_path) if data_path else None
    response = large(json.dumps(body))
    items, rest = read_in_parts(response, path)
    assert items == expected_items(json.dumps(body).encode(), path).values
    assert rest == envelope


BY_JQ = {
    "an expression": ('{"a": [1], "n": 2}', ".a | map(. + 1)", {"a": [], "n": 2}),
    "several outputs": ('{"a": [1, 2, 3]}', ".a[] | select(. > 1)", {"a": []}),
    "no output": ('{"a": [1, 2, 3]}', ".a[] | select(. > 3)", {"a": []}),
    "one object": ('{"a": [1], "b": {"c": 1}}', ".b | .", {"a": [1], "b": {"c": 1}}),
    "null": ('{"a": [1]}', ".b | .", {"a": [1]}),
    "a number of 30 digits": (f'{{"a": [{"9" * 30}]}}', ".a | .", {"a": []}),
    "an index": ("[[1], [2]]", ".[1]", []),
    "lists in the elements of a list": ('{"a": [{"b": [1]}]}', ".a[].b", {"a": []}),
    "two lists": ('{"a": [1], "b": [2]}', "[.a[], .b[]]", {"a": [1], "b": [2]}),
    "a byte order mark": ('\ufeff{"a": [1]}', ".a | .", {"a": []}),
}


@pytest.mark.parametrize("is_on_disk", [False, True], ids=["small outputs", "large outputs"])
@pytest.mark.parametrize(("body", "data_path", "envelope"), BY_JQ.values(), ids=BY_JQ)
async def test_jq_expression_selects_the_same_items(
    body: str, data_path: str, envelope: Json, monkeypatch: pytest.MonkeyPatch, *, is_on_disk: bool
) -> None:
    if is_on_disk:
        monkeypatch.setattr("extraction.large_bodies.jq_items.MOST_WEIGHT", -1)
    path = jq_path(data_path)
    response, found = await read_items(large(body), path)
    expected = expected_items(body.encode(), path)
    # In a large output, a single null or object is an item like any other.
    assert list(found.values) == (expected.values or ([None] if is_on_disk and expected.is_null else []))
    assert found.count == (expected.count or len(found.values))
    assert response.body == envelope


NOT_SPLITTABLE = {
    "not a list": ('{"a": {"b": 1}}', ".a"),
    "a missing key": ('{"b": [1]}', ".a?"),
    "an empty object": ("{}", ".a?"),
    "a key that comes twice": ('{"a": [1], "a": [2]}', ".a"),
    "one object": ('{"a": [1]}', None),
    "a list before the key": ('[{"a": 1}]', ".a?"),
}


@pytest.mark.parametrize(("body", "data_path"), NOT_SPLITTABLE.values(), ids=NOT_SPLITTABLE)
async def test_large_body_without_a_list_at_data_path_is_an_error(body: str, data_path: str | None) -> None:
    path = jq_path(data_path) if data_path else None
    with pytest.raises(ItemsError, match=r"take 0 MiB of memory, and data_path .* is not a plain path"):
        await read_items(large(body), path)


async def test_jq_error_on_a_large_body_has_the_reason() -> None:
    with pytest.raises(ItemsError, match=r"data_path \.a \+ 1 fails on the response: .*cannot be added"):
        await read_items(large('{"a": [1]}'), jq_path(".a + 1"))


async def test_invalid_json_is_not_passed_to_jq() -> None:
    with pytest.raises(ItemsError, match="is not JSON"):
        await read_items(large('{"a": [NaN]}'), jq_path(".a | ."))


async def test_body_that_is_too_large_for_jq_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large_bodies.jq_items._MAX_JQ_BYTES", 10)
    with pytest.raises(ItemsError, match="is not a plain path to a list"):
        await read_items(large('{"a": [1]}'), jq_path(".a | ."))


async def test_small_body_is_read_into_memory() -> None:
    with unlimited_memory():
        response, found = await read_items(large("[1]"), None)
        assert (response.body, found.values) == ([1], [1])


async def test_large_response_is_returned_without_its_items() -> None:
    response, found = await read_items(large('{"a": [1, 2], "next": "x"}'), jq_path(".a"))
    assert response.body == {"a": [], "next": "x"}
    assert (list(found.values), found.count) == ([1, 2], 2)


def test_envelope_keeps_the_headers() -> None:
    parts = split_response(large("[1]"), None)
    assert parts.envelope.headers["link"] == "<x>; rel=next"


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/jsonl; charset=utf-8"])
def test_each_line_of_json_lines_is_an_item(content_type: str) -> None:
    assert read_in_parts(large('{"a": 1}\n\n{"a": 2}\n', content_type), None) == ([{"a": 1}, {"a": 2}], [])


@pytest.mark.parametrize(
    ("content", "content_type", "items"),
    [
        (b"a,b\n1,2\n", "text/csv", [{"a": "1", "b": "2"}]),
        ('["é"]'.encode("latin-1"), "application/json; charset=latin-1", ["é"]),
    ],
    ids=["csv", "another charset"],
)
async def test_csv_and_other_charsets_are_read_in_parts(
    content: bytes, content_type: str, items: list[Json]
) -> None:
    response, found = await read_items(large(content, content_type), None)
    assert list(found.values) == items
    assert (response.body, response.content_type) == ([], content_type.partition(";")[0])


@pytest.mark.parametrize(
    "content",
    ['{"a": [1, 2', '{"a": [1 2]}', '{"a": [1]} x', '{"a": [NaN]}', '{"a": [1e999]}', '{"a": ["\x01"]}',
     '{"a": [1], 2: 3}', '{"a": [1], {}: 3}', '{"a" [1]}',
     '{"a": [1], "b"', '{"a": [' + "[" * 100_000, b'{"a": ["\xff"]}'],
)  # fmt: skip
def test_invalid_json_is_an_error_with_an_excerpt(content: str | bytes) -> None:
    with pytest.raises(ItemsError, match="is not JSON") as caught:
        split_response(large(content), jq_path(".a"))
    assert '{"a"' in str(caught.value)


@pytest.mark.parametrize("data_path", [".a", ".a | ."])
async def test_item_that_is_too_large_for_memory_is_an_error(
    data_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extraction.large_bodies.json_stream._MAX_VALUE_WEIGHT", 1000)
    monkeypatch.setattr("extraction.large_bodies.json_stream._CHUNK_BYTES", 8)
    with pytest.raises(ItemsError, match="an item, or the data around the items, takes too much"):
        await read_items(large('{"a": ["' + "x" * 1000 + '"]}'), jq_path(data_path))


def large_items(values: list[Json]) -> LargeItems:
    return split_response(large(json.dumps(values)), None).items


def fingerprint(values: list[Json]) -> bytes:
    return large_items(values).census.fingerprint


def limit_memory(monkeypatch: pytest.MonkeyPatch, **budget: int) -> None:
    """Give the envelope of each response this memory budget."""
    monkeypatch.setattr("extraction.large_bodies.envelope.MemoryBudget", lambda: MemoryBudget(**budget))


def test_large_items_are_a_sequence() -> None:
    items = large_items([1, 2, 3])
    assert len(items) == 3
    assert items[0] == 1
    assert items[-1] == 3
    assert list(items[:2]) == [1, 2]
    assert len(items[:2]) == 2
    assert items[1:] == [2, 3]
    assert list(items) == list(items) == [1, 2, 3]


def test_slice_from_the_start_reads_nothing() -> None:
    assert isinstance(large_items([1, 2, 3])[:2], LargeItems)


def test_index_past_the_end_is_an_error() -> None:
    with pytest.raises(IndexError):
        large_items([1])[1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(
    items=st.lists(JSON), others=st.dictionaries(st.text(), JSON), chunk=st.integers(1, 40), data=st.data()
)
def test_chunks_of_any_size_give_the_same_body(
    items: list[Json], others: dict[str, Json], chunk: int, data: st.DataObject
) -> None:
    """Tiny chunks cut every kind of token at every position."""
    body: dict[str, Json] = {**others, "items": items}
    text = json.dumps(
        body, indent=data.draw(st.sampled_from([None, 1])), ensure_ascii=data.draw(st.booleans())
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("extraction.large_bodies.json_stream._CHUNK_BYTES", chunk)
        found, rest = read_in_parts(large(text.encode("utf-8", "surrogatepass")), jq_path(".items"))
    assert found == items
    assert rest == {**others, "items": []}


async def test_too_many_items_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large_bodies.census._MAX_ITEMS", 3)
    assert large_items([1, 2, 3])[2] == 3
    with pytest.raises(ItemsError, match="the body has more than 3 items"):
        large_items([1, 2, 3, 4])


def test_census_counts_nulls_and_errors_and_errors_can_be_excluded() -> None:
    error: Json = {"error": "no rights", "message": "no rights"}
    items = large_items([{"id": 1}, None, error, {"id": 2}, {"error": "more"}])
    assert (items.census.nulls, items.census.error_positions) == (1, frozenset({2, 4}))
    assert "no rights" in items.census.first_error
    valid = items.without_errors()
    assert list(valid) == [{"id": 1}, None, {"id": 2}]
    assert (len(valid), valid[2], valid[:2]) == (3, {"id": 2}, [{"id": 1}, None])


def test_chunks_of_heavy_items_are_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large_bodies.json_stream._CHUNK_BYTES", 64)
    items = large_items([{"a": "x" * 100} for _ in range(20)])
    chunks = list(items.chunks(8, 10_000_000))
    assert [len(chunk) for chunk, _ in chunks] == [8, 8, 4]
    assert all(weight > 0 for _, weight in chunks)
    assert {len(chunk) for chunk, _ in items.chunks(8, 1)} == {1}
    assert [item for chunk, _ in items.chunks(8, 1000) for item in chunk] == list(items)


def test_lists_in_the_envelope_are_cut_off_at_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    limit_memory(monkeypatch, list_bytes_left=3000)
    body = {"meta": {"next": "x"}, "included": list(range(1000)), "items": [1], "tags": [1]}
    items, rest = read_in_parts(large(json.dumps(body)), jq_path(".items"))
    assert items == [1]
    assert isinstance(rest, dict)
    assert rest["meta"] == {"next": "x"}
    included = rest["included"]
    assert isinstance(included, list)
    assert 0 < len(included) < 1000
    assert included == list(range(len(included)))


def test_values_before_the_items_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large_bodies.json_stream._CHUNK_BYTES", 8)
    deep: Any = {"z": 1}
    for _ in range(12):
        deep = {"a": deep, "b": [1, [2]]}
    body = {"deep": deep, "list": [1, {"a": 2}], "text": "x", "items": [1, 2]}
    assert read_in_parts(large(json.dumps(body)), jq_path(".items")) == ([1, 2], {**body, "items": []})


async def test_too_many_list_elements_in_the_envelope_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit_memory(monkeypatch, elements_left=3)
    with pytest.raises(ItemsError, match="an item, or the data around the items"):
        await read_items(large('{"in": [1, 2, 3, 4], "items": [1]}'), jq_path(".items"))


def test_fingerprint_depends_on_the_id_fields_of_the_items() -> None:
    assert fingerprint([{"id": 1, "url": "a"}]) == fingerprint([{"id": 1, "url": "b"}])
    assert fingerprint([{"id": 1, "url": "a"}]) != fingerprint([{"id": 2, "url": "a"}])


def test_whitespace_before_a_comma_is_skipped() -> None:
    assert list(large_items_of_text("[1 , 2\n,3 ]")) == [1, 2, 3]


def test_dense_text_is_read_in_smaller_windows() -> None:
    assert sum(1 for _ in large_items_of_text("[" + "[]," * 60_000 + "0]")) == 60_001


def test_fingerprint_depends_on_the_first_items_and_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large_bodies.census.MAX_FINGERPRINTED_ITEMS", 2)
    assert fingerprint([1, 2, 3]) == fingerprint([1, 2, 4])
    assert fingerprint([1, 2, 3]) != fingerprint([1, 2])


async def test_too_many_keys_in_the_envelope_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    limit_memory(monkeypatch, bytes_left=1000)
    body = {"items": [1], **{f"key {number}": None for number in range(100)}}
    with pytest.raises(ItemsError, match="an item, or the data around the items"):
        await read_items(large(json.dumps(body)), jq_path(".items"))


def test_body_of_a_large_response_cannot_be_read_into_memory() -> None:
    with pytest.raises(ItemsError, match="the body would take 0 MiB of memory"):
        _ = large("[1]").body


def large_items_of_text(text: str) -> LargeItems:
    return split_response(large(text), None).items
