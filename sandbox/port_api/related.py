"""Which entities a rule about relations means: `relatedTo`, and `matchAny` along a path."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sandbox.port_api.errors import invalid
from sandbox.port_api.graph import Along, Direction, Graph, Node
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.query_shapes import PATH, RELATED_TO
from sandbox.port_api.shapes import Shape

_RELATED_TO = Shape(RELATED_TO)
_PATH = Shape(PATH)


def related_to(rule: Json, graph: Graph) -> set[Node]:
    """All that leads to, or is reached from, one of the rule's entities, over any number of relations."""
    body = _RELATED_TO.check(rule)
    names = body["value"] if isinstance(body["value"], list) else [body["value"]]
    starts = [(body["blueprint"], name) for name in names]
    directions = [Direction(body["direction"])] if "direction" in body else list(Direction)
    reached: set[Node] = set()
    for direction in directions:
        reached.update(*graph.reach(starts, Along(direction, required=body.get("required"))).values())
    return reached


def match_path(path: Json, values: Collection[str], graph: Graph) -> set[Node]:
    """The entities from which the path leads to one named by the values.

    With `fromBlueprint` the other way round: those to which it leads from the named ones of that blueprint.
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
        nodes = _after(step, nodes, Along(direction), graph, may_stay=index > 0)
    return nodes if steps else set()


def _after(
    step: str | Document, nodes: set[Node], along: Along, graph: Graph, *, may_stay: bool
) -> set[Node]:
    """Where one step of a path leads; one with maxHops may also be left out, but not at the beginning."""
    if isinstance(step, str):
        return {found for _, found in graph.next_to(nodes, replace(along, relation=step))}
    along = replace(along, relation=step.get("relation"))
    reached = set(nodes) if may_stay else set[Node]()
    for _ in range(int(step.get("maxHops", 1))):
        nodes = {found for _, found in graph.next_to(nodes, along)} - reached
        reached |= nodes
    return reached
