"""Placeholders in customAuthRequest: `{{.password}}` is the value of the setting `password`."""

import re
from collections.abc import Iterator, Mapping

from rest.bodies import Json
from rest.errors import Mistake
from rest.request import text_of

_PLACEHOLDER = re.compile(r"\{\{\s*\.([A-Za-z]\w*)\s*\}\}")
# The settings that a login request can contain, so that each secret has one place, which can be a file.
SETTINGS = ("username", "password", "clientId", "clientSecret", "apiToken", "apiKey", "authValue")
JWT = "jwt"
# The time of the login in seconds since 1970.
NOW = "now"
_KNOWN = (*SETTINGS, JWT, NOW)


def placeholders_in(value: Json) -> set[str]:
    """Return the names of the placeholders in the strings of a value."""
    return {name for text in _texts(value) for name in _PLACEHOLDER.findall(text)}


def fill_placeholders(value: Json, values: Mapping[str, Json]) -> Json:
    """Return a value with its placeholders replaced. A string that is one placeholder becomes its value."""
    if isinstance(value, dict):
        return {name: fill_placeholders(inner, values) for name, inner in value.items()}
    if isinstance(value, list):
        return [fill_placeholders(inner, values) for inner in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _PLACEHOLDER.sub(lambda match: text_of(values.get(match[1], match[0])), value)


def placeholder_mistakes(value: Json, values: Mapping[str, Json]) -> list[Mistake]:
    """Check that each placeholder is known, and that its setting is set."""
    mistakes = []
    for name in sorted(placeholders_in(value)):
        if name not in _KNOWN:
            known = ", ".join(f"{{{{.{each}}}}}" for each in _KNOWN)
            what = f"{{{{.{name}}}}} is unknown; known placeholders are {known}"
            mistakes.append(Mistake("customAuthRequest", what))
        elif name in SETTINGS and not values.get(name):
            mistakes.append(Mistake(name, f"is missing (customAuthRequest uses {{{{.{name}}}}})"))
    return mistakes


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _texts(each)
