"""What a login's answer puts into requests: `{{.session.token}}` in headers, parameters and bodies."""

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
    """JSON with jq expressions in double braces. A text that is nothing but one keeps its JSON type."""

    shape: Json
    paths: Mapping[str, Path]

    @classmethod
    def of(cls, shape: Json) -> Self:
        """Raises JqError: an expression does not compile."""
        return cls(shape, {text: jq_path(text.strip()) for text in _expressions(shape)})

    def filled(self, answer: Json) -> Json:
        """The JSON with every expression's first output. Raises AuthError: one gives nothing."""
        return self._filled(self.shape, answer)

    def texts(self, answer: Json) -> list[str]:
        """Each expression's first output, as text. Raises AuthError: one gives nothing."""
        return [text_of(self._value(expression, answer)) for expression in self.paths]

    def _filled(self, shape: Json, answer: Json) -> Json:
        if isinstance(shape, dict):
            return {name: self._filled(value, answer) for name, value in shape.items()}
        if isinstance(shape, list):
            return [self._filled(element, answer) for element in shape]
        if not isinstance(shape, str):
            return shape
        whole = _EXPRESSION.fullmatch(shape)
        if whole and whole[1] in self.paths:
            return self._value(whole[1], answer)
        return _EXPRESSION.sub(lambda match: text_of(self._value(match[1], answer)), shape)

    def _value(self, expression: str, answer: Json) -> Json:
        try:
            value = next(iter(self.paths[expression].outputs(answer)), None)
        except JqError as error:
            raise AuthError(f"the login's answer: {{{{{expression}}}}} fails on it: {error}") from error
        if value is None:
            raise AuthError(
                f"the login's answer has nothing at {expression.strip()}",
                hint="Correct customAuthRequestTemplate",
            )
        return value


def _expressions(shape: Json) -> list[str]:
    if isinstance(shape, str):
        return _EXPRESSION.findall(shape)
    inner = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
    return [text for part in inner for text in _expressions(part)]
