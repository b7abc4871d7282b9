"""The check that the expressions of a mapping compile. Ocean would set the field to null in every entity."""

from collections.abc import Iterator
from typing import Any

from expressions.program import JqProgram
from mapping.plan import EntityMapping, jq_of
from rest.errors import JqError, ResourceError

# Keys of search rules whose values are not jq.
_NOT_JQ = ("combinator", "rules")


def check_expressions(mapping: EntityMapping) -> None:
    """Raises ResourceError: an expression is not valid jq."""
    for name, text in _expressions(mapping):
        try:
            JqProgram(jq_of(text))
        except JqError as error:
            raise ResourceError(
                f"{name}: {text!r} is not a valid jq expression ({error})", hint="Correct it"
            ) from error


def _expressions(mapping: EntityMapping) -> Iterator[tuple[str, str]]:
    yield "selector.query", mapping.query
    yield from _texts("port.entity.mappings", mapping.fields)


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - search rules have any depth
    if isinstance(value, str):
        yield path, value
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key not in _NOT_JQ:
            yield from _texts(f"{path}.{key}", inner)
