"""Calculation properties: `{"calculation": ".properties.a + .properties.b"}` is jq on the entity."""

import re
from collections.abc import Callable

import jq

from sandbox.port_api.jsontext import Document, Json

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'((?:[^\'\\]|\\.)*)\'')


def calculation(expression: str) -> Callable[[Document], Json]:
    """The function of it: what jq gives first; null when it gives nothing, or fails, or is no jq at all."""
    try:
        program = jq.compile(_STRING.sub(_in_double_quotes, expression))
    except ValueError:
        return lambda _entity: None

    def calculate(entity: Document) -> Json:
        try:
            found: Json = next(iter(program.input_value(entity)), None)
        except ValueError:
            return None
        return found

    return calculate


def _in_double_quotes(found: re.Match[str]) -> str:
    """Port takes texts in single quotes too, which jq does not."""
    inside: str | None = found[1]
    if inside is None:
        return found[0]
    return '"' + inside.replace("\\'", "'").replace('"', '\\"') + '"'
