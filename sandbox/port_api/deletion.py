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
        for holder, relation in blueprints.relations_to(target):
            found = sorted(
                {source for source, _ in entities.links_to(holder, relation, names)} - to_delete[holder]
            )
            if found and not dependents:
                raise has_dependents("Entity", names[0], f"{len(found)} entities of {holder} relate to it")
            if found:
                to_delete[holder].update(found)
                pending.append((holder, found))
    for holder, names_of_holder in to_delete.items():
        entities.delete(holder, sorted(names_of_holder))
    requested = [identifier for identifier in dict.fromkeys(identifiers) if identifier in existing]
    return requested + sorted(to_delete[blueprint] - existing)
