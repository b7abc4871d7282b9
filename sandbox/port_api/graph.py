"""The graph of all entities and their relations, and their latest changes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from sandbox.port_api.blueprints import Blueprints
from sandbox.port_api.entities import Entities
from sandbox.port_api.recent_changes import RecentChanges

type Node = tuple[str, str]
"""(blueprint, identifier)"""


class Direction(Enum):
    """upstream: to the targets of an entity's relations; downstream: to the entities that relate to it."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


@dataclass(frozen=True, slots=True)
class Traversal:
    """Which relations to follow. None means any. required: the flag in the blueprint."""

    direction: Direction
    relation: str | None = None
    required: bool | None = None


class Graph:
    """Entities, blueprints, traversal of the relations between entities, and the latest changes."""

    def __init__(self, entities: Entities, blueprints: Blueprints) -> None:
        self.entities = entities
        self.blueprints = blueprints
        self.recent_changes = RecentChanges()

    def neighbours(self, nodes: Collection[Node], traversal: Traversal) -> Iterator[tuple[Node, Node]]:
        """Iterate over (node, neighbour) for each matching relation of the nodes."""
        by_blueprint: dict[str, list[str]] = defaultdict(list)
        for blueprint, identifier in nodes:
            by_blueprint[blueprint].append(identifier)
        for blueprint, names in by_blueprint.items():
            for source_blueprint, relation, target in self._relations(blueprint, traversal):
                if traversal.direction is Direction.UPSTREAM:
                    for source, found in self.entities.links_from(source_blueprint, relation, names):
                        yield (source_blueprint, source), (target, found)
                else:
                    for source, found in self.entities.links_to(source_blueprint, relation, names):
                        yield (target, found), (source_blueprint, source)

    def reach(self, starts: Iterable[Node], traversal: Traversal) -> dict[Node, set[Node]]:
        """Return all nodes that can be reached from each start. A start reaches itself only in a cycle."""
        roots: dict[Node, set[Node]] = defaultdict(set)
        edge: dict[Node, set[Node]] = {start: {start} for start in starts}
        reached: dict[Node, set[Node]] = {start: set() for start in edge}
        while edge:
            onward: dict[Node, set[Node]] = defaultdict(set)
            for node, neighbour in self.neighbours(edge, traversal):
                onward[neighbour] |= edge[node] - roots[neighbour]
            edge = {node: new for node, new in onward.items() if new}
            for node, new in edge.items():
                roots[node] |= new
                for start in new:
                    reached[start].add(node)
        return reached

    def follow(self, starts: Iterable[Node], steps: Iterable[Traversal]) -> dict[Node, set[Node]]:
        """Return the nodes that exactly these steps lead to, for each start."""
        current: dict[Node, set[Node]] = {start: {start} for start in starts}
        for traversal in steps:
            onward: dict[Node, set[Node]] = defaultdict(set)
            for node, neighbour in self.neighbours(set().union(*current.values()), traversal):
                onward[node].add(neighbour)
            current = {
                start: {found for node in nodes for found in onward.get(node, ())}
                for start, nodes in current.items()
            }
        return current

    def _relations(self, blueprint: str, traversal: Traversal) -> list[tuple[str, str, str]]:
        """Return (source blueprint, relation, target blueprint) for each matching relation."""
        if traversal.direction is Direction.UPSTREAM:
            found = self.blueprints.find(blueprint)
            relations_by_source = [(blueprint, name) for name in found.rules.relations] if found else []
        else:
            relations_by_source = self.blueprints.relations_to(blueprint)
        relations = (
            (source_blueprint, name, self.blueprints.get(source_blueprint).rules.relations[name])
            for source_blueprint, name in relations_by_source
        )
        return [
            (source_blueprint, name, relation.target)
            for source_blueprint, name, relation in relations
            if traversal.relation in (None, name) and traversal.required in (None, relation.required)
        ]
