"""Calculation properties: `{"calculation": ".properties.a + .properties.b"}` is jq applied to the entity."""

import re
from collections.abc import Callable

import jq

from sandbox.port_api.json_codec import Document, Json

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'((?:[^\'\\]|\\.)*)\'')


def compile_calculation(expression: str) -> Callable[[Document], Json]:
    """Compile a calculation. It returns jq's first result, or null if jq fails or returns nothing.

    An expression that does not compile always returns null.
    """
    try:
        program = jq.compile(_STRING.sub(_in_double_quotes, expression))
    except ValueError:
        return lambda _entity: None

    def calculate(entity: Document) -> Json:
        try:
            result: Json = next(iter(program.input_value(entity)), None)
        except ValueError:
            return None
        return result

    return calculate


def _in_double_quotes(found: re.Match[str]) -> str:
    """Rewrite a string in single quotes, which Port accepts and jq does not."""
    inside: str | None = found[1]
    if inside is None:
        return found[0]
    return '"' + inside.replace("\\'", "'").replace('"', '\\"') + '"'
