"""Run many jq expressions as one program over a batch, with the same result as one by one.

Runs inside a worker. The outcome of an expression is `[value]` for its first output, `[]` for none, and
`{"error": ...}` if it fails.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jq

# Hides the environment, which contains secrets, from users who may edit the mapping. Ocean does the same.
NO_ENVIRONMENT = "def env: {}; {} as $ENV | "

# What ends a program, depends on its position in the text, reads inputs, or catches a `break`.
_NOT_COMBINABLE = re.compile(
    r"\?//|__loc__|__jq"
    r"|(?<!\.)\b(?:halt|halt_error|inputs?|input_filename|input_line_number"
    r"|import|include|module|modulemeta|get_search_list)\b"
)
_STRING = re.compile(r'"[^"]*"')
# jq prints all digits of a number. Numbers that it returns to Python have those of a double.
_TO_NAME = (
    '| def name: if type == "number" and (isnan | not) then tostring else . end; '
    'if type == "array" then map(name) elif . == "" then null else name end'
)


@dataclass(frozen=True, slots=True)
class Expression:
    """jq for one field. is_name: numbers become strings, like Port's identifiers, and "" becomes null."""

    text: str
    is_name: bool = False

    @property
    def term(self) -> str:
        """The expression as one term. Two line breaks end a comment, even one that escapes the first."""
        return f"(({self.text}\n\n){_TO_NAME if self.is_name else ''})"

    @property
    def is_combinable(self) -> bool:
        """Whether the result is certain to be the same among other expressions."""
        # With a comment or an escape, it is not easy to tell where a string ends.
        is_simple = "#" not in self.text and "\\" not in self.text
        return not _NOT_COMBINABLE.search(_STRING.sub("", self.text) if is_simple else self.text)


@dataclass(frozen=True, slots=True)
class Task:
    """Expressions to run on each item.

    has_query: the first one is the query. The others run only if it returns true.
    every: they also run if it returns false.
    """

    expressions: Sequence[Expression]
    has_query: bool = False
    every: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled task.

    errors: why an expression does not compile, by its index.
    combined: all expressions as one program; None: they run one by one.
    """

    task: Task
    prelude: str
    errors: Mapping[int, str]
    combined: Any = None

    @classmethod
    def of(cls, task: Task, prelude: str = "") -> "Program":
        """Compile a task. prelude: jq before each expression."""
        errors = {
            place: reason
            for place, expression in enumerate(task.expressions)
            if (reason := _compile_error(prelude + expression.text))
        }
        if not all(expression.is_combinable for expression in task.expressions):
            return cls(task, prelude, errors)
        try:
            return cls(task, prelude, errors, jq.compile(prelude + _combined(task, errors)))
        except ValueError:
            return cls(task, prelude, errors)

    def run(self, items: str) -> str:
        """Return a JSON array with the outcomes for each item of a JSON array."""
        if self.combined is not None:
            # jq may reject one of the items, and with it the whole array.
            with suppress(ValueError, StopIteration):
                outcomes: str = self.combined.input_text(items).first()
                return outcomes
        return self._run_one_by_one(json.loads(items))

    def _run_one_by_one(self, items: Sequence[Mapping[str, Any]]) -> str:
        """Run each expression on each item, as Ocean does."""
        programs = [
            _SingleProgram.of(expression, self.prelude, self.errors.get(place, ""))
            for place, expression in enumerate(self.task.expressions)
        ]
        rows = (self._outcomes(programs, json.dumps(item)) for item in items)
        return f"[{','.join(f'[{",".join(row)}]' for row in rows)}]"

    def _outcomes(self, programs: Sequence["_SingleProgram"], item: str) -> Iterator[str]:
        if not self.task.has_query:
            yield from (program.outcome(item) for program in programs)
            return
        query, *others = programs
        passes = query.outcome(item)
        yield passes
        if passes == "[true]" or (self.task.every and passes == "[false]"):
            yield from (program.outcome(item) for program in others)


def _compile_error(text: str) -> str:
    try:
        jq.compile(text)
    except ValueError as error:
        return str(error)
    return ""


def _combined(task: Task, errors: Mapping[int, str]) -> str:
    outcomes = [
        json.dumps({"error": errors[place]})
        if place in errors
        # `first(...)` does the same but is slower.
        else f"(try [label $done | {expression.term} | ., break $done] catch {{error: .}})"
        for place, expression in enumerate(task.expressions)
    ]
    if not task.has_query:
        return f"[.[] | [{', '.join(outcomes)}]] | tojson"
    query, *others = outcomes
    is_mapped = "$passes == [true]" + (" or $passes == [false]" if task.every else "")
    row = ", ".join(["$passes", *others])
    return f"[.[] | {query} as $passes | if {is_mapped} then [{row}] else [$passes] end] | tojson"


@dataclass(frozen=True, slots=True)
class _SingleProgram:
    """One compiled expression.

    is_json: its output is JSON text.
    error: why it does not compile.
    """

    compiled: Any = None
    is_json: bool = False
    error: str = ""

    @classmethod
    def of(cls, expression: Expression, prelude: str, error: str) -> "_SingleProgram":
        if error:
            return cls(error=error)
        with suppress(ValueError):
            return cls(jq.compile(f"{prelude}{expression.term} | tojson"), is_json=True)
        # The expression has to be first in its program.
        return cls(jq.compile(prelude + expression.text))

    def outcome(self, item: str) -> str:
        if self.error:
            return json.dumps({"error": self.error})
        try:
            value = self.compiled.input_text(item).first()
        except StopIteration:
            return "[]"
        except ValueError as error:
            return json.dumps({"error": str(error)})
        return f"[{value if self.is_json else json.dumps(value)}]"
