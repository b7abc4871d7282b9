"""The relations of all entities as one graph, walked towards what entities depend on, or back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from sandbox.port_api.blueprints import Blueprints
from sandbox.port_api.entities import Entities

type Node = tuple[str, str]
"""(blueprint, identifier)"""


class Direction(Enum):
    """upstream: to what an entity relates to; downstream: to what relates to it."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


@dataclass(frozen=True, slots=True)
class Along:
    """Which relations to walk; None is no matter which. required: as the blueprint declares it."""

    direction: Direction
    relation: str | None = None
    required: bool | None = None


class Graph:
    """The entities, the blueprints, and the ways between them."""

    def __init__(self, entities: Entities, blueprints: Blueprints) -> None:
        self.entities = entities
        self.blueprints = blueprints

    def next_to(self, nodes: Collection[Node], along: Along) -> Iterator[tuple[Node, Node]]:
        """(one of the nodes, a neighbour) for each relation of theirs."""
        by_blueprint: dict[str, list[str]] = defaultdict(list)
        for blueprint, identifier in nodes:
            by_blueprint[blueprint].append(identifier)
        for blueprint, names in by_blueprint.items():
            for holder, relation, target in self._relations(blueprint, along):
                if along.direction is Direction.UPSTREAM:
                    for source, found in self.entities.links_from(holder, relation, names):
                        yield (holder, source), (target, found)
                else:
                    for source, found in self.entities.links_to(holder, relation, names):
                        yield (target, found), (holder, source)

    def reach(self, starts: Iterable[Node], along: Along) -> dict[Node, set[Node]]:
        """For each start all that can be reached from it, itself only by a circle."""
        roots: dict[Node, set[Node]] = defaultdict(set)
        edge: dict[Node, set[Node]] = {start: {start} for start in starts}
        reached: dict[Node, set[Node]] = {start: set() for start in edge}
        while edge:
            onward: dict[Node, set[Node]] = defaultdict(set)
            for node, neighbour in self.next_to(edge, along):
                onward[neighbour] |= edge[node] - roots[neighbour]
            edge = {node: new for node, new in onward.items() if new}
            for node, new in edge.items():
                roots[node] |= new
                for start in new:
                    reached[start].add(node)
        return reached

    def follow(self, starts: Iterable[Node], steps: Iterable[Along]) -> dict[Node, set[Node]]:
        """For each start where exactly these steps lead."""
        here: dict[Node, set[Node]] = {start: {start} for start in starts}
        for along in steps:
            onward: dict[Node, set[Node]] = defaultdict(set)
            for node, neighbour in self.next_to(set().union(*here.values()), along):
                onward[node].add(neighbour)
            here = {
                start: {found for node in nodes for found in onward.get(node, ())}
                for start, nodes in here.items()
            }
        return here

    def _relations(self, blueprint: str, along: Along) -> list[tuple[str, str, str]]:
        """(holder, relation, target)"""
        if along.direction is Direction.UPSTREAM:
            found = self.blueprints.find(blueprint)
            holders = [(blueprint, name) for name in found.rules.relations] if found else []
        else:
            holders = self.blueprints.relations_to(blueprint)
        relations = (
            (holder, name, self.blueprints.get(holder).rules.relations[name]) for holder, name in holders
        )
        return [
            (holder, name, relation.target)
            for holder, name, relation in relations
            if along.relation in (None, name) and along.required in (None, relation.required)
        ]
