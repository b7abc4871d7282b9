"""Facets of a table: the values of booleans, enums and relations, with the number of entities."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.port_api.store import Store
from sandbox.web.fields import Field
from sandbox.web.table_query import TableQuery

_MAX_VALUES = 8
_MAX_FACETS = 8
_VALUES = """
SELECT CAST({sql} AS TEXT), count(*) FROM entities WHERE blueprint = ? AND {where} GROUP BY 1"""
_TARGETS = """
SELECT target, count(*) FROM links WHERE blueprint = ? AND relation = ? AND source IN (
    SELECT identifier FROM entities WHERE blueprint = ? AND {where}) GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet. query: the query string that adds the value as a filter, or removes it."""

    text: str
    count: int
    is_selected: bool
    query: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A field with its most frequent values. others: the number of further values."""

    field: Field
    values: tuple[FacetValue, ...]
    others: int


def facets_of(store: Store, blueprint: str, query: TableQuery) -> tuple[Facet, ...]:
    """Return the facets of the entities that match a query.

    The filter on a facet's own field is ignored for its counts, so that another value can be chosen.
    """
    fields = [field for field in query.fields.values() if field.choices or field.target is not None]
    found = (_facet(store, blueprint, query, field) for field in fields[:_MAX_FACETS])
    return tuple(facet for facet in found if facet.values)


def _facet(store: Store, blueprint: str, query: TableQuery, field: Field) -> Facet:
    counts = dict(_counts(store, blueprint, query, field))
    selected = query.texts(exactly=True).get(field.key)
    if selected is not None:
        counts.setdefault(selected, 0)
    names = sorted(counts, key=lambda name: (name != selected, -counts[name], name))
    values = tuple(
        FacetValue(name, counts[name], name == selected, query.toggled(field, name))
        for name in names[:_MAX_VALUES]
    )
    return Facet(field, values, len(names) - len(values))


def _counts(store: Store, blueprint: str, query: TableQuery, field: Field) -> Iterator[tuple[str, int]]:
    """Yield values with their counts. Entities without a value are not counted."""
    where, values = query.where(without=field)
    if field.target is not None:
        targets = (blueprint, field.name, blueprint, *values)
        yield from store.rows(_TARGETS.format(where=where), targets)
        return
    rows = store.rows(_VALUES.format(sql=field.sql, where=where), (*field.values, blueprint, *values))
    shown = {field.stored(choice): choice for choice in field.choices}
    for stored, count in rows:
        if stored is not None:
            yield shown.get(stored, stored), count
