from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.web.diagram import Drawing, Relation, draw

_COMPANY = [
    Relation("subtask", "task", "task"),
    Relation("task", "project", "project"),
    Relation("task", "assignee", "user"),
    Relation("project", "owner", "user"),
]
_names = st.sampled_from("abcdefgh")
_relations = st.lists(st.builds(Relation, _names, st.sampled_from(["r", "s", "t"]), _names), max_size=20)


def _places(drawing: Drawing) -> dict[str, tuple[float, float]]:
    return {box.blueprint: (box.x, box.y) for box in drawing.boxes}


def test_target_is_right_of_its_sources() -> None:
    places = _places(draw(["user", "project", "task", "subtask"], _COMPANY))
    assert [name for name, _ in sorted(places.items(), key=lambda item: item[1])] == [
        "subtask",
        "task",
        "project",
        "user",
    ]
    assert len({x for x, _ in places.values()}) == 4


def test_arrow_avoids_boxes_of_columns_that_it_passes() -> None:
    drawing = draw(["user", "project", "task", "subtask"], _COMPANY)
    project = next(box for box in drawing.boxes if box.blueprint == "project")
    assignee = next(arrow for arrow in drawing.arrows if arrow.relation.name == "assignee")
    passing = [step.split() for step in assignee.path.split("L")[1:]]
    assert len(passing) == 1
    assert not project.y <= float(passing[0][1]) <= project.y + project.height


def test_cycle_has_one_backward_arrow() -> None:
    drawing = draw(["one", "two"], [Relation("one", "next", "two"), Relation("two", "back", "one")])
    starts = {arrow.relation.name: float(arrow.path[1:].split()[0]) for arrow in drawing.arrows}
    assert starts["next"] < starts["back"]
    assert {arrow.anchor for arrow in drawing.arrows} == {"start", "end"}


def test_relation_to_itself_is_a_loop_and_hidden_targets_are_omitted() -> None:
    drawing = draw(["task"], [Relation("task", "parent", "task"), Relation("task", "owner", "_user")])
    assert drawing.arrows == ()
    assert [box.loops for box in drawing.boxes] == [("parent",)]


def test_drawing_without_blueprints_is_empty() -> None:
    assert draw([], []).boxes == ()


@settings(deadline=None)
@given(blueprints=st.lists(_names, unique=True), relations=_relations)
def test_boxes_never_overlap_and_every_relation_has_an_arrow(
    blueprints: list[str], relations: list[Relation]
) -> None:
    drawing = draw(blueprints, relations)
    assert sorted(box.blueprint for box in drawing.boxes) == sorted(blueprints)
    for one, other in combinations(drawing.boxes, 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_x or apart_y, (one, other)
    known = [r for r in relations if {r.source, r.target} <= set(blueprints)]
    drawn = [arrow.relation for arrow in drawing.arrows] + [
        Relation(box.blueprint, name, box.blueprint) for box in drawing.boxes for name in box.loops
    ]
    key = lambda r: (r.source, r.name, r.target)  # noqa: E731
    assert sorted(drawn, key=key) == sorted(known, key=key)
    assert all(0 <= box.x <= drawing.width and 0 <= box.y <= drawing.height for box in drawing.boxes)
