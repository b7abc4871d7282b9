"""Table queries against the real database."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sandbox.port_api.json_codec import Json
from sandbox.port_api.port import Port
from sandbox.web.fields import fields_of
from sandbox.web.queries import Page, Queries
from sandbox.web.table_query import PAGE_SIZE, parse_table_query

_SERVICES: dict[str, dict[str, Any]] = {
    "a/1": {"title": "Alpha 100%", "properties": {"load": 9, "live": True, "tier": "gold"}},
    "b_2": {
        "title": "beta",
        "properties": {"load": 10, "live": False, "tier": "silver", "page": "https://x.example/_a"},
    },
    "c": {
        "title": "Gamma",
        "properties": {"load": 10.5, "readme": 'say "title"', "extra": {"deep": ["Needle"]}},
    },
    "d": {"properties": {"load": None, "live": None}, "relations": {"needs": ["a/1", "c"]}},
    "e": {"title": "back\\slash", "properties": {}, "relations": {"needs": ["a/10"]}},
}


@pytest.fixture
def look(port: Port, make: Callable[..., Any], fill: Callable[..., None]) -> Callable[[str], Page]:
    """Returns the page of five services for a query string."""
    fill(port, *(make(port, "service", name, **content) for name, content in _SERVICES.items()))
    queries = Queries(port.store)
    fields = fields_of(port.blueprints.get("service"))
    return lambda address: queries.page("service", parse_table_query(fields, parse_qsl(address)))


def _names(page: Page) -> str:
    return " ".join(entity.identifier for entity in page.entities)


@pytest.mark.parametrize(
    ("address", "shown"),
    {
        "nothing": ("", "a/1 b_2 c d e"),
        "text in an identifier": ("q=A/1", "a/1 d e"),
        "text in a title, whatever its case": ("q=BETA", "b_2"),
        "text in a property": ("q=silver", "b_2"),
        "text inside an object": ("q=needle", "c"),
        "text in a relation": ("q=a/10", "e"),
        "a percent sign is no wildcard": ("q=100%25", "a/1"),
        "an underscore is no wildcard": ("q=_", "b_2"),
        "a quotation mark": ('q="title"', "c"),
        "a backslash": ("q=k%5Cs", "e"),
        "the name of a property is no text": ("q=readme", ""),
        "the name of a part is no text": ("q=title", "c"),
        "part of a field": ("has.title=a", "a/1 b_2 c e"),
        "part of a number": ("has.properties.load=10", "b_2 c"),
        "a choice": ("is.properties.tier=gold", "a/1"),
        "true": ("is.properties.live=true", "a/1"),
        "false is not nothing": ("is.properties.live=false", "b_2"),
        "exactly this relation": ("is.relations.needs=a/1", "d"),
        "part of a relation": ("has.relations.needs=a/1", "d e"),
        "several filters": ("has.title=a&is.properties.live=false&q=be", "b_2"),
        "what is not there is passed over": (
            "has.nowhere=x&sort=nowhere&column=nowhere&page=x",
            "a/1 b_2 c d e",
        ),
        "year of the creation": ("has.createdAt=20", "a/1 b_2 c d e"),
        "year that is none": ("has.createdAt=T99", ""),
        "numbers by size": ("sort=properties.load", "a/1 b_2 c d e"),
        "numbers downwards, nothing last": ("sort=-properties.load", "c b_2 a/1 e d"),
        "texts without case": ("sort=title", "a/1 e b_2 c d"),
        "identifiers downwards": ("sort=-identifier", "e d c b_2 a/1"),
        "a relation": ("sort=-relations.needs", "e d c b_2 a/1"),
        "a page after the last": ("page=99", "a/1 b_2 c d e"),
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_query_string_selects_entities(
    address: str, shown: tuple[str, str], look: Callable[[str], Page]
) -> None:
    query, names = shown
    assert _names(look(query)) == names, address


def test_new_entities_appear_immediately(
    port: Port, look: Callable[[str], Page], make: Callable[..., Any], fill: Callable[..., None]
) -> None:
    assert look("q=late").total == 0
    fill(port, make(port, "service", "late"))
    assert (look("q=late").total, look("").total) == (1, 6)


def test_cached_ids_are_dropped_after_sixteen_queries(
    port: Port, make: Callable[..., Any], fill: Callable[..., None]
) -> None:
    fill(port, *(make(port, "event", f"e-{n}") for n in range(20)))
    queries, fields = Queries(port.store), fields_of(port.blueprints.get("event"))
    for n in range(20):
        page = queries.page("event", parse_table_query(fields, [("is.identifier", f"e-{n}")]))
        assert [entity.identifier for entity in page.entities] == [f"e-{n}"]


@pytest.mark.parametrize("address", ["", "q=e-", "sort=-properties.count"], ids=["all", "filtered", "sorted"])
def test_pages_contain_every_entity_once(
    address: str, port: Port, make: Callable[..., Any], fill: Callable[..., None]
) -> None:
    names = [f"e-{number:04}" for number in range(22 * PAGE_SIZE + 7)]
    fill(port, *(make(port, "event", name, properties={"count": len(name)}) for name in names))
    queries, fields = Queries(port.store), fields_of(port.blueprints.get("event"))
    pages = [
        queries.page("event", parse_table_query(fields, parse_qsl(f"{address}&page={n}")))
        for n in range(1, 24)
    ]
    assert sorted(entity.identifier for page in pages for entity in page.entities) == names
    assert [(page.number, page.count, page.first) for page in pages[-2:]] == [(22, 23, 1051), (23, 23, 1101)]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "q=x%26y",
        "has.title=a&is.relations.needs=a%2F1&sort=-title&column=title&column=identifier&page=3",
        "is.properties.tier=gold",
    ],
)
def test_query_string_round_trips(address: str, port: Port) -> None:
    assert (
        parse_table_query(fields_of(port.blueprints.get("service")), parse_qsl(address)).query_string()
        == address
    )


def test_properties_with_special_names_are_sorted_and_filtered(
    port: Port, make: Callable[..., Any], fill: Callable[..., None]
) -> None:
    names = ["a-b", "@x", "c\\d", "=e"]
    properties: Json = {name: {"type": "string"} for name in names}
    port.blueprints.create({"identifier": "odd", "title": "Odd", "schema": {"properties": properties}})
    fill(port, *(make(port, "odd", f"o{n}", properties={name: "here"}) for n, name in enumerate(names)))
    queries, fields = Queries(port.store), fields_of(port.blueprints.get("odd"))
    found = [
        _names(queries.page("odd", parse_table_query(fields, [(f"has.properties.{name}", "here")])))
        for name in names
    ]
    assert found == ["o0", "o1", "o2", "o3"]
