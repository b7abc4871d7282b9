"""Assignment of blueprints to columns by their relations, and their order within a column."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 6

type Stop = str | tuple[int, int]
"""A blueprint, or (route, column) where an arrow passes a column between its ends."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation from a source blueprint to a target blueprint."""

    source: str
    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Route:
    """The stops of an arrow from left to right, one per column. backwards: it points to the left."""

    relation: Relation
    stops: tuple[Stop, ...]
    backwards: bool


@dataclass(frozen=True, slots=True)
class Layers:
    """The layout in columns. columns: the stops of each column from top to bottom."""

    columns: tuple[tuple[Stop, ...], ...]
    routes: tuple[Route, ...]


def groups(blueprints: Sequence[str], relations: Sequence[Relation]) -> list[list[str]]:
    """Return the connected components of the blueprints. Those without relations are omitted."""
    group_of: dict[str, set[str]] = {}
    for relation in relations:
        both = group_of.get(relation.source, {relation.source}) | group_of.get(
            relation.target, {relation.target}
        )
        group_of |= dict.fromkeys(both, both)
    firsts = [name for name in blueprints if name in group_of]
    return [
        [name for name in blueprints if name in group_of[first]]
        for place, first in enumerate(firsts)
        if not group_of[first] & set(firsts[:place])
    ]


def arrange(blueprints: Sequence[str], relations: Sequence[Relation]) -> Layers:
    """Place every target to the right of its sources, except in cycles."""
    column_of = _columns(blueprints, relations)
    routes = tuple(_route(number, relation, column_of) for number, relation in enumerate(relations))
    columns: dict[int, list[Stop]] = defaultdict(list)
    for blueprint in blueprints:
        columns[column_of[blueprint]].append(blueprint)
    for route in routes:
        for stop in route.stops[1:-1]:
            columns[stop[1] if isinstance(stop, tuple) else 0].append(stop)
    ordered = _order([columns[number] for number in sorted(columns)], routes)
    return Layers(tuple(tuple(column) for column in ordered), routes)


def neighbours(routes: Sequence[Route], *, left: bool) -> Mapping[Stop, list[Stop]]:
    """Return the stops that each stop is connected to in the column on its left or right."""
    found: dict[Stop, list[Stop]] = defaultdict(list)
    for route in routes:
        for near, far in zip(route.stops, route.stops[1:], strict=False):
            found[far if left else near].append(near if left else far)
    return found


def _columns(blueprints: Sequence[str], relations: Sequence[Relation]) -> dict[str, int]:
    """Return each blueprint's column. It depends on the longest path to a blueprint without relations."""
    targets: dict[str, list[str]] = defaultdict(list)
    for relation in relations:
        targets[relation.source].append(relation.target)
    distance: dict[str, int] = {}
    entered: set[str] = set()

    def visit(blueprint: str) -> int:
        if blueprint not in distance:
            entered.add(blueprint)
            distances = [visit(target) for target in targets[blueprint] if target not in entered]
            entered.discard(blueprint)
            distance[blueprint] = 1 + max(distances, default=-1)
        return distance[blueprint]

    furthest = max(visit(blueprint) for blueprint in blueprints)
    return {blueprint: furthest - distance[blueprint] for blueprint in blueprints}


def _route(number: int, relation: Relation, column_of: Mapping[str, int]) -> Route:
    backwards = column_of[relation.source] > column_of[relation.target]
    ends = (relation.target, relation.source) if backwards else (relation.source, relation.target)
    between = range(column_of[ends[0]] + 1, column_of[ends[1]])
    return Route(relation, (ends[0], *((number, column) for column in between), ends[1]), backwards)


def _order(columns: list[list[Stop]], routes: Sequence[Route]) -> list[list[Stop]]:
    """Sort each column by the mean position of each stop's neighbours, sweeping right and left in turns."""
    for sweep in range(_SWEEPS):
        rightwards = sweep % 2 == 0
        joined = neighbours(routes, left=rightwards)
        indexes = range(1, len(columns)) if rightwards else range(len(columns) - 2, -1, -1)
        for index in indexes:
            neighbour_positions = {
                stop: place for place, stop in enumerate(columns[index - 1 if rightwards else index + 1])
            }
            places = {
                stop: _mean([neighbour_positions[other] for other in joined[stop]], default=place)
                for place, stop in enumerate(columns[index])
            }
            columns[index].sort(key=places.__getitem__)
    return columns


def _mean(numbers: Sequence[int], default: float) -> float:
    return sum(numbers) / len(numbers) if numbers else default
