"""Storage of entities. Validation happens elsewhere."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sandbox.port_api.json_codec import Document, Json, dump
from sandbox.port_api.store import Store

_READ = """
SELECT id, blueprint, identifier, datasource, created_at, updated_at, content FROM entities WHERE"""
_ONE = "AND blueprint = ?"
_IN = {
    "blueprint": "AND blueprint IN (SELECT value FROM json_each(?))",
    "identifier": "AND identifier IN (SELECT value FROM json_each(?))",
}
_AGE, _AGE_OF_FEW = "id", "+id"
"""The unary plus stops SQLite from scanning all entities by id to find a few by identifier."""
_BY_IDENTIFIERS = """
SELECT id, blueprint, identifier, datasource, created_at, updated_at, content FROM entities
WHERE blueprint = ? AND identifier IN (SELECT value FROM json_each(?))"""
_EXISTING = """
SELECT identifier FROM entities
WHERE blueprint = ? AND identifier IN (SELECT value FROM json_each(?))"""
_LINKS_FROM = """
SELECT source, target FROM links
WHERE blueprint = ? AND relation = ? AND source IN (SELECT value FROM json_each(?))"""
_LINKS_TO = """
SELECT source, target FROM links
WHERE blueprint = ? AND relation = ? AND target IN (SELECT value FROM json_each(?))"""
_UPSERT = """
INSERT INTO entities (blueprint, identifier, datasource, created_at, updated_at, content)
VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (blueprint, identifier) DO UPDATE
SET datasource = excluded.datasource, updated_at = excluded.updated_at, content = excluded.content"""
_BY_DATASOURCE = """
SELECT id, identifier, blueprint FROM entities
WHERE id > ? AND substr(datasource, 1, ?) = ? AND substr(datasource, length(datasource) + 1 - ?) = ?
AND updated_at < ?
ORDER BY id LIMIT ?"""


@dataclass(frozen=True)
class Entity:
    """A stored entity.

    id: increases in order of creation; 0 before the entity is stored.
    datasource: the User-Agent of the last write.
    created_at, updated_at: microseconds since 1970.
    text: JSON {title?, icon?, team?, properties, relations}.
    """

    id: int
    blueprint: str
    identifier: str
    datasource: str
    created_at: int
    updated_at: int
    text: str

    @cached_property
    def content(self) -> Document:
        """The parsed text. Do not modify it."""
        parsed: Document = json.loads(self.text)
        return parsed


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """Selects entities to read. None means all. after: only entities with a greater id."""

    blueprints: tuple[str, ...] | None = None
    identifiers: tuple[str, ...] | None = None
    after: int = 0


class Entities:
    """The database tables of entities and of the links between them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, selection: EntityFilter) -> Iterator[Entity]:
        """Iterate over the selected entities in order of creation."""
        age = _AGE if selection.identifiers is None else _AGE_OF_FEW
        sql = [f"{_READ} {age} > ?"]
        values: list[int | str] = [selection.after]
        if selection.blueprints is not None and len(selection.blueprints) == 1:
            sql.append(_ONE)  # lets SQLite use an index that is in order of creation
            values.append(selection.blueprints[0])
        elif selection.blueprints is not None:
            sql.append(_IN["blueprint"])
            values.append(dump(list(selection.blueprints)))
        if selection.identifiers is not None:
            sql.append(_IN["identifier"])
            values.append(dump(list(selection.identifiers)))
        return (Entity(*row) for row in self._store.rows(" ".join((*sql, f"ORDER BY {age}")), values))

    def get_many(self, blueprint: str, identifiers: Iterable[str]) -> dict[str, Entity]:
        """Return the existing entities among these, by identifier."""
        rows = self._store.rows(_BY_IDENTIFIERS, (blueprint, dump(list(identifiers))))
        return {row[2]: Entity(*row) for row in rows}

    def existing(self, blueprint: str, identifiers: Iterable[str]) -> set[str]:
        """Return the identifiers that exist."""
        return {name for (name,) in self._store.rows(_EXISTING, (blueprint, dump(list(identifiers))))}

    def count(self, blueprint: str) -> int:
        """Return the blueprint's number of entities."""
        row = self._store.row("SELECT count(*) FROM entities WHERE blueprint = ?", (blueprint,))
        return int(row[0]) if row else 0

    def written_by(
        self, prefix: str, suffix: str, *, before: int, after: int, limit: int
    ) -> list[tuple[int, str, str]]:
        """Return (id, identifier, blueprint) of entities whose datasource has this prefix and suffix.

        before: only entities updated earlier, in microseconds; after: only entities with a greater id.
        """
        values = (after, len(prefix), prefix, len(suffix), suffix, before, limit)
        return self._store.rows(_BY_DATASOURCE, values).fetchall()

    def save(self, entities: Iterable[Entity]) -> None:
        """Create or overwrite the entities. Call `link` to save their links."""
        rows = (
            (e.blueprint, e.identifier, e.datasource, e.created_at, e.updated_at, e.text) for e in entities
        )
        self._store.write_many(_UPSERT, rows)

    def link(self, blueprint: str, relations: dict[str, Document]) -> None:
        """Replace the links of each source identifier with its given relations."""
        self._store.write_many(
            "DELETE FROM links WHERE blueprint = ? AND source = ?", ((blueprint, s) for s in relations)
        )
        self._store.write_many(
            "INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?)",
            (
                (blueprint, source, relation, target)
                for source, values in relations.items()
                for relation, value in values.items()
                for target in targets_of(value)
            ),
        )

    def rewrite(self, blueprint: str, change: Callable[[Document], Document]) -> None:
        """Change the content and the links of every entity of a blueprint."""
        kept, links = [], {}
        for entity in self.read(EntityFilter((blueprint,))):
            content = change(entity.content)
            kept.append(replace(entity, text=dump(content)))
            links[entity.identifier] = content["relations"]
        self.save(kept)
        self.link(blueprint, links)

    def rename_blueprint(self, old: str, new: str) -> None:
        """Move entities and their outgoing links to another blueprint. Incoming links name no blueprint."""
        self._store.write("UPDATE entities SET blueprint = ? WHERE blueprint = ?", (new, old))
        self._store.write("UPDATE links SET blueprint = ? WHERE blueprint = ?", (new, old))

    def links_from(self, blueprint: str, relation: str, sources: Iterable[str]) -> list[tuple[str, str]]:
        """Return (source, target) for each link of these sources in this relation."""
        return self._store.rows(_LINKS_FROM, (blueprint, relation, dump(list(sources)))).fetchall()

    def links_to(self, blueprint: str, relation: str, targets: Iterable[str]) -> list[tuple[str, str]]:
        """Return (source, target) for each link of the blueprint's entities to one of these targets."""
        return self._store.rows(_LINKS_TO, (blueprint, relation, dump(list(targets)))).fetchall()

    def delete(self, blueprint: str, identifiers: Iterable[str]) -> None:
        """Delete entities and their outgoing links."""
        pairs = [(blueprint, identifier) for identifier in identifiers]
        self._store.write_many("DELETE FROM entities WHERE blueprint = ? AND identifier = ?", pairs)
        self._store.write_many("DELETE FROM links WHERE blueprint = ? AND source = ?", pairs)

    def delete_all(self, blueprint: str) -> None:
        """Delete all entities of a blueprint and their outgoing links."""
        self._store.write("DELETE FROM entities WHERE blueprint = ?", (blueprint,))
        self._store.write("DELETE FROM links WHERE blueprint = ?", (blueprint,))


def targets_of(value: Json) -> list[str]:
    """Return the identifiers in the value of a relation."""
    if value is None:
        return []
    found = value if isinstance(value, list) else [value]
    return [target for target in found if isinstance(target, str)]
