"""Deletion of entities, optionally with the entities that relate to them."""

from collections import defaultdict

from sandbox.port_api.blueprints import Blueprints
from sandbox.port_api.entities import Entities
from sandbox.port_api.errors import has_dependents


def delete_entities(
    entities: Entities, blueprints: Blueprints, blueprint: str, identifiers: list[str], *, dependents: bool
) -> list[str]:
    """Delete entities and return the deleted identifiers of this blueprint. Unknown ones are ignored.

    dependents: also delete all entities that relate to them.
    Raises PortError (422): the entities have dependents and `dependents` is false. Nothing is deleted.
    """
    to_delete: dict[str, set[str]] = defaultdict(set)
    existing = entities.existing(blueprint, identifiers)
    to_delete[blueprint] = set(existing)
    pending = [(blueprint, sorted(existing))]
    while pending:
        target, names = pending.pop()
        for source_blueprint, relation in blueprints.relations_to(target):
            sources = sorted(
                {source for source, _ in entities.links_to(source_blueprint, relation, names)}
                - to_delete[source_blueprint]
            )
            if sources and not dependents:
                raise has_dependents(
                    "Entity", names[0], f"{len(sources)} entities of {source_blueprint} relate to it"
                )
            if sources:
                to_delete[source_blueprint].update(sources)
                pending.append((source_blueprint, sources))
    for source_blueprint, identifiers_to_delete in to_delete.items():
        entities.delete(source_blueprint, sorted(identifiers_to_delete))
    requested = [identifier for identifier in dict.fromkeys(identifiers) if identifier in existing]
    return requested + sorted(to_delete[blueprint] - existing)
