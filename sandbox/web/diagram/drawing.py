"""Positions of boxes and arrows in pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.web.diagram.layers import Layers, Relation, Route, Stop, arrange, groups, neighbours

_WIDTH, _MIN_HEIGHT = 208, 72
"""The width and the minimum height of a box. Its height grows with its number of arrows."""
_STEP = 26
"""The distance between two arrows at a box, and the space for a loop below it."""
_SPACE, _MARGIN = 28, 16
"""The distance between boxes in a column, and the margin of the drawing."""
_PASSAGE = 18
"""The height that an arrow needs to pass a column."""
_MIN_GAP, _MAX_GAP, _LETTER_WIDTH = 88, 210, 6.6
"""The limits of the distance between columns, and the width of a letter. Relation names have to fit."""
_FLAT = 0.7
"""The part of the gap in which a curve is nearly horizontal, so that its name stays readable."""
_SWEEPS = 8
_BOXES_PER_ROW = 3


@dataclass(frozen=True, slots=True)
class Box:
    """The box of a blueprint. loops: names of the relations to itself."""

    blueprint: str
    x: float
    y: float
    width: float
    height: float
    loops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """The arrow of a relation as an SVG path. x, y and anchor (`start` or `end`): position of its name."""

    relation: Relation
    path: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The complete drawing."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(blueprints: Sequence[str], relations: Sequence[Relation]) -> Drawing:
    """Arrange related blueprints in columns, one group below the other, then the others in rows."""
    loops: dict[str, list[str]] = {blueprint: [] for blueprint in blueprints}
    for relation in relations:
        if relation.source == relation.target and relation.source in loops:
            loops[relation.source].append(relation.name)
    known = [r for r in relations if r.source != r.target and {r.source, r.target} <= loops.keys()]
    longest = max((len(relation.name) for relation in known), default=0)
    gap = min(_MAX_GAP, max(_MIN_GAP, longest * _LETTER_WIDTH + 44))
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    top, widest = float(_MARGIN), _BOXES_PER_ROW
    for group in groups(blueprints, known):
        layout = _GroupLayout(arrange(group, [r for r in known if r.source in group]), loops, top, gap)
        boxes += layout.boxes()
        arrows += layout.arrows()
        top, widest = layout.bottom() + _SPACE, max(widest, layout.column_count)
    joined = {box.blueprint for box in boxes}
    boxes += _rows([name for name in blueprints if name not in joined], loops, top, widest)
    right = max((box.x + box.width for box in boxes), default=0)
    bottom = max((box.y + box.height + (_STEP if box.loops else 0) for box in boxes), default=0)
    return Drawing(right + _MARGIN, bottom + _MARGIN, tuple(boxes), tuple(arrows))


def _rows(names: Sequence[str], loops: Mapping[str, Sequence[str]], top: float, per_row: int) -> list[Box]:
    return [
        Box(
            name,
            _MARGIN + index % per_row * (_WIDTH + _SPACE),
            top + index // per_row * (_MIN_HEIGHT + _STEP + _SPACE),
            _WIDTH,
            _MIN_HEIGHT,
            tuple(loops[name]),
        )
        for index, name in enumerate(names)
    ]


class _GroupLayout:
    """The layout of one group of related blueprints."""

    def __init__(self, layers: Layers, loops: Mapping[str, Sequence[str]], top: float, gap: float) -> None:
        self._layers = layers
        self._start_y = top
        self._loops = loops
        self._left = neighbours(layers.routes, left=True)
        self._right = neighbours(layers.routes, left=False)
        self._gap = gap
        self._column = {stop: n for n, column in enumerate(layers.columns) for stop in column}
        self._top = self._tops()

    @property
    def column_count(self) -> int:
        """The number of columns."""
        return len(self._layers.columns)

    def bottom(self) -> float:
        """Return the lowest y of the group."""
        return max(self._top[stop] + self._total_height(stop) for stop in self._top)

    def boxes(self) -> list[Box]:
        """Return the boxes column by column, from top to bottom."""
        return [
            Box(stop, self._x(stop), self._top[stop], _WIDTH, self._height(stop), tuple(self._loops[stop]))
            for column in self._layers.columns
            for stop in column
            if isinstance(stop, str)
        ]

    def arrows(self) -> list[Arrow]:
        """Return the arrows in the order of the relations."""
        leaving, arriving = self._endpoints(leaving=True), self._endpoints(leaving=False)
        return [
            self._arrow(route, leaving[number], arriving[number])
            for number, route in enumerate(self._layers.routes)
        ]

    def _arrow(self, route: Route, y_left: float, y_right: float) -> Arrow:
        """Draw curves between columns and straight lines across them."""
        points = [(self._x(route.stops[0]) + _WIDTH, y_left)]
        for stop in route.stops[1:-1]:
            y = self._middle(stop)
            points += [(self._x(stop), y), (self._x(stop) + _WIDTH, y)]
        points.append((self._x(route.stops[-1]), y_right))
        x, y = points[-1 if route.backwards else 0]
        steps = points[::-1] if route.backwards else points
        anchor, shift = ("end", -10) if route.backwards else ("start", 10)
        return Arrow(route.relation, _path(steps), x + shift, y - 6, anchor)

    def _endpoints(self, *, leaving: bool) -> dict[int, float]:
        """Return for each route the y at which it leaves its left box or arrives at its right box."""
        ends: dict[Stop, list[tuple[float, int]]] = {}
        for number, route in enumerate(self._layers.routes):
            own, other = (route.stops[0], route.stops[1]) if leaving else (route.stops[-1], route.stops[-2])
            ends.setdefault(own, []).append((self._middle(other), number))
        return {
            number: self._middle(stop) + (place - (len(found) - 1) / 2) * _STEP
            for stop, found in ends.items()
            for place, (_, number) in enumerate(sorted(found))
        }

    def _tops(self) -> dict[Stop, float]:
        """Stack the stops of each column, then pull each towards its neighbours without overlaps."""
        top: dict[Stop, float] = {}
        for column in self._layers.columns:
            y = 0.0
            for stop in column:
                top[stop] = y
                y += self._total_height(stop) + _SPACE
        for sweep in range(_SWEEPS):
            joined = self._left if sweep % 2 == 0 else self._right
            for column in self._layers.columns:
                self._pull_together(column, joined, top)
        highest = min(top.values())
        return {stop: y - highest + self._start_y for stop, y in top.items()}

    def _pull_together(
        self, column: Sequence[Stop], joined: Mapping[Stop, Sequence[Stop]], top: dict[Stop, float]
    ) -> None:
        desired = []
        for stop in column:
            middles = [top[other] + self._height(other) / 2 for other in joined.get(stop, ())]
            desired.append(sum(middles) / len(middles) - self._height(stop) / 2 if middles else top[stop])
        placed: list[float] = []
        free = desired[0]
        for stop, y in zip(column, desired, strict=True):
            placed.append(max(y, free))
            free = placed[-1] + self._total_height(stop) + _SPACE
        drift = sum(y - target for y, target in zip(placed, desired, strict=True)) / len(placed)
        top.update(zip(column, (y - drift for y in placed), strict=True))

    def _middle(self, stop: Stop) -> float:
        return self._top[stop] + self._height(stop) / 2

    def _x(self, stop: Stop) -> float:
        return _MARGIN + self._column[stop] * (_WIDTH + self._gap)

    def _height(self, stop: Stop) -> float:
        if not isinstance(stop, str):
            return _PASSAGE
        return max(
            _MIN_HEIGHT, _STEP * max(len(self._left.get(stop, ())), len(self._right.get(stop, ()))) + 12
        )

    def _total_height(self, stop: Stop) -> float:
        """Return the height including the space for loops below the box."""
        return self._height(stop) + (_STEP if isinstance(stop, str) and self._loops[stop] else 0)


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Return an SVG path that alternates between curves and lines."""
    (x, y), *others = points
    parts = [f"M{x:.0f} {y:.0f}"]
    for index, (to_x, to_y) in enumerate(others):
        if index % 2:
            parts.append(f"L{to_x:.0f} {to_y:.0f}")
        else:
            flat = (to_x - x) * _FLAT
            parts.append(f"C{x + flat:.0f} {y:.0f} {to_x - flat:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}")
        x, y = to_x, to_y
    return " ".join(parts)
