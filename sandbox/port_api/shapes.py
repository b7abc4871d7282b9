"""JSON schemas of request bodies, compiled, with one sentence about what breaks them.

Only the keywords that the sandbox's own schemas need: a library for all of them takes longer to load than
the whole sandbox to start.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from sandbox.port_api.errors import invalid
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.keywords import BOUNDS, TYPES

type _Check = Callable[[Json], str | None]
"""A value -> None, or where in it something is wrong, and what: `/rules/0 must be object`."""


class Shape:
    """A compiled JSON schema of an object. Raises KeyError: it has a keyword that is not known here."""

    def __init__(self, schema: Document) -> None:
        self.schema = schema
        self._check = _compiled(schema)

    def check(self, body: Json) -> Document:
        """The body itself, an object. Raises PortError (422): where it breaks the schema, and how."""
        complaint = self._check(body)
        if complaint is None:
            return cast("Document", body)
        raise invalid(f"body{complaint:.500}")


def record(
    required: dict[str, Any], optional: dict[str, Any] | None = None, *, closed: bool = True
) -> Document:
    """The schema of an object; `closed`: no other keys."""
    schema: Document = {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }
    return {**schema, "additionalProperties": False} if closed else schema


def one_of(*values: str) -> Document:
    """The schema of a text out of a few."""
    return {"enum": list(values)}


def _compiled(schema: Document) -> _Check:
    checks = [
        _bounded(keyword, schema) if keyword in BOUNDS else _KEYWORDS[keyword](schema) for keyword in schema
    ]

    def check(value: Json) -> str | None:
        return next((complaint for check in checks if (complaint := check(value)) is not None), None)

    return check


def _type(schema: Document) -> _Check:
    names: list[str] = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    types = frozenset[type]().union(*(TYPES[name] for name in names))
    words = f" must be {' or '.join(names)}"
    return lambda value: None if type(value) in types else words


def _enum(schema: Document) -> _Check:
    allowed = frozenset(schema["enum"])
    words = f" must be one of {', '.join(schema['enum'])}"
    return lambda value: None if isinstance(value, str) and value in allowed else words


def _any_of(schema: Document) -> _Check:
    options = [_Option(_types_of(option), _tags_of(option), _compiled(option)) for option in schema["anyOf"]]

    def check(value: Json) -> str | None:
        if any(option.check(value) is None for option in options):
            return None
        return _complaint_of_the_meant(options, value)

    return check


@dataclass(frozen=True, slots=True)
class _Option:
    """One of several schemas. types: of its values, by name; tags: texts by the key that they stand under."""

    types: tuple[str, ...]
    tags: Mapping[str, Sequence[str]]
    check: _Check

    def is_for(self, value: Json) -> bool:
        """Whether the value has its type."""
        return any(type(value) in TYPES[name] for name in self.types)

    def is_meant(self, value: Json) -> bool:
        """Whether the keys that tell it from other options say what it wants, as far as they are there."""
        return not isinstance(value, dict) or all(
            value[key] in texts for key, texts in self.tags.items() if key in value
        )


def _complaint_of_the_meant(options: Sequence[_Option], value: Json) -> str:
    """What breaks the option that the value was most likely meant for."""
    fitting = [option for option in options if option.is_for(value)]
    if not fitting:
        names = dict.fromkeys(name for option in options for name in option.types)
        return f" must be {' or '.join(names)}"
    meant = [option for option in fitting if option.is_meant(value)]
    if not meant and isinstance(value, dict):
        for key in value:
            texts = dict.fromkeys(text for option in fitting for text in option.tags.get(key, ()))
            if texts and value[key] not in tuple(texts):
                return f"/{key} must be one of {', '.join(texts)}"
    complaints = [complaint for option in meant or fitting if (complaint := option.check(value)) is not None]
    return max(complaints, key=lambda complaint: complaint.partition(" ")[0].count("/"))


def _types_of(schema: Document) -> tuple[str, ...]:
    if "anyOf" in schema:
        return tuple(name for option in schema["anyOf"] for name in _types_of(option))
    kinds = schema.get("type", "string" if "enum" in schema else [*TYPES])
    return tuple(kinds) if isinstance(kinds, list) else (kinds,)


def _tags_of(schema: Document) -> Mapping[str, Sequence[str]]:
    return {key: inner["enum"] for key, inner in schema.get("properties", {}).items() if "enum" in inner}


def _required(schema: Document) -> _Check:
    names: list[str] = schema["required"]

    def check(value: Json) -> str | None:
        missing = [name for name in names if name not in value] if isinstance(value, dict) else ()
        return f" must have required property '{missing[0]}'" if missing else None

    return check


def _properties(schema: Document) -> _Check:
    checks = {name: _compiled(inner) for name, inner in schema["properties"].items()}

    def check(value: Json) -> str | None:
        for name, item in value.items() if isinstance(value, dict) else ():
            complaint = checks[name](item) if name in checks else None
            if complaint is not None:
                return f"/{name}{complaint}"
        return None

    return check


def _additional(schema: Document) -> _Check:
    known: Mapping[str, Any] = schema.get("properties", {})
    others = schema["additionalProperties"]
    check_other = _compiled(others) if others else lambda _value: " is not known here"

    def check(value: Json) -> str | None:
        for name, item in value.items() if isinstance(value, dict) else ():
            complaint = check_other(item) if name not in known else None
            if complaint is not None:
                return f"/{name:.60}{complaint}"
        return None

    return check


def _names(schema: Document) -> _Check:
    check_name = _compiled(schema["propertyNames"])

    def check(value: Json) -> str | None:
        for name in value if isinstance(value, dict) else ():
            complaint = check_name(name)
            if complaint is not None:
                return f"/{name:.60}{complaint}, as a name"
        return None

    return check


def _items(schema: Document) -> _Check:
    check_item = _compiled(schema["items"])

    def check(value: Json) -> str | None:
        for position, item in enumerate(value) if isinstance(value, list) else ():
            complaint = check_item(item)
            if complaint is not None:
                return f"/{position}{complaint}"
        return None

    return check


def _pattern(schema: Document) -> _Check:
    search = re.compile(schema["pattern"]).search
    words = f" must match pattern {schema['pattern']}"
    return lambda value: words if isinstance(value, str) and search(value) is None else None


def _bounded(keyword: str, schema: Document) -> _Check:
    kind, holds, words = BOUNDS[keyword]
    limit = schema[keyword]
    complaint = f" {words.format(limit)}"
    return lambda value: None if type(value) not in TYPES[kind] or holds(value, limit) else complaint


_KEYWORDS: Mapping[str, Callable[[Document], _Check]] = MappingProxyType(
    {
        "type": _type,
        "enum": _enum,
        "anyOf": _any_of,
        "required": _required,
        "properties": _properties,
        "additionalProperties": _additional,
        "propertyNames": _names,
        "items": _items,
        "pattern": _pattern,
    }
)
