"""Migrations: jq maps the entities of one blueprint to entities of the same or another blueprint.

Port runs migrations in the background. The sandbox finishes each one before it responds.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.port_api.body_schema import BodySchema, record
from sandbox.port_api.calculation_properties import compile_calculation
from sandbox.port_api.entities import EntityFilter
from sandbox.port_api.errors import PortError, not_found
from sandbox.port_api.graph import Graph
from sandbox.port_api.json_codec import Document, Json, dump
from sandbox.port_api.serialization import FieldSelection, serialize
from sandbox.port_api.store import Store
from sandbox.port_api.upserts import Author, Upserts, WriteMode

_TEXT: Document = {"type": "string"}
_TEXTS: Document = {"type": "object", "additionalProperties": _TEXT}
_ENTITY = record(
    {},
    {
        **dict.fromkeys(("identifier", "title", "icon", "team"), _TEXT),
        "properties": _TEXTS,
        "relations": _TEXTS,
    },
    closed=False,
)
NEW_MIGRATION = BodySchema(
    record(
        {
            "sourceBlueprint": _TEXT,
            "mapping": record(
                {"entity": _ENTITY},
                {"blueprint": _TEXT, "filter": _TEXT, "itemsToParse": _TEXT},
                closed=False,
            ),
        }
    )
)
_MODE = WriteMode(upsert=True, merge=True, create_missing=True)


class Migrations:
    """All migrations since the last reset."""

    def __init__(self, store: Store, graph: Graph) -> None:
        self._store = store
        self._graph = graph

    def __iter__(self) -> Iterator[Document]:
        rows = self._store.rows("SELECT document FROM migrations ORDER BY rowid").fetchall()
        return (json.loads(text) for (text,) in rows)

    def get(self, identifier: str) -> Document:
        """Return a migration. Raises PortError (404): it does not exist."""
        row = self._store.row("SELECT document FROM migrations WHERE identifier = ?", (identifier,))
        if row is None:
            raise not_found("Migration", identifier)
        found: Document = json.loads(row[0])
        return found

    def add(self, source: str, mapping: Document, author: Author, failures: list[str]) -> Document:
        """Store and return the record of a finished migration."""
        document = {
            "id": secrets.token_hex(12),
            "actor": author.datasource,
            "sourceBlueprint": source,
            "mapping": mapping,
            "status": "FAILURE" if failures else "COMPLETED",
            "failures": failures,
        }
        self._store.write("INSERT INTO migrations VALUES (?, ?)", (document["id"], dump(document)))
        return document

    def run(self, body: Document, author: Author) -> Document:
        """Run a migration and return its record. Invalid entities are skipped and listed as failures.

        Raises PortError (404): one of the blueprints does not exist.
        """
        source, mapping = self._graph.blueprints.get(body["sourceBlueprint"]), body["mapping"]
        target = self._graph.blueprints.get(mapping.get("blueprint", source.identifier))
        entities = list(self._graph.entities.read(EntityFilter((source.identifier,))))
        writes = Upserts(self._graph, target, _MODE, author)
        mapped = _mapper(mapping["entity"])
        failures: list[str] = []
        for item in _items(mapping, serialize(self._graph, entities, FieldSelection())):
            try:
                writes.write(mapped(item))
            except PortError as error:
                failures.append(f"{item['identifier']}: {error.message}")
        with self._store.transaction():
            writes.save()
            return self.add(source.identifier, mapping, author, failures)


def _items(mapping: Document, entities: list[Document]) -> Iterator[Document]:
    """Iterate over the entities that match the filter, once per item of `itemsToParse`."""
    passes = compile_calculation(mapping.get("filter", "true"))
    split = compile_calculation(mapping["itemsToParse"]) if "itemsToParse" in mapping else None
    for entity in entities:
        if passes(entity) is not True:
            continue
        items: Any = split(entity) if split else [None]
        for item in items if isinstance(items, list) else ():
            yield {**entity, "item": item} if split else entity


def _mapper(expressions: Document) -> Callable[[Document], dict[str, Json]]:
    """Return a function from an item to its new entity. Without a mapped identifier, the old one is kept."""
    fields = {"identifier": ".identifier"} | {
        name: text for name, text in expressions.items() if isinstance(text, str)
    }
    compiled = {name: compile_calculation(text) for name, text in fields.items()}
    nested = {
        name: {inner: compile_calculation(text) for inner, text in texts.items()}
        for name, texts in expressions.items()
        if isinstance(texts, dict)
    }

    def mapped(item: Document) -> dict[str, Json]:
        return {name: compute(item) for name, compute in compiled.items()} | {
            name: {inner: compute(item) for inner, compute in parts.items()} for name, parts in nested.items()
        }

    return mapped
