"""Mirror properties: `{"path": "system.domain.$title"}` reads a value of a related entity."""

from collections.abc import Mapping, Sequence

from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.graph import Graph
from sandbox.port_api.json_codec import Json
from sandbox.port_api.search_rules import property_reader

type _Reached = dict[str, list[Entity]]
"""{identifier of the mirroring entity: the entities that its path has reached so far}"""


def mirror(graph: Graph, blueprint: Blueprint, entities: Sequence[Entity], path: str) -> Mapping[str, Json]:
    """Return {identifier: value}. The value is a list if a relation on the path is to many."""
    *relations, name = path.split(".")
    reached_by: _Reached = {entity.identifier: [entity] for entity in entities}
    many = False
    for relation_name in relations:
        relation = blueprint.rules.relations.get(relation_name)
        if relation is None:
            return {}
        reached_by = _follow(graph, reached_by, relation_name, relation.target)
        blueprint, many = graph.blueprints.get(relation.target), many or relation.many
    read = property_reader(name)
    return {
        identifier: [read(entity) for entity in found] if many else read(found[0])
        for identifier, found in reached_by.items()
        if found or many
    }


def _follow(graph: Graph, reached_by: _Reached, relation: str, target: str) -> _Reached:
    names = {
        identifier: [
            name for entity in reached for name in targets_of(entity.content["relations"].get(relation))
        ]
        for identifier, reached in reached_by.items()
    }
    found = graph.entities.get_many(target, {name for identifiers in names.values() for name in identifiers})
    return {
        identifier: [found[name] for name in identifiers if name in found]
        for identifier, identifiers in names.items()
    }
