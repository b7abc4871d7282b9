"""Parse pasted text as JSON or YAML."""

from collections.abc import Iterable

from builder.imports.imported import DocumentError
from rest.bodies import Json, parse_json
from rest.formats.yaml import MAX_DEPTH, parse_yaml

_BYTE_ORDER_MARK = "\ufeff"


def parse_json_object(text: str, what: str) -> dict[str, Json]:
    """Parse a JSON object. what: the name of the document in messages, such as "HAR file".

    Raises DocumentError: the text is not a JSON object, or is nested too deeply.
    """
    try:
        parsed = parse_json(text.removeprefix(_BYTE_ORDER_MARK))
    except ValueError as error:
        raise DocumentError(f"the {what} is not JSON: {error}", hint="Paste the whole document") from error
    return _checked(parsed, what)


def parse_document(text: str, what: str) -> dict[str, Json]:
    """Parse an object in JSON or YAML.

    Raises DocumentError: the text is neither, or exceeds the limits of nesting and of expanded anchors.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if text.lstrip().startswith("{"):
        return parse_json_object(text, what)
    try:
        parsed = parse_yaml(text)
    except ValueError as error:
        raise DocumentError(f"the {what} is not YAML: {error}", hint="Paste the whole document") from error
    return _checked(parsed, what)


def _checked(parsed: Json, what: str) -> dict[str, Json]:
    if parsed is None:
        raise DocumentError(f"the {what} is empty")
    if not isinstance(parsed, dict):
        raise DocumentError(f"the {what} is not an object: {str(parsed)[:60]!r}")
    if is_too_deep(parsed):
        raise DocumentError(f"the {what} is nested more than {MAX_DEPTH} levels deep")
    return parsed


def is_too_deep(value: Json) -> bool:
    """Return whether a value is nested more than MAX_DEPTH levels deep, too deep for recursive functions."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
