"""Generate example values for scalar schemas, numbered by item, within formats and bounds."""

import base64
import math
import re
import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from builder.imports.name_parts import key_word, lower_words, subject_noun
from builder.imports.openapi.document import DocumentNode
from builder.inference.words import sentence_case
from rest.bodies import Json

_LINK_WORDS = frozenset({"url", "uri", "href", "link"})
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Larger bounds are the limits of a data type and are ignored.
_MAX_BOUND = 1e12
_MIN_STEP = 1e-3
_MAX_LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class ValueContext:
    """The position of a value in a sample.

    name: the property. thing: the entity of the enclosing object. number: of the item, from 1.
    in_item: False for values around the items. trail: the references that were followed.
    depth: the number of enclosing objects and lists.
    """

    name: str
    thing: str
    number: int = 1
    in_item: bool = False
    trail: tuple[str, ...] = ()
    depth: int = 0

    @property
    def subject(self) -> str:
        """The entity that the value refers to, the same for `project_id` and for `id` in a project."""
        return subject_noun(self.name) or self.thing

    @property
    def is_identifier(self) -> bool:
        """True for the names of ids and keys."""
        return bool(key_word(self.name)) and key_word(self.name) != "name"

    def at(self, name: str, thing: str) -> "ValueContext":
        """Return the context of a property, one level deeper."""
        return ValueContext(name, thing, self.number, self.in_item, self.trail, self.depth + 1)

    def behind(self, ref: str) -> "ValueContext":
        """Return the context after following a reference."""
        return ValueContext(self.name, self.thing, self.number, self.in_item, (*self.trail, ref), self.depth)


def example_value(type_: str, schema: DocumentNode, context: ValueContext) -> Json:
    """Return a value of a scalar type, null for any other type."""
    if type_ == "boolean":
        return context.number % 2 == 1
    if type_ == "integer":
        return math.ceil(_bounded(_whole_number(context), schema))
    if type_ == "number":
        return _bounded(context.number + 0.5, schema)
    return _text(schema, context) if type_ == "string" else None


def vary_example(value: Json, name: str, number: int) -> Json:
    """Return an example for the item with this number: with another id and name, otherwise unchanged."""
    if number == 1 or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {
            key: inner if isinstance(inner, dict | list) else vary_example(inner, key, number)
            for key, inner in value.items()
        }
    if isinstance(value, str) and _UUID.fullmatch(value):
        return f"{value[:-2]}{(int(value[-2:], 16) + number) % 256:02x}"
    if isinstance(value, str) and "@" in value:
        return f"{number}.{value}"
    if not key_word(name):
        return value
    if isinstance(value, int):
        return value + number - 1
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return str(int(value) + number - 1).zfill(len(value))
    return f"{value}-{number}" if isinstance(value, str) else value


def _whole_number(context: ValueContext) -> int:
    """Return the number of the item, or an id that is equal for all references to the same entity."""
    if not context.is_identifier:
        return context.number
    return (1000 + zlib.crc32(context.subject.encode(errors="replace")) % 9000) * 10 + context.number


def _bounded(value: float, schema: DocumentNode) -> float:
    low, high = (
        _bound(schema, "minimum", "exclusiveMinimum", 1),
        _bound(schema, "maximum", "exclusiveMaximum", -1),
    )
    if high is not None and value > high:
        value = min(value % 10, high)
    if low is not None and value < low:
        value = low + value if high is None or low + value <= high else low
    step = _number(schema.value.get("multipleOf"))
    if step and step > _MIN_STEP and value % step:
        value = round(value) * step
        if high is not None and value > high:
            value = high // step * step
    return value


def _bound(schema: DocumentNode, name: str, exclusive: str, inwards: int) -> float | None:
    """Return a bound. An exclusive bound is a flag in OpenAPI 3.0 and a number in 3.1."""
    bound, excluded = _number(schema.value.get(name)), schema.value.get(exclusive)
    if excluded is True:
        return None if bound is None else bound + inwards
    other = _number(excluded)
    return bound if other is None else other + inwards


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _MAX_BOUND else None


def _text(schema: DocumentNode, context: ValueContext) -> str:
    form = schema.text("format").lower()
    if form in _FORMATS:
        return _FORMATS[form](context)
    if (
        not context.in_item
        and lower_words(context.name)[-1:]
        and lower_words(context.name)[-1] in _LINK_WORDS
    ):
        return _url(context)
    if context.is_identifier:
        text = f"{context.subject}-{context.number}"
    else:
        text = f"{sentence_case(lower_words(context.name)) or 'Text'} {context.number}"
    shortest, longest = (_number(schema.value.get(name)) for name in ("minLength", "maxLength"))
    if longest is not None and 0 < longest < len(text):
        text = text[-int(longest) :]
    return text.ljust(min(int(shortest or 0), _MAX_LENGTH), "x")


def _url(context: ValueContext) -> str:
    return f"https://api.example.com/{context.subject or 'items'}/{context.number}"


def _time(context: ValueContext) -> str:
    return f"2024-01-{context.number % 28 + 1:02d}T09:{context.number % 60:02d}:00Z"


# The formats of OpenAPI and JSON Schema. The addresses are reserved for examples by RFC 2606 and RFC 5737.
_FORMATS: Mapping[str, Callable[[ValueContext], str]] = {
    "byte": lambda context: base64.b64encode(f"{context.subject} {context.number}".encode()).decode(),
    "date": lambda context: _time(context)[:10],
    "date-time": _time,
    "duration": lambda context: f"P{context.number}D",
    "email": lambda context: f"{context.thing or 'name'}{context.number}@example.com",
    "hostname": lambda context: f"host{context.number}.example.com",
    "idn-email": lambda context: f"{context.thing or 'name'}{context.number}@example.com",
    "int64": lambda context: str(_whole_number(context)),
    "ip": lambda context: f"192.0.2.{context.number % 250 + 1}",
    "ipv4": lambda context: f"192.0.2.{context.number % 250 + 1}",
    "ipv6": lambda context: f"2001:db8::{context.number:x}",
    "iri": _url,
    "time": lambda context: _time(context)[11:],
    "uri": _url,
    "uri-reference": _url,
    "url": _url,
    "uuid": lambda context: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{context.subject}-{context.number}")),
}
