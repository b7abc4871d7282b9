"""Blueprints, each with its compiled validation rules."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sandbox.port_api.blueprint_rules import CHANGED_BLUEPRINT, check_blueprint, check_types_unchanged
from sandbox.port_api.entities import Entities
from sandbox.port_api.entity_rules import EntityRules
from sandbox.port_api.errors import PortError, already_exists, has_dependents, invalid, not_found
from sandbox.port_api.json_codec import Document, Json, dump
from sandbox.port_api.store import Store
from sandbox.port_api.timestamps import Clock, iso, microseconds

_SYSTEM: dict[str, Json] = {
    "_user": {"status": {"type": "string"}, "port_role": {"type": "string"}, "port_type": {"type": "string"}},
    "_team": {"description": {"type": "string"}},
}
"""The blueprints that every organization has. Port's public reference does not list all their properties."""
COMPUTED = ("calculationProperties", "mirrorProperties", "aggregationProperties")
"""The blueprint fields that define computed properties."""
_MERGED = ("schema", "relations", *COMPUTED)
_ADDED_FIELDS = ("createdAt", "createdBy", "updatedAt", "updatedBy", "id")


@dataclass(frozen=True)
class Blueprint:
    """One version of a blueprint. untyped: properties that accept any value."""

    document: Document
    untyped: frozenset[str]

    @cached_property
    def rules(self) -> EntityRules:
        """The validation rules for its entities."""
        return EntityRules(self.document, self.untyped)

    def definition(self) -> Document:
        """Return a shallow copy of the document without the fields that the sandbox adds."""
        return {key: value for key, value in self.document.items() if key not in _ADDED_FIELDS}

    @property
    def has_computed_properties(self) -> bool:
        """Whether its entities have properties that are computed on read."""
        return any(self.document.get(kind) for kind in COMPUTED)

    @property
    def identifier(self) -> str:
        """The blueprint's identifier."""
        return str(self.document["identifier"])


class Blueprints:
    """All blueprints. Every method raises PortError if a blueprint is unknown or invalid."""

    def __init__(self, store: Store, entities: Entities, clock: Clock) -> None:
        self._store = store
        self._entities = entities
        self._clock = clock
        self._current: dict[str, Blueprint] = {}
        self.load()

    def load(self) -> None:
        """Load all blueprints from the database and create missing system blueprints."""
        rows = self._store.rows("SELECT document, untyped FROM blueprints ORDER BY rowid")
        blueprints = [Blueprint(json.loads(text), frozenset(json.loads(untyped))) for text, untyped in rows]
        self._current = {blueprint.identifier: blueprint for blueprint in blueprints}
        for identifier, properties in _SYSTEM.items():
            if identifier not in self._current:
                self.create(
                    {"identifier": identifier, "title": identifier, "schema": {"properties": properties}}
                )

    def __iter__(self) -> Iterator[Blueprint]:
        return iter(self._current.values())

    def get(self, identifier: str) -> Blueprint:
        """Return the current version. Raises PortError (404): the blueprint does not exist."""
        blueprint = self._current.get(identifier)
        if blueprint is None:
            raise not_found("Blueprint", identifier)
        return blueprint

    def find(self, identifier: str) -> Blueprint | None:
        """Return the current version, or None if the blueprint does not exist."""
        return self._current.get(identifier)

    def create(self, body: Json) -> Blueprint:
        """Create a blueprint. Raises PortError (409): its identifier exists."""
        document = check_blueprint(body, self._current)
        if document["identifier"] in self._current:
            raise already_exists("Blueprint", document["identifier"])
        return self._save(document, iso(microseconds(self._clock)), frozenset())

    def replace(self, identifier: str, body: Json, untyped: frozenset[str] | None = None) -> Blueprint:
        """Replace a blueprint. Values of removed properties and relations are deleted from its entities.

        untyped: properties that accept any value, an extension of the sandbox. None keeps the current ones.
        """
        old = self.get(identifier)
        if isinstance(body, dict):
            body = {"identifier": identifier, **body}
        document = check_blueprint(body, self._current)
        check_types_unchanged(old.document, document)
        with self._store.transaction():
            self._drop_removed(old.document, document)
            return self._save(
                document, old.document["createdAt"], old.untyped if untyped is None else untyped
            )

    def change(self, identifier: str, body: Json) -> Blueprint:
        """Update the given fields. Properties, relations and computed properties are merged by name."""
        merged = self.get(identifier).definition()
        for key, value in CHANGED_BLUEPRINT.check(body).items():
            merged[key] = _merge(merged.get(key), value) if key in _MERGED else value
        return self.replace(identifier, merged)

    def rewrite(self, old: Blueprint, document: Document, untyped: frozenset[str]) -> Blueprint:
        """Replace a blueprint's document and possibly its identifier. Entities are not changed."""
        checked = check_blueprint(document, self._current)
        self._store.write(
            "UPDATE blueprints SET identifier = ? WHERE identifier = ?",
            (checked["identifier"], old.identifier),
        )
        names = [checked["identifier"] if name == old.identifier else name for name in self._current]
        self._current = dict(zip(names, self._current.values(), strict=True))
        return self._save(checked, old.document["createdAt"], untyped)

    def delete(self, identifier: str) -> None:
        """Delete a blueprint. Raises PortError (422): it has entities, or another blueprint relates to it."""
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
        """Apply all changes made in the block, or none if it raises."""
        try:
            with self._store.transaction():
                yield
        except PortError:
            self.load()
            raise

    def relations_to(self, target: str) -> list[tuple[str, str]]:
        """Return (blueprint, relation) for each relation that targets this blueprint."""
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
        removed = {
            "properties": old["schema"]["properties"].keys() - new["schema"]["properties"].keys(),
            "relations": old["relations"].keys() - new.get("relations", {}).keys(),
        }
        if any(removed.values()):
            self._entities.rewrite(
                old["identifier"],
                lambda content: {
                    **content,
                    **{part: _without(names, content[part]) for part, names in removed.items()},
                },
            )


def is_system(identifier: str) -> bool:
    """Return whether this is a system blueprint, which every organization has."""
    return identifier in _SYSTEM


def _without(names: set[str], values: Document) -> Document:
    return {name: value for name, value in values.items() if name not in names}


def _merge(old: Json, new: Json) -> Json:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merge(old.get(key), value) for key, value in new.items()}}
    return new
