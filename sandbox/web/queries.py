"""What the page asks of the database beyond what the API needs. Reads only."""

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.port_api.entities import Entity
from sandbox.port_api.jsontext import dump
from sandbox.port_api.store import Store
from sandbox.web.listing import PAGE_SIZE, Listing

_BY_ID = """
SELECT id, blueprint, identifier, datasource, created_at, updated_at, content FROM entities
WHERE id IN (SELECT value FROM json_each(?))"""
_IN_ONE_ROW = "SELECT json_group_array(id) FROM ({})"
"""A hundred thousand rows one by one take longer to fetch than a long text to parse."""
_MOST_LISTINGS = 16
_FAR = 200
"""Pages up to this one are sorted out faster without the rest."""
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
    """Who relates to an entity in one relation: the first few as (identifier, title), and how many in all."""

    blueprint: str
    relation: str
    first: tuple[tuple[str, str | None], ...]
    total: int


@dataclass(frozen=True, slots=True)
class RawKind:
    """What came of a kind in one resync where Port makes the entities; received_at: microseconds."""

    kind: str
    event: str
    batches: int
    items: int
    received_at: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing. number: from 1; total: entities on all pages."""

    number: int
    total: int
    entities: tuple[Entity, ...]

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def first(self) -> int:
        """The place of its first entity in the listing, from 1."""
        return (self.number - 1) * PAGE_SIZE + 1


class Queries:
    """What takes long is remembered for as long as nothing is written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listings: dict[str, array[int]] = {}
        self._counts: dict[str, int] = {}
        self._version = -1

    def counts(self) -> dict[str, int]:
        """Entities by blueprint; a blueprint without any is not in it."""
        self._notice_changes()
        if not self._counts:
            self._counts = dict(
                self._store.rows("SELECT blueprint, count(*) FROM entities GROUP BY blueprint").fetchall()
            )
        return self._counts

    def page(self, blueprint: str, listing: Listing) -> Page:
        """The listing's page, or its last one when it has fewer."""
        whole = listing.filtered or listing.page > _FAR
        matching = self._matching(blueprint, listing) if whole else None
        total = self.counts().get(blueprint, 0) if matching is None else len(matching)
        number = min(listing.page, max(1, -(-total // PAGE_SIZE)))
        start = (number - 1) * PAGE_SIZE
        if matching is None:
            wanted = self._ids(blueprint, listing, PAGE_SIZE, start)
        else:
            wanted = matching[start : start + PAGE_SIZE]
        return Page(number, total, self._read(wanted))

    def _matching(self, blueprint: str, listing: Listing) -> array[int]:
        """The ids of all its pages: a filter, or a sort up to a late page, is worth doing once only."""
        self._notice_changes()
        key = (blueprint, *listing.where(), *listing.order())
        name = repr(key)
        if name not in self._listings:
            if len(self._listings) >= _MOST_LISTINGS:
                self._listings.clear()
            self._listings[name] = self._ids(blueprint, listing)
        return self._listings[name]

    def _ids(self, blueprint: str, listing: Listing, limit: int = -1, start: int = 0) -> array[int]:
        where, values = listing.where()
        order, more = listing.order()
        sql = f"SELECT id FROM entities WHERE blueprint = ? AND {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        row = self._store.row(_IN_ONE_ROW.format(sql), (blueprint, *values, *more, limit, start))
        return array("q", json.loads(row[0]) if row else ())

    def _read(self, wanted: Sequence[int]) -> tuple[Entity, ...]:
        rows = self._store.rows(_BY_ID, (dump(list(wanted)),))
        found = {row[0]: Entity(*row) for row in rows}
        return tuple(found[each] for each in wanted)

    def titles(self, blueprint: str, identifiers: Sequence[str]) -> dict[str, str | None]:
        """Those that exist."""
        return dict(self._store.rows(_TITLES, (blueprint, dump(list(identifiers)))).fetchall())

    def incoming(self, blueprint: str, relation: str, target: str, most: int) -> Incoming:
        """Entities of the blueprint that name the target in this relation."""
        values = (blueprint, relation, target)
        rows = self._store.rows(_SOURCES, (*values, most)).fetchall()
        row = self._store.row(_HOW_MANY, values)
        return Incoming(blueprint, relation, tuple(rows), int(row[0]) if row else 0)

    def metric_times(self, integration: str, event: str) -> dict[str, int]:
        """When each kind's latest record of a resync came, in microseconds."""
        return dict(self._store.rows(_METRICS, {"integration": integration, "event": event}).fetchall())

    def has_raw(self, integration: str) -> bool:
        """Whether raw items of it are kept."""
        return (
            self._store.row("SELECT 1 FROM raw_batches WHERE integration = ? LIMIT 1", (integration,))
            is not None
        )

    def raw_kinds(self, integration: str) -> list[RawKind]:
        """What was sent unmapped in the newest resync that sent anything."""
        return [RawKind(*row) for row in self._store.rows(_RAW_KINDS, {"integration": integration})]

    def raw_items(self, integration: str, raw: RawKind, most: int) -> list[str]:
        """Its first items as JSON; what else a batch tells, its requests' headers for one, is not shown."""
        rows = self._store.rows(_RAW_ITEMS, (integration, raw.event, raw.kind, most))
        return [json.dumps(json.loads(text), indent=2, ensure_ascii=False) for (text,) in rows]

    def _notice_changes(self) -> None:
        row = self._store.row("SELECT total_changes()")
        version = int(row[0]) if row else 0
        if version != self._version:
            self._version = version
            self._listings.clear()
            self._counts = {}
