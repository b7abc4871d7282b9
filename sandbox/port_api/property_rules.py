"""A property's definition, compiled to a function that says what is wrong with a value."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.port_api.jsontext import Document, Json, sorted_dump
from sandbox.port_api.rules import STRING_FORMATS

type Check = Callable[[Json], str | None]
"""A value -> what is wrong with it ("must be string"), or None. null is never passed in."""


def anything(value: Json) -> str | None:  # noqa: ARG001 - the signature of a Check
    """Every value is fine."""
    return None


def check_for(definition: Document) -> Check:
    """The check of `{"type": "string", "format": "email", "maxLength": 20, ...}`."""
    limits = list(_limits(definition))
    return _TYPES[definition["type"]](definition, limits)


def _limits(definition: Document) -> Iterable[tuple[Callable[[Any], bool], str]]:
    """(broken(value), complaint) for each further keyword of the definition."""
    kind = definition["type"]
    allowed = definition.get("enum")
    if allowed is not None and kind in ("string", "number"):
        values = {value for value in allowed if _is(kind, value)}
        yield lambda value: value not in values, "must be equal to one of the allowed values"
    for keyword, (of_kind, broken, words) in _KEYWORDS.items():
        limit = definition.get(keyword)
        if limit is not None and kind == of_kind:
            yield _bound(broken, limit), words.format(limit)
    if kind == "array" and definition.get("uniqueItems"):
        yield _has_duplicates, "must not hold the same item twice"
    if kind == "string" and definition.get("pattern") is not None:
        search = re.compile(definition["pattern"]).search
        yield lambda value: search(value) is None, f"must match pattern {definition['pattern']}"


def _is(kind: str, value: Json) -> bool:
    if kind == "string":
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bound(broken: Callable[[Any, Any], bool], limit: float) -> Callable[[Any], bool]:
    return lambda value: broken(value, limit)


def _has_duplicates(items: list[Json]) -> bool:
    return len({sorted_dump(item) for item in items}) < len(items)


def _string(definition: Document, limits: list[tuple[Callable[[Any], bool], str]]) -> Check:
    name = definition.get("format")
    fits = STRING_FORMATS.get(name) if name else None

    def check(value: Json) -> str | None:
        if not isinstance(value, str):
            return "must be string"
        if fits is not None and not fits(value):
            return f'must match format "{name}"'
        return _first_broken(limits, value) if limits else None

    return check


def _number(_definition: Document, limits: list[tuple[Callable[[Any], bool], str]]) -> Check:
    def check(value: Json) -> str | None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return "must be number"
        return _first_broken(limits, value) if limits else None

    return check


def _boolean(_definition: Document, _limits: list[tuple[Callable[[Any], bool], str]]) -> Check:
    return lambda value: None if isinstance(value, bool) else "must be boolean"


def _object(definition: Document, _limits: list[tuple[Callable[[Any], bool], str]]) -> Check:
    labeled = definition.get("format") == "labeled-url"

    def check(value: Json) -> str | None:
        if not isinstance(value, dict):
            return "must be object"
        if labeled and not _is_labeled_url(value):
            return 'must match format "labeled-url": {"url": text, "displayText": text or nothing}'
        return None

    return check


def _is_labeled_url(value: dict[str, Json]) -> bool:
    url, shown = value.get("url"), value.get("displayText", "")
    return isinstance(url, str) and STRING_FORMATS["url"](url) and isinstance(shown, str)


def _array(definition: Document, limits: list[tuple[Callable[[Any], bool], str]]) -> Check:
    items = {key: value for key, value in definition.get("items", {}).items() if key != "items"}
    check_item = check_for(items) if "type" in items else anything

    def check(value: Json) -> str | None:
        if not isinstance(value, list):
            return "must be array"
        for position, item in enumerate(value):
            complaint = check_item(item)
            if complaint is not None:
                return f"/{position} {complaint}"
        return _first_broken(limits, value) if limits else None

    return check


def _first_broken(limits: list[tuple[Callable[[Any], bool], str]], value: Json) -> str | None:
    return next((complaint for broken, complaint in limits if broken(value)), None)


_TYPES = {"string": _string, "number": _number, "boolean": _boolean, "object": _object, "array": _array}
_KEYWORDS: dict[str, tuple[str, Callable[[Any, Any], bool], str]] = {
    "minLength": ("string", lambda value, limit: len(value) < limit, "must have at least {} characters"),
    "maxLength": ("string", lambda value, limit: len(value) > limit, "must have at most {} characters"),
    "minimum": ("number", lambda value, limit: value < limit, "must be >= {}"),
    "maximum": ("number", lambda value, limit: value > limit, "must be <= {}"),
    "exclusiveMinimum": ("number", lambda value, limit: value <= limit, "must be > {}"),
    "exclusiveMaximum": ("number", lambda value, limit: value >= limit, "must be < {}"),
    "minItems": ("array", lambda value, limit: len(value) < limit, "must have at least {} items"),
    "maxItems": ("array", lambda value, limit: len(value) > limit, "must have at most {} items"),
}
