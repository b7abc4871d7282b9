"""Texts in URLs, headers and forms: names with values, in order."""

import json

from rest.bodies import Json

type Pairs = tuple[tuple[str, str], ...]


def text_of(value: Json) -> str:
    """Return a value as a text for a URL or a header. Values other than strings are written as JSON."""
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int else json.dumps(value, ensure_ascii=False)
