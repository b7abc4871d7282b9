"""Validation of entities, compiled once per version of their blueprint."""

from dataclasses import dataclass

from sandbox.port_api.errors import invalid
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.property_rules import Check, accept_any, check_for
from sandbox.port_api.text_rules import is_entity_identifier


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a blueprint. many: the value is an array of identifiers instead of one identifier."""

    target: str
    many: bool
    required: bool


class EntityRules:
    """The validation rules of a blueprint. Every method raises PortError (422) at the first violation.

    untyped: properties whose values are not validated (blueprints created for a mapping).
    """

    def __init__(self, blueprint: Document, untyped: frozenset[str] = frozenset()) -> None:
        properties: dict[str, Document] = blueprint["schema"]["properties"]
        self._checks: dict[str, Check] = {
            name: accept_any if name in untyped else check_for(definition)
            for name, definition in properties.items()
        }
        self._required: list[str] = blueprint["schema"].get("required", [])
        self.defaults: Document = {
            name: definition["default"] for name, definition in properties.items() if "default" in definition
        }
        self.relations: dict[str, Relation] = {
            name: Relation(relation["target"], relation["many"], relation["required"])
            for name, relation in blueprint.get("relations", {}).items()
        }
        self._required_relations = [name for name, relation in self.relations.items() if relation.required]

    def check_content(self, content: Document) -> None:
        """Validate the fields that were sent: title, icon, team, properties and relations."""
        for field in ("title", "icon"):
            if not isinstance(content.get(field), str | None):
                raise invalid(f"{field} must be string")
        _check_team(content.get("team"))
        self._check_properties(content.get("properties", {}))
        self._check_relations(content.get("relations", {}))

    def check_complete(self, content: Document) -> None:
        """Validate that the content to store has all required properties and relations."""
        for name in self._required:
            if content["properties"].get(name) is None:
                raise invalid(f"properties must have required property '{name}'")
        for name in self._required_relations:
            if content["relations"].get(name) is None:
                raise invalid(f"relations must have required relation '{name}'")

    def _check_properties(self, properties: Json) -> None:
        if not isinstance(properties, dict):
            raise invalid("properties must be object")
        checks = self._checks
        for name, value in properties.items():
            check = checks.get(name)
            if check is None:
                raise invalid(f"properties must not have additional property '{name:.100}'")
            if value is not None:
                problem = check(value)
                if problem is not None:
                    raise invalid(f"properties/{name} {problem}")

    def _check_relations(self, relations: Json) -> None:
        if not isinstance(relations, dict):
            raise invalid("relations must be object")
        for name, value in relations.items():
            relation = self.relations.get(name)
            if relation is None:
                raise invalid(f"relations must not have additional relation '{name:.100}'")
            if value is not None:
                _check_target(name, relation, value)


def _check_team(team: Json) -> None:
    if isinstance(team, list):
        valid = all(isinstance(name, str) for name in team)
    else:
        valid = isinstance(team, str | None)
    if not valid:
        raise invalid("team must be string or array of strings")


def _check_target(name: str, relation: Relation, value: Json) -> None:
    if relation.many and not isinstance(value, list):
        raise invalid(f"relations/{name} must be array: the relation is to many entities")
    targets = value if relation.many and isinstance(value, list) else [value]
    for target in targets:
        if not isinstance(target, str):
            raise invalid(f"relations/{name} must hold {'strings' if relation.many else 'one string'}")
        if not is_entity_identifier(target):
            raise invalid(f"relations/{name} is not an entity identifier: {target!r:.120}")
