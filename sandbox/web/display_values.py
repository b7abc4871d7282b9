"""Display of property values by their type and format."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.port_api.json_codec import Document, Json
from sandbox.web.fields import Field

_PROSE = ("markdown", "yaml")
_MAIL = ("email", "idn-email")
_SHORT = 120


@dataclass(frozen=True, slots=True)
class DisplayValue:
    """A value for the templates.

    kind: none, text, prose, json, code, flag, number, link, moment or list.
    text: the visible text; href: a link's URL or a moment in ISO 8601; parts: the items of a list.
    """

    kind: str
    text: str = ""
    href: str = ""
    parts: tuple["DisplayValue", ...] = ()


NO_VALUE = DisplayValue("none")


def display_value(value: Json, schema: Document) -> DisplayValue:
    """Return the full display of a value. If the schema does not match, the value's type decides."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return DisplayValue("flag", "true" if value else "false")
    if isinstance(value, int | float):
        return DisplayValue("number", json.dumps(value))
    if isinstance(value, str):
        return _text(value, schema)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        items = schema.get("items")
        return DisplayValue(
            "list",
            parts=tuple(display_value(item, items if isinstance(items, dict) else {}) for item in value),
        )
    if isinstance(value, dict) and schema.get("format") == "labeled-url":
        link = _link(value.get("url"), value.get("displayText"))
        if link is not None:
            return link
    return DisplayValue("json", json.dumps(value, indent=2, ensure_ascii=False))


def cell_value(value: Json, field: Field) -> DisplayValue:
    """Return the display of a value on one line, shortened if it is long."""
    full = display_value(value, field.schema)
    if full.kind == "json":
        return DisplayValue("code", _shorten(json.dumps(value, ensure_ascii=False)))
    if full.kind == "prose":
        return DisplayValue("text", _shorten(full.text.replace("\n", " ")))
    if full.kind == "text":
        return DisplayValue("text", _shorten(full.text))
    return full


def moment(text: str) -> DisplayValue:
    """Return the display of a date-time in UTC, to the second."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return DisplayValue("text", text)
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return DisplayValue("moment", f"{aware.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", text)


def _text(value: str, schema: Document) -> DisplayValue:
    form = schema.get("format")
    if form == "url":
        return _link(value, None) or DisplayValue("text", value)
    if form in _MAIL:
        return DisplayValue("link", value, f"mailto:{value}")
    if form in ("date-time", "timer"):
        return moment(value)
    if form in _PROSE or "\n" in value:
        return DisplayValue("prose", value)
    return DisplayValue("text", value)


def _link(url: Json, label: Json) -> DisplayValue | None:
    """Return a link for an http or https URL. Other schemes such as `javascript:` are not linked."""
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        return None
    return DisplayValue("link", label if isinstance(label, str) and label else url, url)


def _shorten(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
