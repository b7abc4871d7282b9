"""Deletion of entities, optionally with the entities that relate to them."""

from collections import defaultdict
from dataclasses import dataclass

from sandbox.port_api.errors import has_dependents
from sandbox.port_api.graph import Graph
from sandbox.port_api.recent_changes import KEPT_CHANGES


@dataclass(frozen=True, slots=True)
class Deletion:
    """How to delete. dependents: also all entities that relate to them; moment: microseconds since 1970."""

    dependents: bool
    moment: int


def delete_entities(graph: Graph, blueprint: str, identifiers: list[str], deletion: Deletion) -> list[str]:
    """Delete entities and return the deleted identifiers of this blueprint. Unknown ones are ignored.

    Raises PortError (422): the entities have dependents that are to be kept. Nothing is deleted.
    """
    entities = graph.entities
    to_delete: dict[str, set[str]] = defaultdict(set)
    existing = entities.existing(blueprint, identifiers)
    to_delete[blueprint] = set(existing)
    pending = [(blueprint, sorted(existing))]
    while pending:
        target, targets = pending.pop()
        for source_blueprint, relation in graph.blueprints.relations_to(target):
            sources = sorted(
                {source for source, _ in entities.links_to(source_blueprint, relation, targets)}
                - to_delete[source_blueprint]
            )
            if sources and not deletion.dependents:
                raise has_dependents(
                    "Entity", targets[0], f"{len(sources)} entities of {source_blueprint} relate to it"
                )
            if sources:
                to_delete[source_blueprint].update(sources)
                pending.append((source_blueprint, sources))
    for source_blueprint, identifiers_to_delete in to_delete.items():
        names = sorted(identifiers_to_delete)
        for entity in entities.get_many(source_blueprint, names[:KEPT_CHANGES]).values():
            graph.recent_changes.note(deletion.moment, entity, None)
        entities.delete(source_blueprint, names)
    requested = [identifier for identifier in dict.fromkeys(identifiers) if identifier in existing]
    return requested + sorted(to_delete[blueprint] - existing)
