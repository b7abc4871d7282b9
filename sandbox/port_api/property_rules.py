"""A property's definition, compiled to a function that says what is wrong with a value."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.port_api.jsontext import Document, Json, sorted_dump
from sandbox.port_api.keywords import BOUNDS, TYPES
from sandbox.port_api.rules import STRING_FORMATS

type Check = Callable[[Json], str | None]
"""A value -> what is wrong with it ("must be string"), or None. null is never passed in."""
type Demand = tuple[Callable[[Any], object], str]
"""(what has to be true of a value of the right type, the complaint when it is not)"""


def anything(value: Json) -> str | None:  # noqa: ARG001 - the signature of a Check
    """Every value is fine."""
    return None


def check_for(definition: Document) -> Check:
    """The check of `{"type": "string", "format": "email", "maxLength": 20, ...}`."""
    kind: str = definition["type"]
    types, wrong_type = TYPES[kind], f"must be {kind}"
    demands = tuple(_demands(kind, definition))
    check_item = _item_check(definition) if kind == "array" else anything

    def check(value: Json) -> str | None:
        if type(value) not in types:
            return wrong_type
        for holds, complaint in demands:
            if not holds(value):
                return complaint
        return None

    def check_items(value: Json) -> str | None:
        complaint = check(value)
        if complaint is None and isinstance(value, list):
            for position, item in enumerate(value):
                complaint = check_item(item)
                if complaint is not None:
                    return f"/{position} {complaint}"
        return complaint

    return check if check_item is anything else check_items


def _item_check(definition: Document) -> Check:
    items = {key: value for key, value in definition.get("items", {}).items() if key != "items"}
    return check_for(items) if "type" in items else anything


def _demands(kind: str, definition: Document) -> Iterator[Demand]:
    """What the further keywords of the definition demand."""
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
    for keyword, (of_kind, holds, words) in BOUNDS.items():
        limit = definition.get(keyword)
        if limit is not None and kind == of_kind:
            yield _bound(holds, limit), words.format(limit)
    if kind == "array" and definition.get("uniqueItems"):
        yield _has_no_duplicates, "must not hold the same item twice"
    if kind == "string" and definition.get("pattern") is not None:
        yield re.compile(definition["pattern"]).search, f"must match pattern {definition['pattern']}"


def _bound(holds: Callable[[Any, Any], bool], limit: float) -> Callable[[Any], bool]:
    return lambda value: holds(value, limit)


def _has_no_duplicates(items: list[Json]) -> bool:
    return len({sorted_dump(item) for item in items}) == len(items)


def _is_labeled_url(value: dict[str, Json]) -> bool:
    url, shown = value.get("url"), value.get("displayText", "")
    return isinstance(url, str) and bool(STRING_FORMATS["url"](url)) and isinstance(shown, str)
