"""Renaming of blueprints, properties, mirror properties and relations, including references to them.

References in jq (calculations and mappings) are not changed.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.port_api.blueprints import Blueprint, is_system
from sandbox.port_api.errors import already_exists, invalid, not_found
from sandbox.port_api.graph import Graph
from sandbox.port_api.json_codec import Document


class Renamer:
    """Renames definitions. Use it inside a transaction.

    Every method raises PortError: 404 if the old name does not exist, 409 if the new name exists, 422 if the
    new name is invalid.
    """

    def __init__(self, graph: Graph) -> None:
        self._entities = graph.entities
        self._blueprints = graph.blueprints

    def blueprint(self, old: str, new: str) -> Blueprint:
        """Rename a blueprint, in its entities and in relations and aggregations that target it."""
        found = self._blueprints.get(old)
        if is_system(old):
            raise invalid(f'"{old}" belongs to the system and cannot be renamed')
        if self._blueprints.find(new) is not None:
            raise already_exists("Blueprint", new)
        document = _retargeted({**found.definition(), "identifier": new}, old, new)
        self._blueprints.rewrite(found, document, found.untyped)
        self._entities.rename_blueprint(old, new)
        for other in list(self._blueprints):
            document = _retargeted(other.definition(), old, new)
            if document != other.definition():
                self._blueprints.rewrite(other, document, other.untyped)
        return self._blueprints.get(new)

    def property(self, identifier: str, old: str, new: str) -> Blueprint:
        """Rename a property, in entities and in mirrors and aggregations that read it."""
        blueprint = self._blueprints.get(identifier)
        document = blueprint.definition()
        schema = document["schema"]
        properties = _renamed("Property", schema["properties"], old, new)
        required = [new if name == old else name for name in schema.get("required", [])]
        document["schema"] = {**schema, "properties": properties}
        if required:
            document["schema"]["required"] = required
        untyped = frozenset(new if name == old else name for name in blueprint.untyped)
        self._blueprints.rewrite(blueprint, document, untyped)
        self._rename_in_entities(identifier, "properties", old, new)
        self._rename_in_paths(identifier, old, new, at_end=True)
        self._rename_in_aggregations(identifier, old, new)
        return self._blueprints.get(identifier)

    def mirror(self, identifier: str, old: str, new: str) -> Blueprint:
        """Rename a mirror property. No stored value has its name."""
        blueprint = self._blueprints.get(identifier)
        document = blueprint.definition()
        mirrors = document.get("mirrorProperties", {})
        document["mirrorProperties"] = _renamed("Mirror property", mirrors, old, new)
        return self._blueprints.rewrite(blueprint, document, blueprint.untyped)

    def relation(self, identifier: str, old: str, new: str) -> Blueprint:
        """Rename a relation, in entities and in the paths of mirror properties."""
        blueprint = self._blueprints.get(identifier)
        self._rename_in_paths(identifier, old, new, at_end=False)
        document = self._blueprints.get(identifier).definition()
        document["relations"] = _renamed("Relation", document["relations"], old, new)
        self._blueprints.rewrite(blueprint, document, blueprint.untyped)
        self._rename_in_entities(identifier, "relations", old, new)
        return self._blueprints.get(identifier)

    def _rename_in_entities(self, identifier: str, part: str, old: str, new: str) -> None:
        self._entities.rewrite(
            identifier,
            lambda content: {
                **content,
                part: {new if name == old else name: value for name, value in content[part].items()},
            },
        )

    def _rename_in_paths(self, identifier: str, old: str, new: str, *, at_end: bool) -> None:
        """Rename a step of mirror paths that starts at this blueprint."""
        for blueprint in list(self._blueprints):
            mirrors = blueprint.document.get("mirrorProperties", {})
            changed = {
                name: {
                    **definition,
                    "path": ".".join(
                        new if (place, step, is_end) == (identifier, old, at_end) else step
                        for place, step, is_end in self._steps(blueprint, definition["path"])
                    ),
                }
                for name, definition in mirrors.items()
            }
            if changed != mirrors:
                document = {**blueprint.definition(), "mirrorProperties": changed}
                self._blueprints.rewrite(blueprint, document, blueprint.untyped)

    def _steps(self, start: Blueprint, path: str) -> Iterator[tuple[str | None, str, bool]]:
        """Iterate over (starting blueprint, step, is last) of a mirror's path."""
        place: Blueprint | None = start
        *relations, end = path.split(".")
        for step in relations:
            yield place.identifier if place else None, step, False
            relation = place.rules.relations.get(step) if place else None
            place = self._blueprints.find(relation.target) if relation else None
        yield place.identifier if place else None, end, True

    def _rename_in_aggregations(self, identifier: str, old: str, new: str) -> None:
        for blueprint in list(self._blueprints):
            aggregations = blueprint.document.get("aggregationProperties", {})
            changed = {
                name: {**definition, "calculationSpec": {**definition["calculationSpec"], "property": new}}
                if definition["target"] == identifier and definition["calculationSpec"].get("property") == old
                else definition
                for name, definition in aggregations.items()
            }
            if changed != aggregations:
                document = {**blueprint.definition(), "aggregationProperties": changed}
                self._blueprints.rewrite(blueprint, document, blueprint.untyped)


def _retargeted(document: Document, old: str, new: str) -> Document:
    """Return the document with its relations and aggregations targeting the new identifier."""
    changed = dict(document)
    for kind in ("relations", "aggregationProperties"):
        if kind in document:
            changed[kind] = {
                name: {**definition, "target": new} if definition["target"] == old else definition
                for name, definition in document[kind].items()
            }
    return changed


def _renamed(what: str, definitions: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    if old not in definitions:
        raise not_found(what, old)
    if new in definitions and new != old:
        raise already_exists(what, new)
    return {new if name == old else name: definition for name, definition in definitions.items()}
