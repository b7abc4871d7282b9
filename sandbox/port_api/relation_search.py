"""Search rules about relations: `relatedTo`, and `matchAny` traversal a path."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sandbox.port_api.body_schema import BodySchema
from sandbox.port_api.errors import invalid
from sandbox.port_api.graph import Direction, Graph, Node, Traversal
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.query_schemas import PATH, RELATED_TO

_RELATED_TO = BodySchema(RELATED_TO)
_PATH = BodySchema(PATH)


def related_to(rule: Json, graph: Graph) -> set[Node]:
    """Return all nodes connected to one of the rule's entities by any number of relations."""
    body = _RELATED_TO.check(rule)
    names = body["value"] if isinstance(body["value"], list) else [body["value"]]
    starts = [(body["blueprint"], name) for name in names]
    directions = [Direction(body["direction"])] if "direction" in body else list(Direction)
    reached: set[Node] = set()
    for direction in directions:
        reached.update(*graph.reach(starts, Traversal(direction, required=body.get("required"))).values())
    return reached


def match_path(path: Json, values: Collection[str], graph: Graph) -> set[Node]:
    """Return the nodes whose path leads to an entity with one of these identifiers.

    With `fromBlueprint`, the path starts at the entities of that blueprint with these identifiers, and the
    result is the nodes that it leads to.
    """
    body = _PATH.check(path)
    steps: Sequence[str | Document] = body["path"]
    if sum(isinstance(step, dict) for step in steps) > 1:
        raise invalid("maxHops can be used once in a path")
    if "fromBlueprint" in body:
        nodes = {(body["fromBlueprint"], value) for value in values}
        direction = Direction.UPSTREAM
    else:
        nodes = {(blueprint.identifier, value) for blueprint in graph.blueprints for value in values}
        direction = Direction.DOWNSTREAM
    for index, step in enumerate(steps) if "fromBlueprint" in body else reversed(list(enumerate(steps))):
        nodes = _take_step(step, nodes, Traversal(direction), graph, may_stay=index > 0)
    return nodes if steps else set()


def _take_step(
    step: str | Document, nodes: set[Node], traversal: Traversal, graph: Graph, *, may_stay: bool
) -> set[Node]:
    """Return the nodes that one step leads to. may_stay: a step with maxHops may also be skipped."""
    if isinstance(step, str):
        return {found for _, found in graph.neighbours(nodes, replace(traversal, relation=step))}
    traversal = replace(traversal, relation=step.get("relation"))
    reached = set(nodes) if may_stay else set[Node]()
    for _ in range(int(step.get("maxHops", 1))):
        nodes = {found for _, found in graph.neighbours(nodes, traversal)} - reached
        reached |= nodes
    return reached
