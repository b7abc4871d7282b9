"""Port's rules for entities, from its API reference (create-an-entity, create-a-blueprint)."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from builder.json_values import as_object
from rest.bodies import Json
from rest.outline import type_name

MAX_IDENTIFIER_LENGTH = 1000
_IDENTIFIER = re.compile(r"(?!\.{1,2}\Z)(?:[^\W\d_]|[0-9@_.+:\\/=-])+")
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+", re.ASCII)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+\S*")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that breaks a rule. number: the entity's, from 0. field: the name of the value."""

    number: int
    field: str
    message: str
    is_duplicate: bool = False


def problems(
    entities: Sequence[Mapping[str, Json]], blueprint: Mapping[str, Json] | None = None
) -> list[Problem]:
    """Return the problems of entities. blueprint: as in Port; None skips properties and relations."""
    found = [
        problem
        for number, entity in enumerate(entities)
        for problem in _entity_problems(number, entity, blueprint)
    ]
    return sorted([*found, *_duplicates(entities)], key=lambda problem: problem.number)


def missing_fields(entity: Mapping[str, Json], blueprint: Mapping[str, Json]) -> list[str]:
    """Return the required properties and relations that an entity lacks. blueprint: as in Port."""
    schema, properties = as_object(blueprint.get("schema")), as_object(entity.get("properties"))
    required = schema.get("required")
    relations, targets = as_object(blueprint.get("relations")), as_object(entity.get("relations"))
    return [
        *(
            str(name)
            for name in (required if isinstance(required, list) else [])
            if properties.get(str(name)) is None
        ),
        *(
            name
            for name, each in relations.items()
            if as_object(each).get("required") and targets.get(name) is None
        ),
    ]


def identifier_problem(value: Json) -> str | None:
    """Return what is wrong with an entity's identifier, or with the target of a relation."""
    if value is None or value == "":
        return "Missing. Port cannot store an entity without an identifier"
    if not isinstance(value, str):
        return f"Expected a string, got {_with_article(type_name(value))}"
    if len(value) > MAX_IDENTIFIER_LENGTH:
        return f"{len(value)} characters are too many. Port allows up to {MAX_IDENTIFIER_LENGTH}"
    if not _IDENTIFIER.fullmatch(value):
        invalid = sorted({char for char in value if not _IDENTIFIER.fullmatch(char)} - {"."})
        if not invalid:
            return "Port does not allow . and .. as identifiers"
        shown = " ".join(map(repr, invalid[:5]))
        return f"Invalid characters: {shown}. Replace them, for example with gsub"
    return None


def _entity_problems(
    number: int, entity: Mapping[str, Json], blueprint: Mapping[str, Json] | None
) -> Iterator[Problem]:
    if message := identifier_problem(entity.get("identifier")):
        yield Problem(number, "identifier", message)
    if not isinstance(entity.get("title"), str | None):
        message = f"Expected a string, got {_with_article(type_name(entity.get('title')))}"
        yield Problem(number, "title", message)
    if blueprint is None:
        return
    properties = as_object(as_object(blueprint.get("schema")).get("properties"))
    for name, value in as_object(entity.get("properties")).items():
        if message := _property_problem(value, properties.get(name)):
            yield Problem(number, name, message)
    relations = as_object(blueprint.get("relations"))
    for name, value in as_object(entity.get("relations")).items():
        if message := _relation_problem(value, relations.get(name)):
            yield Problem(number, name, message)


def _duplicates(entities: Sequence[Mapping[str, Json]]) -> Iterator[Problem]:
    first: dict[Json, int] = {}
    for number, entity in enumerate(entities):
        identifier = entity.get("identifier")
        if not isinstance(identifier, str) or not identifier:
            continue
        before = first.setdefault(identifier, number)
        if before != number:
            message = f"Duplicate identifier {identifier!r} (also used by entity {before + 1})"
            yield Problem(number, "identifier", message, is_duplicate=True)


def _property_problem(value: Json, definition: Json) -> str | None:
    if not isinstance(definition, dict):
        return "The blueprint has no such property"
    return None if value is None else _value_problem(value, definition)


def _value_problem(value: Json, definition: Mapping[str, Json]) -> str | None:
    kind = str(definition.get("type", "string"))
    if not _TYPES[kind](value):
        return f"Expected {_with_article(kind)}, got {_with_article(type_name(value))}"
    allowed = definition.get("enum")
    if isinstance(allowed, list) and allowed and value not in allowed:
        return f"{value!r:.80} is not an allowed value"
    if isinstance(value, list):
        items = as_object(definition.get("items"))
        found = (_value_problem(each, items) for each in value if items and each is not None)
        return next((f"In an element: {message}" for message in found if message), None)
    is_valid = _FORMATS.get(str(definition.get("format")))
    if is_valid and isinstance(value, str) and not is_valid(value):
        return f"{value!r:.80} is not a valid {definition.get('format')}"
    return None


def _relation_problem(value: Json, relation: Json) -> str | None:
    if not isinstance(relation, dict):
        return "The blueprint has no such relation"
    if value is None:
        return None
    if relation.get("many") and not isinstance(value, list):
        return "Expected an array, because this is a relation to many entities"
    targets = value if relation.get("many") and isinstance(value, list) else [value]
    return next((problem for problem in map(identifier_problem, targets) if problem), None)


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


def _is_parsed_by(parse: Callable[[str], object], text: str) -> bool:
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
        "ipv4": lambda text: _is_parsed_by(ipaddress.IPv4Address, text),
        "ipv6": lambda text: _is_parsed_by(ipaddress.IPv6Address, text),
    }
)
