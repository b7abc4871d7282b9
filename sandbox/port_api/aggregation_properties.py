"""Aggregation properties: a number computed from all related entities of another blueprint."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from sandbox.port_api.entities import Entity
from sandbox.port_api.errors import PortError
from sandbox.port_api.graph import Direction, Graph, Node, Traversal
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.search import EVERYTHING, compile_query
from sandbox.port_api.search_rules import property_reader

_FUNCTIONS: Mapping[str, Callable[[Sequence[float]], float]] = MappingProxyType(
    {"sum": sum, "min": min, "max": max, "median": statistics.median, "average": statistics.fmean}
)


def aggregate(graph: Graph, starts: Sequence[Node], definition: Document) -> Mapping[str, Json]:
    """Return {identifier: number}. The number is null if no related entity has a value.

    The result is empty for averages per hour, day, week or month, which are not supported, and for a
    definition whose query is invalid.
    """
    measure = definition["calculationSpec"]
    by_entities = measure["calculationBy"] == "entities"
    if measure.get("averageOf", "total") != "total" or (by_entities and measure["func"] == "average"):
        return {}
    try:
        query = compile_query(definition["query"], graph) if "query" in definition else EVERYTHING
    except PortError:
        return {}
    target = definition["target"]
    related = {
        start: [identifier for blueprint, identifier in nodes if blueprint == target]
        for start, nodes in _related(graph, starts, definition).items()
    }
    candidates = graph.entities.get_many(
        target, {name for identifiers in related.values() for name in identifiers}
    )
    members = {name: entity for name, entity in candidates.items() if query.matches(entity)}
    return {
        identifier: _measured(measure, [members[name] for name in identifiers if name in members])
        for (_, identifier), identifiers in related.items()
    }


def _measured(measure: Document, members: Sequence[Entity]) -> Json:
    if measure["func"] == "count":
        return len(members)
    read = property_reader(measure["property"])
    values = [read(entity) for entity in members]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return _FUNCTIONS[measure["func"]](numbers) if numbers else None


def _related(graph: Graph, starts: Sequence[Node], definition: Document) -> dict[Node, set[Node]]:
    """Return the nodes that `pathFilter` leads to. Without it, all nodes reachable in either direction."""
    for path_filter in definition.get("pathFilter", ()):
        path: list[str] = path_filter["path"]
        if "fromBlueprint" in path_filter:
            return graph.follow(starts, [Traversal(Direction.DOWNSTREAM, name) for name in reversed(path)])
        return graph.follow(starts, [Traversal(Direction.UPSTREAM, name) for name in path])
    up, down = (graph.reach(starts, Traversal(direction)) for direction in Direction)
    return {start: up[start] | down[start] for start in up}
