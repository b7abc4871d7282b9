"""Templates that put values into requests: {"X-Session": "{{.session.token}}"}.

An expression can also read variables, like the headers of a login response: {{$headers["x-token"]}}.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from expressions.paths import Path, jq_path
from rest.bodies import Json
from rest.errors import AuthError, JqError
from rest.request import text_of

_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Input:
    body: Json
    variables: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Template:
    """JSON with jq expressions in double braces. A string that is one expression keeps the value's type.

    setting: where it is written. source: what the expressions read, for messages.
    variables: the names of the variables that expressions can use.
    """

    shape: Json
    paths: Mapping[str, Path]
    setting: str
    source: str
    variables: tuple[str, ...] = ()

    @classmethod
    def of(cls, shape: Json, setting: str, source: str, variables: tuple[str, ...] = ()) -> Self:
        """Compile a template. Raises JqError: an expression does not compile."""
        programs = {text: _program(text.strip(), variables) for text in _expressions(shape)}
        return cls(
            shape, {text: jq_path(each) for text, each in programs.items()}, setting, source, variables
        )

    def fill(self, body: Json, **variables: Json) -> Json:
        """Return the JSON with the first output of each expression. Raises AuthError: one has none."""
        return self._fill(self.shape, _Input(body, variables))

    def values(self, body: Json, **variables: Json) -> list[str]:
        """Return the first output of each expression, as text. Raises AuthError: one has none."""
        return [text_of(self._value(expression, _Input(body, variables))) for expression in self.paths]

    def _fill(self, shape: Json, source: _Input) -> Json:
        if isinstance(shape, dict):
            return {name: self._fill(value, source) for name, value in shape.items()}
        if isinstance(shape, list):
            return [self._fill(element, source) for element in shape]
        if not isinstance(shape, str):
            return shape
        whole = _EXPRESSION.fullmatch(shape)
        if whole and whole[1] in self.paths:
            return self._value(whole[1], source)
        return _EXPRESSION.sub(lambda match: text_of(self._value(match[1], source)), shape)

    def _value(self, expression: str, source: _Input) -> Json:
        given: Json = source.body
        if _uses_variable(expression, self.variables):
            given = {"variables": dict(source.variables), "body": source.body}
        try:
            value = next(iter(self.paths[expression].outputs(given)), None)
        except JqError as error:
            hint = self._variable_advice(expression)
            raise AuthError(f"{{{{{expression}}}}} fails on {self.source}: {error}", hint=hint) from error
        if value is None:
            advice = self._variable_advice(expression)
            raise AuthError(
                f"{self.source} has no value at {expression.strip()}",
                hint=f"Correct {self.setting}{advice and f'. {advice}'}",
            )
        return value

    def _variable_advice(self, expression: str) -> str:
        """Return how to read a variable, if an expression looks for it in the body: .headers["x-token"]."""
        name = next((name for name in self.variables if expression.strip().startswith(f".{name}")), "")
        if name:
            return f"To read the {name} of the response, write ${name} instead of .{name}"
        is_header = "headers" in self.variables and "$headers" in expression
        return "The names of headers are in lower case" if is_header else ""


def _uses_variable(expression: str, variables: tuple[str, ...]) -> bool:
    return any(re.search(rf"\${name}\b", expression) for name in variables)


def _program(expression: str, variables: tuple[str, ...]) -> str:
    """Return an expression that binds its variables. The line break ends a comment in it."""
    if not _uses_variable(expression, variables):
        return expression
    bound = "".join(f".variables.{name} as ${name} | " for name in variables)
    return f"{bound}.body | ({expression}\n)"


def _expressions(shape: Json) -> list[str]:
    if isinstance(shape, str):
        return _EXPRESSION.findall(shape)
    inner = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
    return [text for part in inner for text in _expressions(part)]
