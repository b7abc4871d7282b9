"""The tree of a response."""

from typing import Any

import pytest

from builder.web.answer.node_paths import field_expression, list_expression
from builder.web.answer.tree import Tree
from expressions.paths import jq_path
from rest.origin import Redactor

_BODY: Any = {
    "users": [{"id": 1, "name": "One", "tags": [{"key": "a"}], "owner": {"e mail": "x"}}, {"id": 2}],
    "links": {"next": None},
}


def _tree(body: Any = _BODY, data_path: str = ".users", *secrets: str) -> Tree:
    return Tree(body, data_path, Redactor.of(secrets))


@pytest.mark.parametrize(
    ("data_path", "positions", "field"),
    [
        (".users", (0, 0, 0), ".id"),
        (".users", (0, 1, 0), ".id"),
        (".users", (0, 0, 3, 0), '.owner."e mail"'),
        (".users", (0, 0, 2), ".tags"),
        (".users", (0, 0, 2, 0, 0), "[.tags[]?.key]"),
        (".users[]", (0, 0, 0), ".id"),
        (".users | map(select(.id))", (0, 0, 0), ".id"),
        (".users[].tags[]?", (0, 0, 2, 0, 0), ".key"),
        (".links", (1, 0), ".next"),
        (".", (0,), ".users"),
        (".users", (1, 0), ""),
        (".users", (0,), ""),
        (".users", (0, 0), ""),
        (".users[1]", (0, 0, 0), ""),
        ("first(.users[])", (0, 0, 0), ""),
        (".users |", (0, 0, 0), ""),
    ],
)
def test_a_node_knows_its_path_within_the_item(
    data_path: str, positions: tuple[int, ...], field: str
) -> None:
    assert _tree(data_path=data_path).node(positions).field == field


@pytest.mark.parametrize(
    ("data_path", "open_nodes"),
    [
        (".users", [(), (0,), (0, 0)]),
        (".users[]", [(), (0,), (0, 0)]),
        (".users[].tags[]?", [(), (0,), (0, 0), (0, 0, 2), (0, 0, 2, 0)]),
        (".links", [(), (1,)]),
        (".nobody", [()]),
        ("first(.users[])", [()]),
    ],
)
def test_the_way_to_the_first_item_is_open(data_path: str, open_nodes: list[tuple[int, ...]]) -> None:
    tree = _tree(data_path=data_path)
    found = []
    pending: list[tuple[int, ...]] = [()]
    while pending:
        node = tree.node(pending.pop(0))
        if node.is_on_path:
            found.append(node.positions)
            pending += [each.positions for each in tree.level(node.positions).nodes if each.is_branch]
    assert found == open_nodes


@pytest.mark.parametrize(
    ("keys", "expression", "count"),
    [((), ".", 2), (("a",), ".a", 1), (("a", 0, "b"), ".a[].b[]?", 3), ((0, "b"), ".[].b[]?", 0)],
)
def test_the_path_of_a_list_reads_its_elements(
    keys: tuple[str | int, ...], expression: str, count: int
) -> None:
    """An index stands for all elements. Those without the list are skipped."""
    bodies: dict[str, Any] = {
        ".": [1, 2],
        ".a": {"a": [1]},
        ".a[].b[]?": {"a": [{"b": [1, 2]}, {}, {"b": [3]}]},
        ".[].b[]?": [{"b": None}],
    }
    assert list_expression(keys) == expression
    outputs = jq_path(expression).outputs(bodies[expression])
    assert sum(len(each) if isinstance(each, list) else 1 for each in outputs) == count


def test_the_expression_of_a_field_reads_every_element_of_a_list() -> None:
    path = jq_path(field_expression(("a", 0, "b", 1)))
    assert path.outputs({"a": [{"b": [1, 2]}, {"b": None}, {"b": [3]}]}) == [[1, 2, 3]]
    assert path.outputs({}) == [[]]


def test_the_list_of_the_items_is_marked() -> None:
    assert [node.is_list_of_items for node in _tree().level(()).nodes] == [True, False]
    assert _tree([1], ".").root.is_list_of_items


def test_a_long_list_comes_in_parts() -> None:
    tree = _tree(list(range(250)), ".")
    first, last = tree.level(()), tree.level((), 200)
    assert (len(first.nodes), first.missing, first.next) == (100, 150, 100)
    assert (len(last.nodes), last.missing) == (50, 0)
    assert last.nodes[-1].label == "249"


def test_secrets_are_masked_in_keys_and_values() -> None:
    body = {"my-secret-key": 1, "b": f"{'x' * 75}my-secret-key", "c": ["my-secret-key"]}
    nodes = _tree(body, ".", "my-secret-key").level(()).nodes
    assert "secret" not in repr([(node.label, node.preview, node.text) for node in nodes])


def test_a_long_text_is_cut() -> None:
    node = _tree({"a": "é" * 5000}, ".").node((0,))
    assert (len(node.text), node.missing, node.preview) == (4000, 1000, f"{'é' * 80}…")


def test_a_lone_surrogate_can_be_shown() -> None:
    (node,) = _tree({"\ud800": "\ud800"}, ".").level(()).nodes
    assert (node.label, node.text) == ("?", "?")


def test_a_node_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(LookupError):
        _tree().node((7,))
