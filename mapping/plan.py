"""A mapping prepared for a batch: its expressions, and the entity that their values make."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

from mapping.program import Expression, Task
from mapping.shortcuts import NeedsJqError, Shortcut, name_shortcut_for, shortcut_for
from rest.bodies import Json
from rest.page import Item

# jq, or an object or list of it, as in search rules. Port's models let null through, too.
type Field = str | Mapping[str, Field] | list[Mapping[str, Field]]
# What an expression gives: a list of its first output, an empty list, or {"error": ...}.
type Outcome = list[Json] | dict[str, Json]
type Entity = dict[str, Json]
# A field of an entity: the index of its expression, or an object or list of such.
type Node = int | dict[str, Node] | list[Node]

# Single quotes stand for double quotes at the start and end of a word, as in all mappings of Port.
_SINGLE_QUOTES = re.compile(r"""(\A|\s)'(?![\s"])|(?<![\s"])'(\s|\Z)""")


class Pending(Enum):
    """Stands for a value that jq has yet to give."""

    PENDING = "pending"


PENDING = Pending.PENDING


@dataclass(frozen=True, slots=True)
class EntityMapping:
    """jq for each field of an entity, as in `port.entity.mappings`, and the query that selects items.

    fields: `{"identifier": ".id", "blueprint": '"task"', "properties": {"name": ".name"}}`
    """

    fields: Mapping[str, Field]
    query: str = "true"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One expression of a mapping.

    name: `properties.name`.
    shortcut: evaluates it without jq; None: it needs jq.
    invalid: why it is not a string; "": it is one.
    in_list: it is part of a list of search rules.
    """

    name: str
    written: str
    expression: Expression
    shortcut: Shortcut | None
    invalid: str = ""
    in_list: bool = False

    @classmethod
    def of(cls, path: tuple[str, ...], written: str, *, in_list: bool = False) -> "Leaf":
        """Return the leaf of an expression. path: the keys that lead to it."""
        name, invalid = ".".join(path), ""
        try:
            text = jq_of(written)
        except TypeError as error:
            text, invalid = "null", str(error)
        is_name = path in (("identifier",), ("blueprint",)) or (path[0] == "relations" and len(path) == 2)
        shortcut = name_shortcut_for(text) if is_name else shortcut_for(text)
        return cls(name, written, Expression(text, is_name), shortcut, invalid, in_list)

    def value_of(self, item: Item) -> Json | Pending:
        """Return the value for an item, or PENDING if that needs jq."""
        try:
            return self.shortcut(item) if self.shortcut else PENDING
        except NeedsJqError:
            return PENDING


def jq_of(written: str) -> str:
    """Return an expression as jq reads it, up to the first NUL. Raises TypeError: it is not a string."""
    return _SINGLE_QUOTES.sub(r'\1"\2', written).partition("\0")[0]


@dataclass(slots=True)
class Row:
    """The results for one item.

    passes: what the query gives.
    values: one for each expression; empty if the query excludes the item.
    failures: why a value is missing, by the index of its expression.
    """

    passes: Outcome | Pending
    values: list[Json | Pending]
    failures: dict[int, str]

    @property
    def is_pending(self) -> bool:
        """Whether jq has to give a result."""
        return self.passes is PENDING or PENDING in self.values


@dataclass(frozen=True, slots=True)
class JqTask:
    """What jq has to evaluate for pending rows.

    places: the index in the plan of each expression of the task, without the query.
    """

    task: Task
    places: Sequence[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping prepared for a batch.

    invalid: why an expression is not a string, by its index.
    every: items that the query excludes are mapped, too.
    """

    query: Leaf
    leaves: Sequence[Leaf]
    entity: Mapping[str, Node]
    invalid: Mapping[int, str]
    every: bool = False

    @classmethod
    def of(cls, mapping: EntityMapping, *, every: bool = False) -> "Plan":
        """Prepare a mapping."""
        leaves: list[Leaf] = []
        entity = {key: _node((key,), each, leaves) for key, each in mapping.fields.items()}
        invalid = {place: leaf.invalid for place, leaf in enumerate(leaves) if leaf.invalid}
        return cls(Leaf.of(("query",), mapping.query), leaves, entity, invalid, every)

    def row(self, item: Item) -> Row:
        """Return the results that need no jq."""
        passes = self.query.value_of(item)
        is_mapped = passes is True or passes is PENDING or (self.every and passes is False)
        values = [leaf.value_of(item) for leaf in self.leaves] if is_mapped else []
        return Row(PENDING if isinstance(passes, Pending) else [passes], values, dict(self.invalid))

    def pending_row(self) -> Row:
        """Return the row of an item for which everything needs jq."""
        return Row(PENDING, [PENDING for _ in self.leaves], dict(self.invalid))

    def jq_task(self, rows: Iterable[Row]) -> JqTask:
        """Return what jq has to evaluate for pending rows."""
        expressions = [self.query.expression] if any(row.passes is PENDING for row in rows) else []
        places = sorted({place for row in rows for place, value in enumerate(row.values) if value is PENDING})
        task = Task(
            [*expressions, *(self.leaves[place].expression for place in places)],
            has_query=bool(expressions),
            every=self.every,
        )
        return JqTask(task, places)

    def complete(self, row: Row, jq_task: JqTask, outcomes: Iterable[Outcome]) -> None:
        """Write jq's results into a row."""
        results = iter(outcomes)
        if jq_task.task.has_query:
            row.passes = next(results)
        # There are no further results if the query excludes the item.
        for place, outcome in zip(jq_task.places, results, strict=False):
            row.values[place] = outcome[0] if outcome and isinstance(outcome, list) else None
            if isinstance(outcome, dict):
                row.failures[place] = message_of(outcome)
            elif not outcome and self.leaves[place].in_list:
                # In search rules, Ocean reports an expression without output as this failure.
                row.failures[place] = "StopIteration()"

    def entity_of(self, values: Sequence[Json | Pending]) -> Entity:
        """Return the entity that the values make. None of them is pending."""
        known = cast("Sequence[Json]", values)
        return {key: _built(node, known) for key, node in self.entity.items()}


def message_of(outcome: Mapping[str, Json]) -> str:
    """Return jq's message for a failed expression. The value that jq raises may be any JSON."""
    error = outcome["error"]
    return error if isinstance(error, str) else json.dumps(error)


def _built(node: Node, values: Sequence[Json]) -> Json:
    if isinstance(node, int):
        return values[node]
    if isinstance(node, list):
        return [_built(child, values) for child in node]
    return {key: _built(child, values) for key, child in node.items()}


def _node(path: tuple[str, ...], written: Field, leaves: list[Leaf], *, in_list: bool = False) -> Node:
    """Return the node of a field, and add its expressions to the leaves."""
    if isinstance(written, Mapping):
        return {key: _node((*path, key), inner, leaves, in_list=in_list) for key, inner in written.items()}
    if isinstance(written, list):
        return [_node(path, inner, leaves, in_list=True) for inner in written]
    leaves.append(Leaf.of(path, written, in_list=in_list))
    return len(leaves) - 1
