"""What a mapping asks of an item: its expressions, each by name, and the entity that their values make."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

from mapping.forms import Form, NeedsJqError, form_for, text_form_for
from mapping.program import Expression, Task
from rest.bodies import Json
from rest.page import Item

# jq; or an object or a list of such, which search rules are. Port's models let null through, too.
type Field = str | Mapping[str, Field] | list[Mapping[str, Field]]
# What one expression gives: its first output, nothing, or {"error": ...}.
type Outcome = list[Json] | dict[str, Json]
type Entity = dict[str, Json]
# A field of an entity: the place of its expression, or what is made of several.
type Node = int | dict[str, Node] | list[Node]

# Single quotes stand for double ones where they open or close a word, as everywhere in Port's mappings.
_SINGLE_QUOTES = re.compile(r"""(\A|\s)'(?![\s"])|(?<![\s"])'(\s|\Z)""")


class Open(Enum):
    """Stands for a value until jq has given it."""

    OPEN = "open"


OPEN = Open.OPEN


@dataclass(frozen=True, slots=True)
class EntityMapping:
    """What items become: jq by field, as `port.entity.mappings` writes it, and the query that they must pass.

    fields: `{"identifier": ".id", "blueprint": '"task"', "properties": {"name": ".name"}}`
    """

    fields: Mapping[str, Field]
    query: str = "true"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One expression of a mapping.

    name: `properties.name`. form: what answers without jq, where that can be. refused: why it is no text.
    in_list: it stands in a list of search rules.
    """

    name: str
    written: str
    expression: Expression
    form: Form | None
    refused: str = ""
    in_list: bool = False

    @classmethod
    def of(cls, path: tuple[str, ...], written: str, *, in_list: bool = False) -> "Leaf":
        """path: the keys that lead to it."""
        name, refused = ".".join(path), ""
        try:
            text = jq_of(written)
        except TypeError as error:
            text, refused = "null", str(error)
        is_name = path in (("identifier",), ("blueprint",)) or (path[0] == "relations" and len(path) == 2)
        form = text_form_for(text) if is_name else form_for(text)
        return cls(name, written, Expression(text, is_name), form, refused, in_list)

    def value_of(self, item: Item) -> Json | Open:
        """The value for an item, if that needs no jq."""
        try:
            return self.form(item) if self.form else OPEN
        except NeedsJqError:
            return OPEN


def jq_of(written: str) -> str:
    """An expression as jq takes it, which reads no further than to a NUL. Raises TypeError: it is no text."""
    return _SINGLE_QUOTES.sub(r'\1"\2', written).partition("\0")[0]


@dataclass(slots=True)
class Row:
    """What is known of one item.

    passes: what the query gives. values: one for each expression, unless the query leaves the item out.
    failures: why a value is missing, by its place.
    """

    passes: Outcome | Open
    values: list[Json | Open]
    failures: dict[int, str]

    @property
    def is_open(self) -> bool:
        """True while jq has to be asked."""
        return self.passes is OPEN or OPEN in self.values


@dataclass(frozen=True, slots=True)
class Question:
    """What jq is asked about open rows. places: of the task's expressions, the query not counted."""

    task: Task
    places: Sequence[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping, made ready for a batch.

    refused: why an expression is no text, by its place. every: what the query leaves out is mapped too.
    """

    query: Leaf
    leaves: Sequence[Leaf]
    entity: Mapping[str, Node]
    refused: Mapping[int, str]
    every: bool = False

    @classmethod
    def of(cls, mapping: EntityMapping, *, every: bool = False) -> "Plan":
        """The plan of a mapping."""
        leaves: list[Leaf] = []
        entity = {key: _node((key,), each, leaves) for key, each in mapping.fields.items()}
        refused = {place: leaf.refused for place, leaf in enumerate(leaves) if leaf.refused}
        return cls(Leaf.of(("query",), mapping.query), leaves, entity, refused, every)

    def row(self, item: Item) -> Row:
        """What can be said of an item without jq."""
        passes = self.query.value_of(item)
        goes_on = passes is True or passes is OPEN or (self.every and passes is False)
        values = [leaf.value_of(item) for leaf in self.leaves] if goes_on else []
        return Row(OPEN if isinstance(passes, Open) else [passes], values, dict(self.refused))

    def open_row(self) -> Row:
        """The row of an item of which nothing can be said without jq."""
        return Row(OPEN, [OPEN for _ in self.leaves], dict(self.refused))

    def question(self, rows: Iterable[Row]) -> Question:
        """What jq has to be asked about open rows."""
        expressions = [self.query.expression] if any(row.passes is OPEN for row in rows) else []
        places = sorted({place for row in rows for place, value in enumerate(row.values) if value is OPEN})
        task = Task(
            [*expressions, *(self.leaves[place].expression for place in places)],
            has_query=bool(expressions),
            every=self.every,
        )
        return Question(task, places)

    def complete(self, row: Row, question: Question, outcomes: Iterable[Outcome]) -> None:
        """Writes jq's answer into a row."""
        answers = iter(outcomes)
        if question.task.has_query:
            row.passes = next(answers)
        # There is none where the query left the item out.
        for place, outcome in zip(question.places, answers, strict=False):
            row.values[place] = outcome[0] if outcome and isinstance(outcome, list) else None
            if isinstance(outcome, dict):
                row.failures[place] = message_of(outcome)
            elif not outcome and self.leaves[place].in_list:
                # Where Ocean reads search rules, it takes no output for a failure, and says so.
                row.failures[place] = "StopIteration()"

    def entity_of(self, values: Sequence[Json | Open]) -> Entity:
        """The entity that the values of all expressions make, none of them open."""
        known = cast("Sequence[Json]", values)
        return {key: _built(node, known) for key, node in self.entity.items()}


def message_of(outcome: Mapping[str, Json]) -> str:
    """jq's words for why an expression fails; what is raised may be any JSON."""
    error = outcome["error"]
    return error if isinstance(error, str) else json.dumps(error)


def _built(node: Node, values: Sequence[Json]) -> Json:
    if isinstance(node, int):
        return values[node]
    if isinstance(node, list):
        return [_built(child, values) for child in node]
    return {key: _built(child, values) for key, child in node.items()}


def _node(path: tuple[str, ...], written: Field, leaves: list[Leaf], *, in_list: bool = False) -> Node:
    """The place of a field in an entity; its expressions are added to the leaves."""
    if isinstance(written, Mapping):
        return {key: _node((*path, key), inner, leaves, in_list=in_list) for key, inner in written.items()}
    if isinstance(written, list):
        return [_node(path, inner, leaves, in_list=True) for inner in written]
    leaves.append(Leaf.of(path, written, in_list=in_list))
    return len(leaves) - 1
