"""Validation of property values, compiled from the property's definition."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.port_api.json_codec import Document, Json, sorted_dump
from sandbox.port_api.schema_keywords import BOUNDS, TYPES
from sandbox.port_api.text_rules import STRING_FORMATS

type Check = Callable[[Json], str | None]
"""Returns the problem with a value ("must be string"), or None. It is never called with null."""
type Constraint = tuple[Callable[[Any], object], str]
"""(a predicate for values of the right type, the message if it is false)"""


def accept_any(value: Json) -> str | None:  # noqa: ARG001 - the signature of a Check
    """Accept every value."""
    return None


def check_for(definition: Document) -> Check:
    """Compile a definition such as `{"type": "string", "format": "email", "maxLength": 20, ...}`."""
    kind: str = definition["type"]
    types, wrong_type = TYPES[kind], f"must be {kind}"
    constraints = tuple(_constraints(kind, definition))
    check_item = _item_check(definition) if kind == "array" else accept_any

    def check(value: Json) -> str | None:
        if type(value) not in types:
            return wrong_type
        for is_met, problem in constraints:
            if not is_met(value):
                return problem
        return None

    def check_items(value: Json) -> str | None:
        problem = check(value)
        if problem is None and isinstance(value, list):
            for position, item in enumerate(value):
                problem = check_item(item)
                if problem is not None:
                    return f"/{position} {problem}"
        return problem

    return check if check_item is accept_any else check_items


def _item_check(definition: Document) -> Check:
    items = {key: value for key, value in definition.get("items", {}).items() if key != "items"}
    return check_for(items) if "type" in items else accept_any


def _constraints(kind: str, definition: Document) -> Iterator[Constraint]:
    """Return the constraints of all keywords except `type`."""
    format_name = str(definition.get("format"))
    if kind == "string" and format_name in STRING_FORMATS:
        yield STRING_FORMATS[format_name], f'must match format "{format_name}"'
    if kind == "object" and format_name == "labeled-url":
        yield (
            _is_labeled_url,
            'must match format "labeled-url": {"url": text, "displayText": text or nothing}',
        )
    if definition.get("enum") is not None and kind in ("string", "number"):
        values = frozenset(value for value in definition["enum"] if type(value) in TYPES[kind])
        yield values.__contains__, "must be equal to one of the allowed values"
    for keyword, (applies_to, is_met, message) in BOUNDS.items():
        limit = definition.get(keyword)
        if limit is not None and kind == applies_to:
            yield _bound(is_met, limit), message.format(limit)
    if kind == "array" and definition.get("uniqueItems"):
        yield _has_no_duplicates, "must not hold the same item twice"
    if kind == "string" and definition.get("pattern") is not None:
        yield re.compile(definition["pattern"]).search, f"must match pattern {definition['pattern']}"


def _bound(is_met: Callable[[Any, Any], bool], limit: float) -> Callable[[Any], bool]:
    return lambda value: is_met(value, limit)


def _has_no_duplicates(items: list[Json]) -> bool:
    return len({sorted_dump(item) for item in items}) == len(items)


def _is_labeled_url(value: dict[str, Json]) -> bool:
    url, label = value.get("url"), value.get("displayText", "")
    return isinstance(url, str) and bool(STRING_FORMATS["url"](url)) and isinstance(label, str)
