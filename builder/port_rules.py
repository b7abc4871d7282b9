"""What Port demands of an entity, before it is sent there (create-an-entity, create-a-blueprint)."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from rest.bodies import Json
from rest.outline import type_name

LONGEST_IDENTIFIER = 1000
_IDENTIFIER = re.compile(r"(?!\.{1,2}\Z)(?:[^\W\d_]|[0-9@_.+:\\/=-])+")
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+", re.ASCII)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+\S*")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that an entity breaks. number: of the entity, from 0; field: where; words: what to change."""

    number: int
    field: str
    words: str


def problems(
    entities: Sequence[Mapping[str, Json]], blueprint: Mapping[str, Json] | None = None
) -> list[Problem]:
    """Every rule that entities break. blueprint: as it is created in Port; None judges no values."""
    found = [
        problem for number, entity in enumerate(entities) for problem in _of_one(number, entity, blueprint)
    ]
    return sorted([*found, *_duplicates(entities)], key=lambda problem: problem.number)


def identifier_problem(value: Json) -> str | None:
    """What is wrong with an entity's identifier, or with the target of a relation."""
    if value is None or value == "":
        return "is missing: Port cannot keep the item"
    if not isinstance(value, str):
        return f"is a {type_name(value)}, and has to be a text"
    if len(value) > LONGEST_IDENTIFIER:
        return f"has {len(value)} characters, and Port takes {LONGEST_IDENTIFIER}"
    if not _IDENTIFIER.fullmatch(value):
        wrong = sorted({char for char in value if not _IDENTIFIER.fullmatch(char)} - {"."})
        shown = " ".join(repr(char) for char in wrong[:5]) or "only dots"
        return f"has {shown}, which Port refuses; replace it, with gsub for example"
    return None


def _of_one(
    number: int, entity: Mapping[str, Json], blueprint: Mapping[str, Json] | None
) -> Iterator[Problem]:
    if wrong := identifier_problem(entity.get("identifier")):
        yield Problem(number, "identifier", wrong)
    if not isinstance(entity.get("title"), str | None):
        yield Problem(number, "title", f"is a {type_name(entity.get('title'))}, and has to be a text")
    if blueprint is None:
        return
    properties = _object(_object(blueprint.get("schema")).get("properties"))
    for name, value in _object(entity.get("properties")).items():
        if wrong := _property_problem(value, properties.get(name)):
            yield Problem(number, name, wrong)
    relations = _object(blueprint.get("relations"))
    for name, value in _object(entity.get("relations")).items():
        if wrong := _relation_problem(value, relations.get(name)):
            yield Problem(number, name, wrong)


def _duplicates(entities: Sequence[Mapping[str, Json]]) -> Iterator[Problem]:
    first: dict[Json, int] = {}
    for number, entity in enumerate(entities):
        identifier = entity.get("identifier")
        if not isinstance(identifier, str) or not identifier:
            continue
        before = first.setdefault(identifier, number)
        if before != number:
            words = f"{identifier!r} is the one of entity {before + 1} too: one would overwrite the other"
            yield Problem(number, "identifier", words)


def _property_problem(value: Json, definition: Json) -> str | None:
    if not isinstance(definition, dict):
        return "is no property of the blueprint"
    return None if value is None else _value_problem(value, definition)


def _value_problem(value: Json, definition: Mapping[str, Json]) -> str | None:
    kind = str(definition.get("type", "string"))
    if not _TYPES[kind](value):
        return f"is {_with_article(type_name(value))}, and the property is {_with_article(kind)}"
    allowed = definition.get("enum")
    if isinstance(allowed, list) and allowed and value not in allowed:
        return f"{value!r:.80} is none of the values that the property allows"
    if isinstance(value, list):
        items = _object(definition.get("items"))
        wrong = (_value_problem(each, items) for each in value if items and each is not None)
        return next((f"an element {words}" for words in wrong if words), None)
    fits = _FORMATS.get(str(definition.get("format")))
    if fits and isinstance(value, str) and not fits(value):
        return f"{value!r:.80} is no {definition.get('format')}"
    return None


def _relation_problem(value: Json, relation: Json) -> str | None:
    if not isinstance(relation, dict):
        return "is no relation of the blueprint"
    if value is None:
        return None
    if relation.get("many") and not isinstance(value, list):
        return "the relation is to many, and its value is no list"
    targets = value if relation.get("many") and isinstance(value, list) else [value]
    return next((wrong for wrong in map(identifier_problem, targets) if wrong), None)


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date_time(text: str) -> bool:
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def _is_address(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


_TYPES: Mapping[str, Callable[[Json], bool]] = MappingProxyType(
    {
        "string": lambda value: isinstance(value, str),
        "number": _is_number,
        "boolean": lambda value: isinstance(value, bool),
        "array": lambda value: isinstance(value, list),
        "object": lambda value: isinstance(value, dict),
    }
)
_FORMATS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "date-time": _is_date_time,
        "email": lambda text: _EMAIL.fullmatch(text) is not None,
        "url": lambda text: _URL.fullmatch(text) is not None,
        "ipv4": lambda text: _is_address(ipaddress.IPv4Address, text),
        "ipv6": lambda text: _is_address(ipaddress.IPv6Address, text),
    }
)
