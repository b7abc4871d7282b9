"""Describe the structure of a JSON body for messages: its lists, keys and types."""

from collections.abc import Iterator
from itertools import islice

from rest.bodies import Json
from rest.steps import quoted_key

_MAX_LISTS = 5
_MAX_KEYS = 10


def lists_in(body: Json, *, depth: int = 5) -> Iterator[tuple[str, int]]:
    """Yield the jq path and the length of each list in a body, outermost first.

    Lists inside other lists are not included.
    """
    level: list[tuple[str, Json]] = [("", body)]
    for _ in range(depth):
        next_level: list[tuple[str, Json]] = []
        for path, value in level:
            if isinstance(value, list):
                yield path or ".", len(value)
            elif isinstance(value, dict):
                next_level += [(path + quoted_key(key), child) for key, child in value.items()]
        level = next_level


def outline(body: Json) -> str:
    """Return the body's lists with their lengths, or its keys if it has no lists."""
    lists = [f"{path} ({count} items)" for path, count in islice(lists_in(body), _MAX_LISTS)]
    if lists:
        return ", ".join(lists)
    if isinstance(body, dict):
        return _keys_of(body) or "an empty object"
    return f"a {type_name(body)}"


def _keys_of(body: dict[str, Json]) -> str:
    """Return the paths of the keys. A single key, like the root element of XML, leads to those inside it."""
    prefix, inner = "", body
    while len(inner) == 1 and isinstance(value := next(iter(inner.values())), dict) and value:
        prefix, inner = prefix + quoted_key(next(iter(inner))), value
    return ", ".join(prefix + quoted_key(key) for key in islice(inner, _MAX_KEYS))


def type_name(value: Json) -> str:
    """Return the JSON name of a value's type."""
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "list", str: "string", int: "number", float: "number"}
    return names.get(type(value), "null")
