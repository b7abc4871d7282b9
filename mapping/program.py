"""Many jq expressions as one program over a whole batch, each as if it were evaluated alone.

Runs inside a worker. What an expression gives is written `[value]` for its first output, `[]` for none, and
`{"error": ...}` where it fails.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jq

# Ocean's way to keep the environment, and the secrets in it, from whoever may edit the mapping.
NO_ENVIRONMENT = "def env: {}; {} as $ENV | "

# What ends a program, knows its line or labels, reads inputs, has to stand first, or catches a `break`.
_ALONE = re.compile(
    r"\?//|__loc__|__jq"
    r"|(?<!\.)\b(?:halt|halt_error|inputs?|input_filename|input_line_number"
    r"|import|include|module|modulemeta|get_search_list)\b"
)
_STRING = re.compile(r'"[^"]*"')
# jq's own text of a number has all its digits, where its way to Python has those of a double.
_TO_NAME = (
    '| def name: if type == "number" and (isnan | not) then tostring else . end; '
    'if type == "array" then map(name) elif . == "" then null else name end'
)


@dataclass(frozen=True, slots=True)
class Expression:
    """jq for one field. is_name: numbers become strings, as Port's identifiers are, and "" becomes null."""

    text: str
    is_name: bool = False

    @property
    def closed(self) -> str:
        """As one term. Of two line ends, the first may end a comment, or be drawn into it by a backslash."""
        return f"(({self.text}\n\n){_TO_NAME if self.is_name else ''})"

    @property
    def runs_alone(self) -> bool:
        """True for what may behave otherwise among other expressions, or could."""
        # With a comment or an escape, where a string ends is not so easily said.
        is_simple = "#" not in self.text and "\\" not in self.text
        return bool(_ALONE.search(_STRING.sub("", self.text) if is_simple else self.text))


@dataclass(frozen=True, slots=True)
class Task:
    """Expressions to run on each item.

    has_query: the first is the query: where it does not give true, the others are not run.
    every: they are run where it gives false, too.
    """

    expressions: Sequence[Expression]
    has_query: bool = False
    every: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled task. broken: why an expression does not compile, by its place."""

    task: Task
    prelude: str
    broken: Mapping[int, str]
    together: Any = None

    @classmethod
    def of(cls, task: Task, prelude: str = "") -> "Program":
        """prelude: jq that stands before each expression."""
        broken = {
            place: reason
            for place, expression in enumerate(task.expressions)
            if (reason := _why_broken(prelude + expression.text))
        }
        if any(expression.runs_alone for expression in task.expressions):
            return cls(task, prelude, broken)
        try:
            return cls(task, prelude, broken, jq.compile(prelude + _text_of_all(task, broken)))
        except ValueError:
            return cls(task, prelude, broken)

    def run(self, items: str) -> str:
        """JSON of an array of items -> JSON of an array with what each expression gives for each of them."""
        if self.together is not None:
            # jq may refuse one of the items, and with it the whole text.
            with suppress(ValueError, StopIteration):
                outcomes: str = self.together.input_text(items).first()
                return outcomes
        return self._run_alone(json.loads(items))

    def _run_alone(self, items: Sequence[Mapping[str, Any]]) -> str:
        """As Ocean runs them: each expression on each item by itself."""
        programs = [
            _Alone.of(expression, self.prelude, self.broken.get(place, ""))
            for place, expression in enumerate(self.task.expressions)
        ]
        rows = (self._outcomes(programs, json.dumps(item)) for item in items)
        return f"[{','.join(f'[{",".join(row)}]' for row in rows)}]"

    def _outcomes(self, programs: Sequence["_Alone"], item: str) -> Iterator[str]:
        if not self.task.has_query:
            yield from (program.outcome(item) for program in programs)
            return
        query, *others = programs
        passes = query.outcome(item)
        yield passes
        if passes == "[true]" or (self.task.every and passes == "[false]"):
            yield from (program.outcome(item) for program in others)


def _why_broken(text: str) -> str:
    try:
        jq.compile(text)
    except ValueError as error:
        return str(error)
    return ""


def _text_of_all(task: Task, broken: Mapping[int, str]) -> str:
    outcomes = [
        json.dumps({"error": broken[place]})
        if place in broken
        # Not `first(...)`, which does the same but is slower.
        else f"(try [label $done | {expression.closed} | ., break $done] catch {{error: .}})"
        for place, expression in enumerate(task.expressions)
    ]
    if not task.has_query:
        return f"[.[] | [{', '.join(outcomes)}]] | tojson"
    query, *others = outcomes
    go_on = "$passes == [true]" + (" or $passes == [false]" if task.every else "")
    row = ", ".join(["$passes", *others])
    return f"[.[] | {query} as $passes | if {go_on} then [{row}] else [$passes] end] | tojson"


@dataclass(frozen=True, slots=True)
class _Alone:
    """One expression by itself. is_exact: its output is JSON already."""

    compiled: Any = None
    is_exact: bool = False
    broken: str = ""

    @classmethod
    def of(cls, expression: Expression, prelude: str, broken: str) -> "_Alone":
        if broken:
            return cls(broken=broken)
        with suppress(ValueError):
            return cls(jq.compile(f"{prelude}{expression.closed} | tojson"), is_exact=True)
        # It has to stand first.
        return cls(jq.compile(prelude + expression.text))

    def outcome(self, item: str) -> str:
        if self.broken:
            return json.dumps({"error": self.broken})
        try:
            value = self.compiled.input_text(item).first()
        except StopIteration:
            return "[]"
        except ValueError as error:
            return json.dumps({"error": str(error)})
        return f"[{value if self.is_exact else json.dumps(value)}]"
