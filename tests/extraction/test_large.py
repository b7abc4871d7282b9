"""Bodies too large for memory: read in parts, they give what they would give as a whole."""

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
from extraction.body_parts import Room
from extraction.items import extracted, received
from extraction.large import LargeItems, split
from rest.bodies import Json
from rest.errors import ItemsError
from rest.response import Reader, Response


@pytest.fixture(autouse=True)
def _nothing_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rest.response.LIGHT_BYTES", -1)
    monkeypatch.setattr("rest.response.MOST_WEIGHT", -1)


@contextmanager
def as_a_whole() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rest.response.MOST_WEIGHT", 2**40)
        yield


def whole(content: bytes, path: Path | None) -> Any:
    """What a body gives that is read as a whole."""
    with as_a_whole():
        return extracted(Response(200, {}, content), path)


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
    assert items == whole(json.dumps(body).encode(), path).values
    assert rest == envelope


BY_JQ = {
    "an expression": ('{"a": [1], "n": 2}', ".a | map(. + 1)", {"a": [], "n": 2}),
    "several outputs": ('{"a": [1, 2, 3]}', ".a[] | select(. > 1)", {"a": []}),
    "no output": ('{"a": [1, 2, 3]}', ".a[] | select(. > 3)", {"a": []}),
    "one object": ('{"a": [1], "b": {"c": 1}}', ".b | .", {"a": [1], "b": {"c": 1}}),
    "null": ('{"a": [1]}', ".b | .", {"a": [1]}),
    "a number of 30 digits": (f'{{"a": [{"9" * 30}]}}', ".a | .", {"a": []}),
    "an index": ("[[1], [2]]", ".[1]", []),
    "an object on the way to a list of another": ('{"a": [{"b": [1]}]}', ".a[].b", {"a": []}),
    "two lists": ('{"a": [1], "b": [2]}', "[.a[], .b[]]", {"a": [1], "b": [2]}),
    "a byte order mark": ('\ufeff{"a": [1]}', ".a | .", {"a": []}),
}


@pytest.mark.parametrize("is_on_disk", [False, True], ids=["small outputs", "large outputs"])
@pytest.mark.parametrize(("body", "data_path", "envelope"), BY_JQ.values(), ids=BY_JQ)
async def test_what_only_jq_can_say_is_said_by_it_alone(
    body: str, data_path: str, envelope: Json, monkeypatch: pytest.MonkeyPatch, *, is_on_disk: bool
) -> None:
    if is_on_disk:
        monkeypatch.setattr("extraction.by_jq.MOST_WEIGHT", -1)
    path = jq_path(data_path)
    response, found = await received(large(body), path)
    expected = whole(body.encode(), path)
    # Where null, or one object, is all that a large output is, it is an item like any other.
    assert list(found.values) == (expected.values or ([None] if is_on_disk and expected.is_null else []))
    assert found.count == (expected.count or len(found.values))
    assert response.body == envelope


REFUSED = {
    "no list there": ('{"a": {"b": 1}}', ".a"),
    "a missing key": ('{"b": [1]}', ".a?"),
    "an empty object": ("{}", ".a?"),
    "a key that comes twice": ('{"a": [1], "a": [2]}', ".a"),
    "one object": ('{"a": [1]}', None),
    "a list on the way": ('[{"a": 1}]', ".a?"),
}


@pytest.mark.parametrize(("body", "data_path"), REFUSED.values(), ids=REFUSED)
async def test_what_can_only_be_read_as_a_whole_is_an_error_that_says_so(
    body: str, data_path: str | None
) -> None:
    path = jq_path(data_path) if data_path else None
    with pytest.raises(ItemsError, match=r"take 0 MiB of memory, and data_path .* is no way of keys"):
        await received(large(body), path)


async def test_jq_that_fails_on_a_large_body_says_why() -> None:
    with pytest.raises(ItemsError, match=r"data_path \.a \+ 1 fails on the response: .*cannot be added"):
        await received(large('{"a": [1]}'), jq_path(".a + 1"))


async def test_what_is_no_json_is_not_given_to_jq() -> None:
    with pytest.raises(ItemsError, match="is no JSON"):
        await received(large('{"a": [NaN]}'), jq_path(".a | ."))


async def test_jq_reads_no_more_than_has_room_in_its_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.by_jq._MOST_FOR_JQ", 10)
    with pytest.raises(ItemsError, match="is no way of keys to a list"):
        await received(large('{"a": [1]}'), jq_path(".a | ."))


async def test_a_small_body_is_read_as_a_whole() -> None:
    with as_a_whole():
        response, found = await received(large("[1]"), None)
        assert (response.body, found.values) == ([1], [1])


async def test_a_received_large_answer_is_without_its_items() -> None:
    response, found = await received(large('{"a": [1, 2], "next": "x"}'), jq_path(".a"))
    assert response.body == {"a": [], "next": "x"}
    assert (list(found.values), found.count) == ([1, 2], 2)


def test_headers_stay_with_the_envelope() -> None:
    parts = split(large("[1]"), None)
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
async def test_other_bodies_are_read_in_parts(content: bytes, content_type: str, items: list[Json]) -> None:
    response, found = await received(large(content, content_type), None)
    assert list(found.values) == items
    assert (response.body, response.content_type) == ([], content_type.partition(";")[0])


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


@pytest.mark.parametrize("data_path", [".a", ".a | ."])
async def test_an_item_that_fills_the_memory_is_an_error_that_says_so(
    data_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extraction.json_text._MOST_WEIGHT", 1000)
    monkeypatch.setattr("extraction.json_text._CHUNK_BYTES", 8)
    with pytest.raises(ItemsError, match="one of the items, or what stands beside them, takes too much"):
        await received(large('{"a": ["' + "x" * 1000 + '"]}'), jq_path(data_path))


def items_of(values: list[Json]) -> LargeItems:
    return split(large(json.dumps(values)), None).items


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
    assert isinstance(items_of([1, 2, 3])[:2], LargeItems)


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


async def test_more_items_than_a_listing_has_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large._MOST_ITEMS", 3)
    assert items_of([1, 2, 3])[2] == 3
    with pytest.raises(ItemsError, match="the body has more than 3 items"):
        items_of([1, 2, 3, 4])


def test_nulls_and_errors_among_large_items_are_counted_and_left_out() -> None:
    error: Json = {"error": "no rights", "message": "no rights"}
    items = items_of([{"id": 1}, None, error, {"id": 2}, {"error": "more"}])
    assert (items.census.nulls, items.census.wrong) == (1, frozenset({2, 4}))
    assert "no rights" in items.census.error
    right = items.without_errors()
    assert list(right) == [{"id": 1}, None, {"id": 2}]
    assert (len(right), right[2], right[:2]) == (3, {"id": 2}, [{"id": 1}, None])


def test_items_that_fill_the_memory_come_in_smaller_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.json_text._CHUNK_BYTES", 64)
    items = items_of([{"a": "x" * 100} for _ in range(20)])
    parts = list(items.parts(8, 10_000_000))
    assert [len(part) for part, _ in parts] == [8, 8, 4]
    assert all(weight > 0 for _, weight in parts)
    assert {len(part) for part, _ in items.parts(8, 1)} == {1}
    assert [item for part, _ in items.parts(8, 1000) for item in part] == list(items)


def test_lists_beside_the_items_are_kept_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large.Room", lambda: Room(for_lists=3000))
    body = {"meta": {"next": "x"}, "included": list(range(1000)), "items": [1], "tags": [1]}
    items, rest = in_parts(large(json.dumps(body)), jq_path(".items"))
    assert items == [1]
    assert isinstance(rest, dict)
    assert rest["meta"] == {"next": "x"}
    included = rest["included"]
    assert isinstance(included, list)
    assert 0 < len(included) < 1000
    assert included == list(range(len(included)))


def test_what_stands_before_the_items_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.json_text._CHUNK_BYTES", 8)
    deep: Any = {"z": 1}
    for _ in range(12):
        deep = {"a": deep, "b": [1, [2]]}
    body = {"deep": deep, "list": [1, {"a": 2}], "text": "x", "items": [1, 2]}
    assert in_parts(large(json.dumps(body)), jq_path(".items")) == ([1, 2], {**body, "items": []})


async def test_more_elements_than_any_answer_has_beside_its_items_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("extraction.large.Room", lambda: Room(elements=3))
    with pytest.raises(ItemsError, match="one of the items, or what stands beside them"):
        await received(large('{"in": [1, 2, 3, 4], "items": [1]}'), jq_path(".items"))


def test_the_items_of_a_large_page_are_told_apart_by_what_tells_each() -> None:
    some, others = items_of([{"id": 1, "url": "a"}]), items_of([{"id": 1, "url": "b"}])
    assert some.census.mark == others.census.mark != items_of([{"id": 2, "url": "a"}]).census.mark


def test_blanks_before_a_comma_are_passed() -> None:
    assert list(items_of_text("[1 , 2\n,3 ]")) == [1, 2, 3]


def test_dense_text_is_read_in_smaller_windows() -> None:
    assert sum(1 for _ in items_of_text("[" + "[]," * 60_000 + "0]")) == 60_001


def test_a_mark_is_of_the_first_items_and_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large.TELLING_ITEMS", 2)
    assert items_of([1, 2, 3]).census.mark == items_of([1, 2, 4]).census.mark
    assert items_of([1, 2, 3]).census.mark != items_of([1, 2]).census.mark


async def test_keys_without_end_beside_the_items_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.large.Room", lambda: Room(left=1000))
    body = {"items": [1], **{f"key {number}": None for number in range(100)}}
    with pytest.raises(ItemsError, match="one of the items, or what stands beside them"):
        await received(large(json.dumps(body)), jq_path(".items"))


def test_nobody_reads_as_a_whole_what_would_fill_the_memory() -> None:
    with pytest.raises(ItemsError, match="the body would take 0 MiB of memory"):
        _ = large("[1]").body


def items_of_text(text: str) -> LargeItems:
    return split(large(text), None).items
