"""Entities as stored: found, written and deleted, whatever the rules say."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sandbox.port_api.jsontext import Document, Json, dump
from sandbox.port_api.store import Store

_READ = """
SELECT id, blueprint, identifier, datasource, created_at, updated_at, content FROM entities WHERE"""
_ONE = "AND blueprint = ?"
_IN = {
    "blueprint": "AND blueprint IN (SELECT value FROM json_each(?))",
    "identifier": "AND identifier IN (SELECT value FROM json_each(?))",
}
_AGE, _AGE_OF_FEW = "id", "+id"
"""The plus keeps the database from walking all in order of creation to find a few by their names."""
_NAMED = """
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
_OF_DATASOURCE = """
SELECT id, identifier, blueprint FROM entities
WHERE id > ? AND substr(datasource, 1, ?) = ? AND substr(datasource, length(datasource) + 1 - ?) = ?
AND updated_at < ?
ORDER BY id LIMIT ?"""


@dataclass(frozen=True)
class Entity:
    """id: order of creation, 0 before it is stored; datasource: the User-Agent of the last write;
    created_at, updated_at: microseconds; text: JSON {title?, icon?, team?, properties, relations}.
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
        """The text, parsed; do not change it."""
        parsed: Document = json.loads(self.text)
        return parsed


@dataclass(frozen=True, slots=True)
class Slice:
    """Which entities to read: None is all. `after`: only those created after the one with this id."""

    blueprints: tuple[str, ...] | None = None
    identifiers: tuple[str, ...] | None = None
    after: int = 0


class Entities:
    """The tables of entities and of the links between them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, wanted: Slice) -> Iterator[Entity]:
        """In the order of creation, one by one from the database."""
        age = _AGE if wanted.identifiers is None else _AGE_OF_FEW
        sql = [f"{_READ} {age} > ?"]
        values: list[int | str] = [wanted.after]
        if wanted.blueprints is not None and len(wanted.blueprints) == 1:
            sql.append(_ONE)  # lets the database walk an index in the order of creation
            values.append(wanted.blueprints[0])
        elif wanted.blueprints is not None:
            sql.append(_IN["blueprint"])
            values.append(dump(list(wanted.blueprints)))
        if wanted.identifiers is not None:
            sql.append(_IN["identifier"])
            values.append(dump(list(wanted.identifiers)))
        return (Entity(*row) for row in self._store.rows(" ".join((*sql, f"ORDER BY {age}")), values))

    def named(self, blueprint: str, identifiers: Iterable[str]) -> dict[str, Entity]:
        """Those of the identifiers that exist."""
        rows = self._store.rows(_NAMED, (blueprint, dump(list(identifiers))))
        return {row[2]: Entity(*row) for row in rows}

    def existing(self, blueprint: str, identifiers: Iterable[str]) -> set[str]:
        """Those of the identifiers that exist, without reading the entities."""
        return {name for (name,) in self._store.rows(_EXISTING, (blueprint, dump(list(identifiers))))}

    def count(self, blueprint: str) -> int:
        """How many entities the blueprint has."""
        row = self._store.row("SELECT count(*) FROM entities WHERE blueprint = ?", (blueprint,))
        return int(row[0]) if row else 0

    def of_datasource(
        self, prefix: str, suffix: str, *, before: int, after: int, limit: int
    ) -> list[tuple[int, str, str]]:
        """(id, identifier, blueprint), last written by a datasource prefix...suffix earlier than `before`."""
        values = (after, len(prefix), prefix, len(suffix), suffix, before, limit)
        return self._store.rows(_OF_DATASOURCE, values).fetchall()

    def save(self, entities: Iterable[Entity]) -> None:
        """Creates or overwrites each; links are saved by `link`."""
        rows = (
            (e.blueprint, e.identifier, e.datasource, e.created_at, e.updated_at, e.text) for e in entities
        )
        self._store.write_many(_UPSERT, rows)

    def link(self, blueprint: str, relations: dict[str, Document]) -> None:
        """Replaces the links of each source identifier by those of its relations."""
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
        """Changes the content of every entity of a blueprint, and its links with it."""
        kept, links = [], {}
        for entity in self.read(Slice((blueprint,))):
            content = change(entity.content)
            kept.append(replace(entity, text=dump(content)))
            links[entity.identifier] = content["relations"]
        self.save(kept)
        self.link(blueprint, links)

    def rename_blueprint(self, old: str, new: str) -> None:
        """Of the entities and the links that they hold; what relates to them names no blueprint."""
        self._store.write("UPDATE entities SET blueprint = ? WHERE blueprint = ?", (new, old))
        self._store.write("UPDATE links SET blueprint = ? WHERE blueprint = ?", (new, old))

    def links_from(self, blueprint: str, relation: str, sources: Iterable[str]) -> list[tuple[str, str]]:
        """(source, target) of those of the sources that have the relation."""
        return self._store.rows(_LINKS_FROM, (blueprint, relation, dump(list(sources)))).fetchall()

    def links_to(self, blueprint: str, relation: str, targets: Iterable[str]) -> list[tuple[str, str]]:
        """(source, target) of the blueprint's entities that name one of the targets in this relation."""
        return self._store.rows(_LINKS_TO, (blueprint, relation, dump(list(targets)))).fetchall()

    def delete(self, blueprint: str, identifiers: Iterable[str]) -> None:
        """Entities and the links they hold."""
        pairs = [(blueprint, identifier) for identifier in identifiers]
        self._store.write_many("DELETE FROM entities WHERE blueprint = ? AND identifier = ?", pairs)
        self._store.write_many("DELETE FROM links WHERE blueprint = ? AND source = ?", pairs)

    def delete_all(self, blueprint: str) -> None:
        """All entities of a blueprint, and the links they hold."""
        self._store.write("DELETE FROM entities WHERE blueprint = ?", (blueprint,))
        self._store.write("DELETE FROM links WHERE blueprint = ?", (blueprint,))


def targets_of(value: Json) -> list[str]:
    """The identifiers in a relation's value: one, several, or none."""
    if value is None:
        return []
    found = value if isinstance(value, list) else [value]
    return [target for target in found if isinstance(target, str)]
