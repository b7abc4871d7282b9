"""Blueprints: the current version of each, with its rules compiled."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sandbox.port_api.blueprint_rules import CHANGED_BLUEPRINT, check_blueprint, check_types_kept
from sandbox.port_api.entities import Entities
from sandbox.port_api.entity_rules import EntityRules
from sandbox.port_api.errors import PortError, has_dependents, invalid, not_found, taken
from sandbox.port_api.jsontext import Document, Json, dump
from sandbox.port_api.store import Store
from sandbox.port_api.times import Clock, iso, microseconds

_SYSTEM: dict[str, Json] = {
    "_user": {"status": {"type": "string"}, "port_role": {"type": "string"}, "port_type": {"type": "string"}},
    "_team": {"description": {"type": "string"}},
}
"""Blueprints every organization has; what else they hold at Port is not in the public reference."""
COMPUTED = ("calculationProperties", "mirrorProperties", "aggregationProperties")
"""Where a blueprint defines properties that nobody writes."""
_MERGED = ("schema", "relations", *COMPUTED)
_OURS = ("createdAt", "createdBy", "updatedAt", "updatedBy", "id")


@dataclass(frozen=True)
class Blueprint:
    """One version of a blueprint. untyped: properties that take any value."""

    document: Document
    untyped: frozenset[str]

    @cached_property
    def rules(self) -> EntityRules:
        """What its entities must fulfil."""
        return EntityRules(self.document, self.untyped)

    def own(self) -> Document:
        """The document without what the sandbox adds; a copy of its first level."""
        return {key: value for key, value in self.document.items() if key not in _OURS}

    @property
    def computes(self) -> bool:
        """Whether its entities have properties that are computed when they are read."""
        return any(self.document.get(kind) for kind in COMPUTED)

    @property
    def identifier(self) -> str:
        """Its name in every path."""
        return str(self.document["identifier"])


class Blueprints:
    """All blueprints. Raises PortError from every method that is given an unknown or unfit one."""

    def __init__(self, store: Store, entities: Entities, clock: Clock) -> None:
        self._store = store
        self._entities = entities
        self._clock = clock
        self._current: dict[str, Blueprint] = {}
        self.load()

    def load(self) -> None:
        """Reads all from the database, and makes sure of the system's own."""
        rows = self._store.rows("SELECT document, untyped FROM blueprints ORDER BY rowid")
        found = [Blueprint(json.loads(text), frozenset(json.loads(untyped))) for text, untyped in rows]
        self._current = {blueprint.identifier: blueprint for blueprint in found}
        for identifier, properties in _SYSTEM.items():
            if identifier not in self._current:
                self.create(
                    {"identifier": identifier, "title": identifier, "schema": {"properties": properties}}
                )

    def __iter__(self) -> Iterator[Blueprint]:
        return iter(self._current.values())

    def get(self, identifier: str) -> Blueprint:
        """The current version."""
        blueprint = self._current.get(identifier)
        if blueprint is None:
            raise not_found("Blueprint", identifier)
        return blueprint

    def find(self, identifier: str) -> Blueprint | None:
        """The current version, or None."""
        return self._current.get(identifier)

    def create(self, body: Json, untyped: frozenset[str] = frozenset()) -> Blueprint:
        """A new one; `untyped` is the sandbox's own addition for test catalogs."""
        document = check_blueprint(body, self._current)
        if document["identifier"] in self._current:
            raise taken("Blueprint", document["identifier"])
        return self._save(document, iso(microseconds(self._clock)), untyped)

    def replace(self, identifier: str, body: Json, untyped: frozenset[str] | None = None) -> Blueprint:
        """The whole blueprint anew; what entities hold of removed properties and relations is removed."""
        old = self.get(identifier)
        if isinstance(body, dict):
            body = {"identifier": identifier, **body}
        document = check_blueprint(body, self._current)
        if document["identifier"] != identifier:
            raise invalid(f"body/identifier is not that of the path: {document['identifier']:.120}")
        check_types_kept(old.document, document)
        with self._store.transaction():
            self._drop_removed(old.document, document)
            return self._save(
                document, old.document["createdAt"], old.untyped if untyped is None else untyped
            )

    def change(self, identifier: str, body: Json) -> Blueprint:
        """Only what is sent; properties, relations and the like are merged by their names."""
        merged = self.get(identifier).own()
        for key, value in CHANGED_BLUEPRINT.check(body).items():
            merged[key] = _merge(merged.get(key), value) if key in _MERGED else value
        return self.replace(identifier, merged)

    def rewrite(self, old: Blueprint, document: Document, untyped: frozenset[str]) -> Blueprint:
        """Another document in its place, also under another name; its entities are left as they are."""
        checked = check_blueprint(document, self._current)
        self._store.write(
            "UPDATE blueprints SET identifier = ? WHERE identifier = ?",
            (checked["identifier"], old.identifier),
        )
        names = [checked["identifier"] if name == old.identifier else name for name in self._current]
        self._current = dict(zip(names, self._current.values(), strict=True))
        return self._save(checked, old.document["createdAt"], untyped)

    def delete(self, identifier: str) -> None:
        """Refused while it has entities, or while another blueprint relates to it."""
        self.get(identifier)
        if is_system(identifier):
            raise invalid(f'"{identifier}" belongs to the system and cannot be deleted')
        count = self._entities.count(identifier)
        if count:
            raise has_dependents("Blueprint", identifier, f"it has {count} entities")
        users = sorted({source for source, _ in self.relations_to(identifier) if source != identifier})
        if users:
            raise has_dependents("Blueprint", identifier, f"relations of {', '.join(users):.200} target it")
        self._store.write("DELETE FROM blueprints WHERE identifier = ?", (identifier,))
        del self._current[identifier]

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All of the changes inside, or none."""
        try:
            with self._store.transaction():
                yield
        except PortError:
            self.load()
            raise

    def relations_to(self, target: str) -> list[tuple[str, str]]:
        """(blueprint, relation) for each relation that targets this blueprint."""
        return [
            (blueprint.identifier, name)
            for blueprint in self
            for name, relation in blueprint.rules.relations.items()
            if relation.target == target
        ]

    def _save(self, document: Document, created_at: str, untyped: frozenset[str]) -> Blueprint:
        stamps = {
            "createdAt": created_at,
            "createdBy": "sandbox",
            "updatedAt": iso(microseconds(self._clock)),
            "updatedBy": "sandbox",
        }
        blueprint = Blueprint({"relations": {}, **document, **stamps}, untyped)
        self._store.write(
            "INSERT INTO blueprints VALUES (?, ?, ?) ON CONFLICT (identifier) DO UPDATE "
            "SET document = excluded.document, untyped = excluded.untyped",
            (blueprint.identifier, dump(blueprint.document), dump(sorted(untyped))),
        )
        self._current[blueprint.identifier] = blueprint
        return blueprint

    def _drop_removed(self, old: Document, new: Document) -> None:
        gone = {
            "properties": old["schema"]["properties"].keys() - new["schema"]["properties"].keys(),
            "relations": old["relations"].keys() - new.get("relations", {}).keys(),
        }
        if any(gone.values()):
            self._entities.rewrite(
                old["identifier"],
                lambda content: {
                    **content,
                    **{part: _without(names, content[part]) for part, names in gone.items()},
                },
            )


def is_system(identifier: str) -> bool:
    """Whether every organization has this blueprint."""
    return identifier in _SYSTEM


def _without(names: set[str], values: Document) -> Document:
    return {name: value for name, value in values.items() if name not in names}


def _merge(old: Json, new: Json) -> Json:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merge(old.get(key), value) for key, value in new.items()}}
    return new
