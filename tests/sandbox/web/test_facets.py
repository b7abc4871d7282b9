"""The facets of a table."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.port_api.port import Port
from sandbox.web.facets import Facet, facets_of
from sandbox.web.fields import fields_of
from sandbox.web.table_query import TableQuery, parse_table_query

type Facets = Callable[..., dict[str, Facet]]


def _query(port: Port, *parameters: tuple[str, str]) -> TableQuery:
    return parse_table_query(fields_of(port.blueprints.get("service")), parameters)


@pytest.fixture
def facets(port: Port, make: Callable[..., Any], fill: Callable[..., None]) -> Facets:
    """Returns the facets of 30 services by field. Every third one is silver, every second one live."""
    services = [
        make(
            port,
            "service",
            f"s{number:02}",
            properties={"tier": "gold" if number % 3 else "silver", "live": number % 2 == 0},
            relations={"needs": [f"s{number % 10:02}"]},
        )
        for number in range(30)
    ]
    fill(port, *services, make(port, "service", "bare"))

    def find(*parameters: tuple[str, str]) -> dict[str, Facet]:
        found = facets_of(port.store, "service", _query(port, *parameters))
        return {facet.field.key: facet for facet in found}

    return find


def _counts(facet: Facet) -> dict[str, int]:
    return {value.text: value.count for value in facet.values}


def test_enums_booleans_and_relations_have_counts(facets: Facets) -> None:
    found = facets()
    assert list(found) == ["properties.tier", "properties.live", "relations.needs"]
    assert _counts(found["properties.tier"]) == {"gold": 20, "silver": 10}
    assert _counts(found["properties.live"]) == {"false": 15, "true": 15}
    assert set(_counts(found["relations.needs"]).values()) == {3}
    assert (len(found["relations.needs"].values), found["relations.needs"].others) == (8, 2)


def test_other_filters_restrict_the_counts_but_not_the_own_one(facets: Facets) -> None:
    found = facets(("is.properties.tier", "silver"))
    assert _counts(found["properties.tier"]) == {"silver": 10, "gold": 20}
    assert found["properties.tier"].values[0].is_selected
    assert _counts(found["properties.live"]) == {"true": 5, "false": 5}
    assert _counts(facets(("q", "s29"))["properties.tier"]) == {"gold": 1}


def test_a_selected_value_stays_even_without_entities(facets: Facets) -> None:
    found = facets(("is.relations.needs", "gone"))
    assert found["relations.needs"].values[0].text == "gone"
    assert found["relations.needs"].values[0].count == 0
    assert "properties.tier" not in found


def test_a_value_is_added_replaced_and_removed(facets: Facets) -> None:
    found = facets(("is.properties.tier", "gold"), ("has.identifier", "s"), ("page", "3"))
    gold, silver = found["properties.tier"].values
    assert gold.query == "has.identifier=s"
    assert silver.query == "has.identifier=s&is.properties.tier=silver"


async def test_the_table_links_to_each_value(client: httpx.AsyncClient, facets: Facets) -> None:
    assert facets()
    page = (await client.get("/catalog/blueprints/service")).text
    assert 'href="/catalog/blueprints/service?is.properties.tier=silver"' in page
    chosen = (await client.get("/catalog/blueprints/service?is.properties.tier=silver")).text
    assert "1 to 10 of 10 entities" in chosen
    assert 'aria-current="true"' in chosen
