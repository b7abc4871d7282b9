"""Values made up for one type of a schema: the number-th of its kind, by formats and bounds."""

import base64
import math
import re
import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from builder.imports.names import key_word, lower_words, noun
from builder.imports.openapi.document import Node
from builder.inference.words import title_of
from rest.bodies import Json

_LINK_WORDS = frozenset({"url", "uri", "href", "link"})
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Larger bounds are those of a type, and say nothing.
_LARGEST = 1e12
_SMALLEST_STEP = 1e-3
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value goes.

    name: the property. thing: what the object around it is called. number: of its item, from 1.
    in_item: False for what stands around the items. trail: the references that led here.
    depth: how many objects and lists stand around it.
    """

    name: str
    thing: str
    number: int = 1
    in_item: bool = False
    trail: tuple[str, ...] = ()
    depth: int = 0

    @property
    def subject(self) -> str:
        """What the value speaks of: `project_id`, and `id` in a project, speak of the same."""
        return noun(self.name) or self.thing

    @property
    def tells_apart(self) -> bool:
        """True for the names of ids and keys."""
        return bool(key_word(self.name)) and key_word(self.name) != "name"

    def at(self, name: str, thing: str) -> "Spot":
        """One level deeper."""
        return Spot(name, thing, self.number, self.in_item, self.trail, self.depth + 1)

    def behind(self, ref: str) -> "Spot":
        """The same place, behind a reference."""
        return Spot(self.name, self.thing, self.number, self.in_item, (*self.trail, ref), self.depth)


def made_up(type_: str, schema: Node, spot: Spot) -> Json:
    """A value of a scalar type; null for any other."""
    if type_ == "boolean":
        return spot.number % 2 == 1
    if type_ == "integer":
        return math.ceil(_bounded(_whole_number(spot), schema))
    if type_ == "number":
        return _bounded(spot.number + 0.5, schema)
    return _text(schema, spot) if type_ == "string" else None


def varied(value: Json, name: str, number: int) -> Json:
    """An example for the number-th item: what tells items apart is another there, the rest is the same."""
    if number == 1 or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {
            key: inner if isinstance(inner, dict | list) else varied(inner, key, number)
            for key, inner in value.items()
        }
    if isinstance(value, str) and _UUID.fullmatch(value):
        return f"{value[:-2]}{(int(value[-2:], 16) + number) % 256:02x}"
    if isinstance(value, str) and "@" in value:
        return f"{number}.{value}"
    if not Spot(name, "").tells_apart:
        return value
    if isinstance(value, int):
        return value + number - 1
    return f"{value}-{number}" if isinstance(value, str) else value


def _whole_number(spot: Spot) -> int:
    """Ids are the same wherever the same thing is spoken of, and others elsewhere."""
    if not spot.tells_apart:
        return spot.number
    return (1000 + zlib.crc32(spot.subject.encode(errors="replace")) % 9000) * 10 + spot.number


def _bounded(value: float, schema: Node) -> float:
    low, high = (
        _bound(schema, "minimum", "exclusiveMinimum", 1),
        _bound(schema, "maximum", "exclusiveMaximum", -1),
    )
    if high is not None and value > high:
        value = min(value % 10, high)
    if low is not None and value < low:
        value = low + value if high is None or low + value <= high else low
    step = _number(schema.value.get("multipleOf"))
    if step and step > _SMALLEST_STEP and value % step:
        value = round(value) * step
        if high is not None and value > high:
            value = high // step * step
    return value


def _bound(schema: Node, name: str, exclusive: str, inwards: int) -> float | None:
    """OpenAPI 3.0 says true beside the bound that is not included, 3.1 says the bound itself."""
    bound, excluded = _number(schema.value.get(name)), schema.value.get(exclusive)
    if excluded is True:
        return None if bound is None else bound + inwards
    other = _number(excluded)
    return bound if other is None else other + inwards


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _LARGEST else None


def _text(schema: Node, spot: Spot) -> str:
    form = schema.text("format").lower()
    if form in _FORMATS:
        return _FORMATS[form](spot)
    if not spot.in_item and lower_words(spot.name)[-1:] and lower_words(spot.name)[-1] in _LINK_WORDS:
        return _url(spot)
    if spot.tells_apart:
        text = f"{spot.subject}-{spot.number}"
    else:
        text = f"{title_of(lower_words(spot.name)) or 'Text'} {spot.number}"
    shortest, longest = (_number(schema.value.get(name)) for name in ("minLength", "maxLength"))
    if longest is not None and 0 < longest < len(text):
        text = text[-int(longest) :]
    return text.ljust(min(int(shortest or 0), _LONGEST), "x")


def _url(spot: Spot) -> str:
    return f"https://api.example.com/{spot.subject or 'items'}/{spot.number}"


def _time(spot: Spot) -> str:
    return f"2024-01-{spot.number % 28 + 1:02d}T09:{spot.number % 60:02d}:00Z"


# By the formats of OpenAPI and JSON Schema; the addresses are those that RFC 2606 and 5737 keep for examples.
_FORMATS: Mapping[str, Callable[[Spot], str]] = {
    "byte": lambda spot: base64.b64encode(f"{spot.subject} {spot.number}".encode()).decode(),
    "date": lambda spot: _time(spot)[:10],
    "date-time": _time,
    "duration": lambda spot: f"P{spot.number}D",
    "email": lambda spot: f"{spot.thing or 'name'}{spot.number}@example.com",
    "hostname": lambda spot: f"host{spot.number}.example.com",
    "idn-email": lambda spot: f"{spot.thing or 'name'}{spot.number}@example.com",
    "int64": lambda spot: str(_whole_number(spot)),
    "ip": lambda spot: f"192.0.2.{spot.number % 250 + 1}",
    "ipv4": lambda spot: f"192.0.2.{spot.number % 250 + 1}",
    "ipv6": lambda spot: f"2001:db8::{spot.number:x}",
    "iri": _url,
    "time": lambda spot: _time(spot)[11:],
    "uri": _url,
    "uri-reference": _url,
    "url": _url,
    "uuid": lambda spot: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{spot.subject}-{spot.number}")),
}
