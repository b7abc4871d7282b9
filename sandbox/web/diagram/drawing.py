"""The measures of the diagram in pixels: boxes, the places where arrows touch them, and the arrows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.web.diagram.layers import Layers, Relation, Route, Stop, arrange, groups, neighbours

_WIDTH, _LOWEST = 208, 72
"""Of a box; it grows with the number of arrows that touch it."""
_STEP = 26
"""Between two arrows at a box; also the room for a loop below it."""
_SPACE, _MARGIN = 28, 16
"""Between boxes of a column, and around everything."""
_PASSAGE = 18
"""The height of a place where an arrow passes a column."""
_NARROWEST_GAP, _WIDEST_GAP, _LETTER = 88, 210, 6.6
"""Between columns: as the longest name of a relation needs it, by the width of a letter."""
_FLAT = 0.7
"""The share of a gap in which a curve stays nearly level, so that the name above it can be read."""
_SWEEPS = 8
_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Box:
    """A blueprint's place. loops: names of the relations that lead back to itself."""

    blueprint: str
    x: float
    y: float
    width: float
    height: float
    loops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A relation's line as an SVG path, and where its name stands: `start` or `end` is the anchor."""

    relation: Relation
    path: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in place."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(blueprints: Sequence[str], relations: Sequence[Relation]) -> Drawing:
    """Related blueprints in columns, one group of them below the other; the rest in rows at the end."""
    loops: dict[str, list[str]] = {blueprint: [] for blueprint in blueprints}
    for relation in relations:
        if relation.source == relation.target and relation.source in loops:
            loops[relation.source].append(relation.name)
    known = [r for r in relations if r.source != r.target and {r.source, r.target} <= loops.keys()]
    longest = max((len(relation.name) for relation in known), default=0)
    gap = min(_WIDEST_GAP, max(_NARROWEST_GAP, longest * _LETTER + 44))
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    top, widest = float(_MARGIN), _A_ROW
    for group in groups(blueprints, known):
        sheet = _Sheet(arrange(group, [r for r in known if r.source in group]), loops, top, gap)
        boxes += sheet.boxes()
        arrows += sheet.arrows()
        top, widest = sheet.bottom() + _SPACE, max(widest, sheet.column_count)
    joined = {box.blueprint for box in boxes}
    boxes += _rows([name for name in blueprints if name not in joined], loops, top, widest)
    right = max((box.x + box.width for box in boxes), default=0)
    bottom = max((box.y + box.height + (_STEP if box.loops else 0) for box in boxes), default=0)
    return Drawing(right + _MARGIN, bottom + _MARGIN, tuple(boxes), tuple(arrows))


def _rows(names: Sequence[str], loops: Mapping[str, Sequence[str]], top: float, a_row: int) -> list[Box]:
    return [
        Box(
            name,
            _MARGIN + index % a_row * (_WIDTH + _SPACE),
            top + index // a_row * (_LOWEST + _STEP + _SPACE),
            _WIDTH,
            _LOWEST,
            tuple(loops[name]),
        )
        for index, name in enumerate(names)
    ]


class _Sheet:
    """A group of related blueprints: heights first, then rows, then what joins them."""

    def __init__(self, layers: Layers, loops: Mapping[str, Sequence[str]], top: float, gap: float) -> None:
        self._layers = layers
        self._begin = top
        self._loops = loops
        self._left = neighbours(layers.routes, left=True)
        self._right = neighbours(layers.routes, left=False)
        self._gap = gap
        self._column = {stop: n for n, column in enumerate(layers.columns) for stop in column}
        self._top = self._tops()

    @property
    def column_count(self) -> int:
        """How many boxes stand side by side."""
        return len(self._layers.columns)

    def bottom(self) -> float:
        """The lowest end of anything."""
        return max(self._top[stop] + self._room(stop) for stop in self._top)

    def boxes(self) -> list[Box]:
        """Column by column, each from top to bottom."""
        return [
            Box(stop, self._x(stop), self._top[stop], _WIDTH, self._height(stop), tuple(self._loops[stop]))
            for column in self._layers.columns
            for stop in column
            if isinstance(stop, str)
        ]

    def arrows(self) -> list[Arrow]:
        """In the order of the relations."""
        leaving, arriving = self._touches(leaving=True), self._touches(leaving=False)
        return [
            self._arrow(route, leaving[number], arriving[number])
            for number, route in enumerate(self._layers.routes)
        ]

    def _arrow(self, route: Route, y_left: float, y_right: float) -> Arrow:
        """Curves between columns, straight lines past what stands in them."""
        points = [(self._x(route.stops[0]) + _WIDTH, y_left)]
        for stop in route.stops[1:-1]:
            y = self._middle(stop)
            points += [(self._x(stop), y), (self._x(stop) + _WIDTH, y)]
        points.append((self._x(route.stops[-1]), y_right))
        x, y = points[-1 if route.backwards else 0]
        steps = points[::-1] if route.backwards else points
        anchor, shift = ("end", -10) if route.backwards else ("start", 10)
        return Arrow(route.relation, _path(steps), x + shift, y - 6, anchor)

    def _touches(self, *, leaving: bool) -> dict[int, float]:
        """By route: the height at which it leaves its left box, or arrives at its right one."""
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
        """Stacked, then drawn towards the middle of what each is joined to, without overlaps."""
        top: dict[Stop, float] = {}
        for column in self._layers.columns:
            y = 0.0
            for stop in column:
                top[stop] = y
                y += self._room(stop) + _SPACE
        for sweep in range(_SWEEPS):
            joined = self._left if sweep % 2 == 0 else self._right
            for column in self._layers.columns:
                self._draw_together(column, joined, top)
        highest = min(top.values())
        return {stop: y - highest + self._begin for stop, y in top.items()}

    def _draw_together(
        self, column: Sequence[Stop], joined: Mapping[Stop, Sequence[Stop]], top: dict[Stop, float]
    ) -> None:
        wanted = []
        for stop in column:
            middles = [top[other] + self._height(other) / 2 for other in joined.get(stop, ())]
            wanted.append(sum(middles) / len(middles) - self._height(stop) / 2 if middles else top[stop])
        placed: list[float] = []
        free = wanted[0]
        for stop, y in zip(column, wanted, strict=True):
            placed.append(max(y, free))
            free = placed[-1] + self._room(stop) + _SPACE
        drift = sum(y - want for y, want in zip(placed, wanted, strict=True)) / len(placed)
        top.update(zip(column, (y - drift for y in placed), strict=True))

    def _middle(self, stop: Stop) -> float:
        return self._top[stop] + self._height(stop) / 2

    def _x(self, stop: Stop) -> float:
        return _MARGIN + self._column[stop] * (_WIDTH + self._gap)

    def _height(self, stop: Stop) -> float:
        if not isinstance(stop, str):
            return _PASSAGE
        return max(_LOWEST, _STEP * max(len(self._left.get(stop, ())), len(self._right.get(stop, ()))) + 12)

    def _room(self, stop: Stop) -> float:
        """Height with what stands below the box."""
        return self._height(stop) + (_STEP if isinstance(stop, str) and self._loops[stop] else 0)


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Curve, line, curve, line, ... curve."""
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
