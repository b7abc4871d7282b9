"""Database queries of the pages. They only read."""

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.port_api.entities import Entity
from sandbox.port_api.json_codec import dump
from sandbox.port_api.store import Store
from sandbox.web.facets import Facet, facets_of
from sandbox.web.table_query import PAGE_SIZE, TableQuery

_BY_ID = """
SELECT id, blueprint, identifier, datasource, created_at, updated_at, content FROM entities
WHERE id IN (SELECT value FROM json_each(?))"""
_IN_ONE_ROW = "SELECT json_group_array(id) FROM ({})"
"""Parsing one long JSON text is faster than fetching 100,000 rows."""
_MAX_CACHED_QUERIES = 16
_LAST_UNCACHED_PAGE = 200
"""Up to this page, reading only the page is faster than caching all ids."""
_TITLES = """
SELECT identifier, json_extract(content, '$.title') FROM entities
WHERE blueprint = ? AND identifier IN (SELECT value FROM json_each(?))"""
_SOURCES = """
SELECT source, json_extract(content, '$.title') FROM links
LEFT JOIN entities ON entities.blueprint = links.blueprint AND identifier = source
WHERE links.blueprint = ? AND relation = ? AND target = ? ORDER BY source LIMIT ?"""
_HOW_MANY = "SELECT count(*) FROM links WHERE blueprint = ? AND relation = ? AND target = ?"
_METRICS = """
SELECT kind, received_at FROM metrics WHERE integration = :integration AND event = :event"""
_RAW_KINDS = """
SELECT kind, event, count(*), sum(items), max(received_at) FROM raw_batches
WHERE integration = :integration AND event =
    (SELECT event FROM raw_batches WHERE integration = :integration ORDER BY id DESC LIMIT 1)
GROUP BY kind ORDER BY min(id)"""
_RAW_ITEMS = """
SELECT batch.document -> item.fullkey FROM raw_batches AS batch,
    json_each(batch.document, '$.data') AS entry, json_each(batch.document, entry.fullkey || '.items') AS item
WHERE integration = ? AND event = ? AND batch.kind = ? ORDER BY batch.id, entry.id, item.id LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Entities that relate to an entity in one relation. first: (identifier, title) of the first few."""

    blueprint: str
    relation: str
    first: tuple[tuple[str, str | None], ...]
    total: int


@dataclass(frozen=True, slots=True)
class RawKind:
    """The raw items of a kind in one resync. received_at: microseconds since 1970."""

    kind: str
    event: str
    batches: int
    items: int
    received_at: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a table. number: starts at 1; total: entities on all pages."""

    number: int
    total: int
    entities: tuple[Entity, ...]

    @property
    def count(self) -> int:
        """The number of pages, at least 1."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def first(self) -> int:
        """The position of its first entity, starting at 1."""
        return (self.number - 1) * PAGE_SIZE + 1


class Queries:
    """Queries with a cache that is cleared on every write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cached_ids: dict[str, array[int]] = {}
        self._counts: dict[str, int] = {}
        self._facets: dict[str, tuple[Facet, ...]] = {}
        self._version = -1

    def counts(self) -> dict[str, int]:
        """Return the number of entities by blueprint. Blueprints without entities are omitted."""
        self._clear_cache_after_writes()
        if not self._counts:
            self._counts = dict(
                self._store.rows("SELECT blueprint, count(*) FROM entities GROUP BY blueprint").fetchall()
            )
        return self._counts

    def page(self, blueprint: str, query: TableQuery) -> Page:
        """Return the requested page, or the last one if there are fewer."""
        whole = query.filtered or query.page > _LAST_UNCACHED_PAGE
        matching = self._matching(blueprint, query) if whole else None
        total = self.counts().get(blueprint, 0) if matching is None else len(matching)
        number = min(query.page, max(1, -(-total // PAGE_SIZE)))
        start = (number - 1) * PAGE_SIZE
        if matching is None:
            ids = self._ids(blueprint, query, PAGE_SIZE, start)
        else:
            ids = matching[start : start + PAGE_SIZE]
        return Page(number, total, self._read(ids))

    def facets(self, blueprint: str, query: TableQuery) -> tuple[Facet, ...]:
        """Return the facets of the matching entities, cached because each one reads all of them."""
        self._clear_cache_after_writes()
        name = repr((blueprint, query.with_page(1).query_string()))
        if name not in self._facets:
            if len(self._facets) >= _MAX_CACHED_QUERIES:
                self._facets.clear()
            self._facets[name] = facets_of(self._store, blueprint, query.with_page(1))
        return self._facets[name]

    def _matching(self, blueprint: str, query: TableQuery) -> array[int]:
        """Return the cached ids of all pages of a query."""
        self._clear_cache_after_writes()
        key = (blueprint, *query.where(), *query.order())
        name = repr(key)
        if name not in self._cached_ids:
            if len(self._cached_ids) >= _MAX_CACHED_QUERIES:
                self._cached_ids.clear()
            self._cached_ids[name] = self._ids(blueprint, query)
        return self._cached_ids[name]

    def _ids(self, blueprint: str, query: TableQuery, limit: int = -1, start: int = 0) -> array[int]:
        where, values = query.where()
        order, more = query.order()
        sql = f"SELECT id FROM entities WHERE blueprint = ? AND {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        row = self._store.row(_IN_ONE_ROW.format(sql), (blueprint, *values, *more, limit, start))
        return array("q", json.loads(row[0]) if row else ())

    def _read(self, ids: Sequence[int]) -> tuple[Entity, ...]:
        rows = self._store.rows(_BY_ID, (dump(list(ids)),))
        found = {row[0]: Entity(*row) for row in rows}
        return tuple(found[each] for each in ids)

    def titles(self, blueprint: str, identifiers: Sequence[str]) -> dict[str, str | None]:
        """Return the titles of the existing entities by identifier."""
        return dict(self._store.rows(_TITLES, (blueprint, dump(list(identifiers)))).fetchall())

    def incoming(self, blueprint: str, relation: str, target: str, most: int) -> Incoming:
        """Return the entities of a blueprint that relate to the target in this relation."""
        values = (blueprint, relation, target)
        rows = self._store.rows(_SOURCES, (*values, most)).fetchall()
        row = self._store.row(_HOW_MANY, values)
        return Incoming(blueprint, relation, tuple(rows), int(row[0]) if row else 0)

    def metric_times(self, integration: str, event: str) -> dict[str, int]:
        """Return when each kind's latest metrics arrived, in microseconds since 1970."""
        return dict(self._store.rows(_METRICS, {"integration": integration, "event": event}).fetchall())

    def has_raw(self, integration: str) -> bool:
        """Return whether the integration has stored raw items."""
        return (
            self._store.row("SELECT 1 FROM raw_batches WHERE integration = ? LIMIT 1", (integration,))
            is not None
        )

    def raw_kinds(self, integration: str) -> list[RawKind]:
        """Return the kinds of the latest resync that sent raw items."""
        return [RawKind(*row) for row in self._store.rows(_RAW_KINDS, {"integration": integration})]

    def raw_items(self, integration: str, raw: RawKind, most: int) -> list[str]:
        """Return the first items as JSON. Other parts of a batch, such as request headers, are omitted."""
        rows = self._store.rows(_RAW_ITEMS, (integration, raw.event, raw.kind, most))
        return [json.dumps(json.loads(text), indent=2, ensure_ascii=False) for (text,) in rows]

    def _clear_cache_after_writes(self) -> None:
        row = self._store.row("SELECT total_changes()")
        version = int(row[0]) if row else 0
        if version != self._version:
            self._version = version
            self._cached_ids.clear()
            self._facets.clear()
            self._counts = {}
