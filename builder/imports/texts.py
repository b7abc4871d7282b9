"""Pasted text as JSON values."""

from collections.abc import Iterable

from builder.imports.found import DocumentError
from builder.imports.yaml_text import DEEPEST, parse_yaml
from rest.bodies import Json, parse_json

_BYTE_ORDER_MARK = "\ufeff"


def json_from(text: str, what: str) -> dict[str, Json]:
    """The JSON object that a text is. what: how a message calls it, like "HAR file".

    Raises DocumentError: it is none, or nested beyond reason.
    """
    try:
        parsed = parse_json(text.removeprefix(_BYTE_ORDER_MARK))
    except ValueError as error:
        raise DocumentError(f"the {what} is no JSON: {error}", hint="Was all of it pasted?") from error
    return _checked(parsed, what)


def json_or_yaml_from(text: str, what: str) -> dict[str, Json]:
    """The object that a text is in JSON, or in YAML.

    Raises DocumentError: it is none, nested beyond reason, or a few lines that unfold to millions.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if text.lstrip().startswith("{"):
        return json_from(text, what)
    try:
        parsed = parse_yaml(text)
    except ValueError as error:
        raise DocumentError(f"the {what} is no YAML: {error}", hint="Was all of it pasted?") from error
    return _checked(parsed, what)


def _checked(parsed: Json, what: str) -> dict[str, Json]:
    if parsed is None:
        raise DocumentError(f"the {what} is empty")
    if not isinstance(parsed, dict):
        raise DocumentError(f"the {what} is no object: {str(parsed)[:60]!r}")
    if is_too_deep(parsed):
        raise DocumentError(f"the {what} is nested more than {DEEPEST} levels deep")
    return parsed


def is_too_deep(value: Json) -> bool:
    """True for what is nested deeper than anything that an API means, and that no walk should enter."""
    level = [value]
    for _ in range(DEEPEST):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
