"""Property tests: for any JSON response, the proposals are true of the items."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.inference import SampledSource, find_lists, find_pagination, find_relations, propose
from builder.inference.fields import find_fields
from builder.inference.source_proposal import items_at
from builder.inference.value_columns import iter_columns
from expressions.paths import jq_path
from expressions.program import JqProgram
from extraction.items import as_items, extract_items
from rest.bodies import Json
from rest.request import Request
from rest.response import Response

quickly = settings(max_examples=settings().max_examples // 4, deadline=None)
TYPES = {"string": str, "number": (int, float), "boolean": bool, "array": list, "object": dict}
PROPERTY_NAME = re.compile(r"[A-Za-z0-9@_=\\-]{1,100}")
LEGAL_IDENTIFIER = re.compile(r"(?!\.{1,2}\Z)(?:[^\W\d_]|[0-9@_.+:\\/=-]){1,1000}")

keys = st.one_of(
    st.sampled_from(
        ["id", "name", "data", "items", "users", "edges", "node", "created_at", "owner_id", "key"]
    ),
    st.sampled_from(["a-b", "@type", "order by", 'q"q', "b\\s", "$x", "\\(1)", "a.b", "", "é", "名", "\0"]),
    st.text(max_size=4),
)
texts = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["2024-01-01", "2024-01-01T10:00:00", "2024-02-30", "ann@example.com", "https://example.com/x", ""]
    ),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2 * 10**9), st.floats(-1e6, 1e6).map(lambda x: x + 0.0), texts
)
bodies = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=25,
)
records = st.lists(
    st.dictionaries(keys, scalars | st.lists(scalars, max_size=2) | bodies, max_size=5), max_size=6
)
paths = st.sampled_from(["", "/", "/api/users", "/v1/{id}", "/p/{p_id}/items", "/x?y=z", "é/ü"])


@quickly
@given(body=bodies | records, path=paths)
def test_integration_reads_the_items_of_every_list_as_shown(body: Json, path: str) -> None:
    response = Response(200, {}, json.dumps(body).encode())
    for found in find_lists(body, path):
        read = extract_items(response, jq_path(found.data_path))
        items = list(as_items(read.values))
        if jq_path(found.data_path).steps is not None:
            assert len(read.values) == found.count, found.data_path
        # If jq returns a single list, the integration reads it as the list of items.
        if not (len(found.items) == 1 and found.holds == "lists"):
            assert in_any_order(items) == in_any_order(found.items), found.data_path


@quickly
@given(items=records)
def test_every_field_returns_a_value_of_its_type_for_each_item(items: list[dict[str, Json]]) -> None:
    fields = find_fields(iter_columns(items))
    names = [field.proposed.name for field in fields]
    assert len({name.lower() for name in names}) == len(names)
    for field in fields:
        assert PROPERTY_NAME.fullmatch(field.proposed.name)
        assert 0 < len(field.proposed.title) <= 100
        for made in (field.proposed, *field.alternatives):
            program = JqProgram(made.expression)
            for item in items:
                [value] = program.outputs(item)
                assert value is None or isinstance(value, TYPES[made.type])  # type: ignore[arg-type]
                assert made.type == "boolean" or not isinstance(value, bool)


@quickly
@given(items=records)
def test_field_is_null_only_if_the_item_has_no_value_or_an_empty_one(items: list[dict[str, Any]]) -> None:
    for field in find_fields(iter_columns(items)):
        program = JqProgram(field.proposed.expression)
        outputs = [program.outputs(item)[0] for item in items]
        nothing = sum(1 for value in outputs if value is None)
        empty = sum(1 for item in items if at(item, field.keys) in (None, "", 0, []))
        assert field.nulls <= nothing <= empty


@quickly
@given(body=bodies | records, path=paths)
def test_every_identifier_is_unique_and_legal(body: Json, path: str) -> None:
    found = propose(path, body)
    distinct = {json.dumps(item, sort_keys=True): item for item in found.items}.values()
    for identifier in found.identifiers:
        program = JqProgram(identifier.expression)
        values = [program.outputs(item)[0] for item in distinct]
        identifiers = [value if isinstance(value, str) else json.dumps(value) for value in values]
        assert None not in values
        assert len(set(identifiers)) == len(identifiers)
        assert all(LEGAL_IDENTIFIER.fullmatch(each) for each in identifiers), identifiers
        assert program.outputs({}) == [None]


@quickly
@given(body=bodies | records, path=paths)
def test_proposal_has_the_names_and_texts_that_a_source_needs(body: Json, path: str) -> None:
    found = propose(path, body)
    source = found.source
    assert source.selector["data_path"]
    assert list(items_at(body, str(source.selector["data_path"]))) or not found.items
    assert 0 < len(source.blueprint.identifier) <= 100
    assert 0 < len(source.blueprint.title) <= 100
    for title in found.titles:
        program = JqProgram(title.expression)
        assert all(isinstance(program.outputs(item)[0], str | None) for item in found.items)


@quickly
@given(first=records, second=records)
def test_every_relation_returns_one_value_or_a_list_for_each_item(
    first: list[dict[str, Json]], second: list[dict[str, Json]]
) -> None:
    proposals = [propose("/api/users", [*first]), propose("/api/users/{id}/teams", [*second])]
    samples = [SampledSource(each.source, each.items) for each in proposals]
    for found in find_relations(samples):
        items = next(sample.items for sample in samples if sample.source is found.source)
        program = JqProgram(found.relation.expression)
        assert PROPERTY_NAME.fullmatch(found.relation.name)
        assert 0 <= found.hits <= found.total
        for item in items:
            [value] = program.outputs(item)
            assert isinstance(value, list) == found.relation.many or value is None


@quickly
@given(
    body=bodies | records, url=st.sampled_from(["https://a.example/x", "https://a.example/x?page=1&limit=2"])
)
def test_pagination_of_any_body_is_described_or_has_hints(body: Json, url: str) -> None:
    response = Response(200, {}, json.dumps(body).encode())
    found = find_pagination(Request("GET", url), response)
    assert found.is_recognised == bool(found.next_rule and found.stop_rule)
    assert found.is_recognised or found.hints


def in_any_order(items: list[dict[str, Json]]) -> list[str]:
    """Return the objects as sorted text."""
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def at(item: Any, keys_: tuple[str, ...]) -> Any:
    """Return the value at a path, None if it is missing."""
    for key in keys_:
        item = item.get(key) if isinstance(item, dict) else None
    return item
