"""Deleting entities, together with the entities that relate to them when that is asked for."""

from collections import defaultdict

from sandbox.port_api.blueprints import Blueprints
from sandbox.port_api.entities import Entities
from sandbox.port_api.errors import has_dependents


def delete_entities(
    entities: Entities, blueprints: Blueprints, blueprint: str, identifiers: list[str], *, dependents: bool
) -> list[str]:
    """The deleted identifiers of this blueprint; unknown ones are passed over.

    Raises PortError (422): there are dependents, and they were not to be deleted. Then nothing is.
    """
    doomed: dict[str, set[str]] = defaultdict(set)
    existing = entities.existing(blueprint, identifiers)
    doomed[blueprint] = set(existing)
    waiting = [(blueprint, sorted(existing))]
    while waiting:
        target, names = waiting.pop()
        for holder, relation in blueprints.relations_to(target):
            found = sorted(
                {source for source, _ in entities.links_to(holder, relation, names)} - doomed[holder]
            )
            if found and not dependents:
                raise has_dependents("Entity", names[0], f"{len(found)} entities of {holder} relate to it")
            if found:
                doomed[holder].update(found)
                waiting.append((holder, found))
    for holder, names_of_holder in doomed.items():
        entities.delete(holder, sorted(names_of_holder))
    asked = [identifier for identifier in dict.fromkeys(identifiers) if identifier in existing]
    return asked + sorted(doomed[blueprint] - existing)
