"""A property's value as a person reads it: what its type and format make of it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.port_api.jsontext import Document, Json
from sandbox.web.fields import Field

_PROSE = ("markdown", "yaml")
_MAIL = ("email", "idn-email")
_SHORT = 120


@dataclass(frozen=True, slots=True)
class Shown:
    """kind: none, text, prose, json, flag, number, link, moment or list, as templates know them.

    text: what is read; href: where a link leads, or a moment in ISO 8601; parts: of a list.
    """

    kind: str
    text: str = ""
    href: str = ""
    parts: tuple["Shown", ...] = ()


NOTHING = Shown("none")


def shown(value: Json, schema: Document) -> Shown:
    """In full. A schema that does not fit, or none, leaves the value's own type to decide."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return Shown("flag", "true" if value else "false")
    if isinstance(value, int | float):
        return Shown("number", json.dumps(value))
    if isinstance(value, str):
        return _text(value, schema)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        items = schema.get("items")
        return Shown(
            "list", parts=tuple(shown(item, items if isinstance(items, dict) else {}) for item in value)
        )
    if isinstance(value, dict) and schema.get("format") == "labeled-url":
        link = _link(value.get("url"), value.get("displayText"))
        if link is not None:
            return link
    return Shown("json", json.dumps(value, indent=2, ensure_ascii=False))


def in_a_cell(value: Json, field: Field) -> Shown:
    """On one line, and cut where it is long."""
    full = shown(value, field.schema)
    if full.kind == "json":
        return Shown("code", _cut(json.dumps(value, ensure_ascii=False)))
    if full.kind == "prose":
        return Shown("text", _cut(full.text.replace("\n", " ")))
    if full.kind == "text":
        return Shown("text", _cut(full.text))
    return full


def moment(text: str) -> Shown:
    """A date-time, to the second and in UTC."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return Shown("text", text)
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return Shown("moment", f"{aware.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", text)


def _text(value: str, schema: Document) -> Shown:
    form = schema.get("format")
    if form == "url":
        return _link(value, None) or Shown("text", value)
    if form in _MAIL:
        return Shown("link", value, f"mailto:{value}")
    if form in ("date-time", "timer"):
        return moment(value)
    if form in _PROSE or "\n" in value:
        return Shown("prose", value)
    return Shown("text", value)


def _link(url: Json, words: Json) -> Shown | None:
    """Only to the web: `javascript:` and the like stay text."""
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        return None
    return Shown("link", words if isinstance(words, str) and words else url, url)


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
