"""Templates that put values of a login response into requests: {"X-Session": "{{.session.token}}"}."""

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
class Template:
    """JSON with jq expressions in double braces. A string that is one expression keeps the value's type."""

    shape: Json
    paths: Mapping[str, Path]

    @classmethod
    def of(cls, shape: Json) -> Self:
        """Compile a template. Raises JqError: an expression does not compile."""
        return cls(shape, {text: jq_path(text.strip()) for text in _expressions(shape)})

    def fill(self, body: Json) -> Json:
        """Return the JSON with the first output of each expression. Raises AuthError: one has none."""
        return self._fill(self.shape, body)

    def values(self, body: Json) -> list[str]:
        """Return the first output of each expression, as text. Raises AuthError: one has none."""
        return [text_of(self._value(expression, body)) for expression in self.paths]

    def _fill(self, shape: Json, body: Json) -> Json:
        if isinstance(shape, dict):
            return {name: self._fill(value, body) for name, value in shape.items()}
        if isinstance(shape, list):
            return [self._fill(element, body) for element in shape]
        if not isinstance(shape, str):
            return shape
        whole = _EXPRESSION.fullmatch(shape)
        if whole and whole[1] in self.paths:
            return self._value(whole[1], body)
        return _EXPRESSION.sub(lambda match: text_of(self._value(match[1], body)), shape)

    def _value(self, expression: str, body: Json) -> Json:
        try:
            value = next(iter(self.paths[expression].outputs(body)), None)
        except JqError as error:
            raise AuthError(f"{{{{{expression}}}}} fails on the login response: {error}") from error
        if value is None:
            raise AuthError(
                f"the login response has no value at {expression.strip()}",
                hint="Correct customAuthRequestTemplate",
            )
        return value


def _expressions(shape: Json) -> list[str]:
    if isinstance(shape, str):
        return _EXPRESSION.findall(shape)
    inner = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
    return [text for part in inner for text in _expressions(part)]
