"""The nodes of a response's tree. Each level is rendered when the user opens it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from builder.web.answer.node_paths import (
    Keys,
    field_expression,
    first_item,
    is_list_at,
    item_keys,
    list_expression,
    plain_steps,
)
from rest.bodies import Json
from rest.origin import Redactor

# The children of a node that are rendered at a time.
BATCH = 100
_MAX_LABEL, _MAX_PREVIEW, _MAX_TEXT = 120, 80, 4000

# Positions instead of keys, because a key may be a secret.
type Positions = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A value in the tree.

    positions: its place below each of its parents. keys: its keys and indexes. label: the last of them.
    preview: the value on one line. text: a leaf's value. missing: how many characters `text` leaves out.
    item_keys: the keys within its item, None outside of the items. is_list_of_items: it holds the items.
    is_on_path: it leads to the first item.
    """

    positions: Positions
    keys: Keys
    label: str
    type: str
    preview: str
    count: int = 0
    text: str = ""
    missing: int = 0
    item_keys: Keys | None = None
    is_list_of_items: bool = False
    is_on_path: bool = False

    @property
    def is_branch(self) -> bool:
        """True if it has children."""
        return self.count > 0

    @property
    def id(self) -> str:
        """The positions as text."""
        return ".".join(map(str, self.positions))

    @property
    def field(self) -> str:
        """The jq path within the item, "" outside of the items."""
        return field_expression(self.item_keys) if self.item_keys else ""

    @property
    def list_path(self) -> str:
        """The data_path that reads the elements of this list, "" if it is not a list."""
        return list_expression(self.keys) if self.type == "list" else ""

    @property
    def is_single(self) -> bool:
        """True if an item has one such value: it is not in a list of the item."""
        return all(isinstance(key, str) for key in self.item_keys or ())


@dataclass(frozen=True, slots=True)
class Level:
    """Children of a node, at most 100. missing: how many are not rendered yet, and follow from `next`."""

    positions: Positions
    nodes: tuple[Node, ...]
    total: int
    next: int

    @property
    def missing(self) -> int:
        """The number of children that are not rendered yet."""
        return self.total - self.next

    @property
    def id(self) -> str:
        """The positions as text."""
        return ".".join(map(str, self.positions))


class Tree:
    """A response's body, whose items are at data_path."""

    def __init__(self, body: Json, data_path: str, redact: Redactor) -> None:
        self._body = body
        self._redact = redact
        self._steps = plain_steps(data_path)
        self._first_item = first_item(body, self._steps)

    @property
    def root(self) -> Node:
        """The whole body."""
        return self._node((), (), self._body)

    def level(self, positions: Positions, start: int = 0) -> Level:
        """Return the children of a node from one of them on. Raises LookupError: there is no such node."""
        keys, value = self._at(positions)
        children = islice(_children(value), start, start + BATCH)
        nodes = tuple(
            self._node((*positions, number), (*keys, key), child)
            for number, (key, child) in enumerate(children, start)
        )
        return Level(positions, nodes, _count(value), start + len(nodes))

    def node(self, positions: Positions) -> Node:
        """Return a node. Raises LookupError: there is no such node."""
        keys, value = self._at(positions)
        return self._node(positions, keys, value)

    def _at(self, positions: Positions) -> tuple[Keys, Json]:
        keys: Keys = ()
        value = self._body
        for position in positions:
            child = next(islice(_children(value), position, None), None)
            if child is None:
                raise LookupError(positions)
            keys, value = (*keys, child[0]), child[1]
        return keys, value

    def _node(self, positions: Positions, keys: Keys, value: Json) -> Node:
        label = "response" if not keys else str(keys[-1])
        text, missing = ("", 0) if isinstance(value, dict | list) else self._text(value)
        return Node(
            positions,
            keys,
            self._short(label, _MAX_LABEL),
            _type(value),
            self._preview(value),
            _count(value),
            text,
            missing,
            item_keys(self._body, self._steps, keys),
            isinstance(value, list) and is_list_at(self._steps, keys),
            len(keys) <= len(self._first_item) and keys == self._first_item[: len(keys)],
        )

    def _preview(self, value: Json) -> str:
        if isinstance(value, dict):
            names = ", ".join(map(str, islice(value, 4)))
            return self._short(f"{{{names}{', …' if len(value) > 4 else ''}}}")
        if isinstance(value, list):
            return f"[{len(value):,}]"
        return self._short(value if isinstance(value, str) else json.dumps(value)) if value != "" else '""'

    def _short(self, text: str, length: int = _MAX_PREVIEW) -> str:
        return " ".join(self._start(text, length).split()) + ("…" if len(text) > length else "")

    def _text(self, value: Json) -> tuple[str, int]:
        text = value if isinstance(value, str) else json.dumps(value)
        return self._start(text, _MAX_TEXT), max(0, len(text) - _MAX_TEXT)

    def _start(self, text: str, length: int) -> str:
        return start_of(text, length, self._redact)


def start_of(text: str, length: int, redact: Redactor) -> str:
    """Return the first characters of a text, with secrets masked and lone surrogates replaced."""
    # A secret that crosses the end must be complete to be recognized. Searching all of the text takes long.
    start = text[: length + redact.longest_bytes]
    return redact.start_of(start.encode(errors="replace").decode(), length)


def _children(value: Json) -> Iterator[tuple[str | int, Json]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _count(value: Json) -> int:
    return len(value) if isinstance(value, dict | list) else 0


def _type(value: Json) -> str:
    match value:
        case dict():
            return "object"
        case list():
            return "list"
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "text"
    return "number"
