"""Validation of blueprints. Source: Port's reference page "Create a blueprint"."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from sandbox.port_api.body_schema import BodySchema, one_of, record
from sandbox.port_api.errors import invalid
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.query_schemas import query_schema
from sandbox.port_api.text_rules import (
    BLUEPRINT_IDENTIFIER_MAX,
    PROPERTY_IDENTIFIER_PATTERN,
    is_blueprint_identifier,
)

_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_TITLE = {"type": "string", "maxLength": 100}
_COUNT = {"type": "integer", "minimum": 0}
_NUMBER = {"type": "number"}
_TYPE = one_of("string", "number", "boolean", "object", "array")
_FORMAT_NAMES = (
    *("date-time", "url", "email", "idn-email", "ipv4", "ipv6", "markdown", "yaml", "user"),
    *("team", "proto", "labeled-url", "timer", "blueprints"),
)
_FORMAT = one_of(*_FORMAT_NAMES)
_ITEM_FORMATS = (*(n for n in _FORMAT_NAMES if n not in ("idn-email", "blueprints")), "idn-format")
_COLOR = one_of(
    *("blue", "turquoise", "orange", "purple", "pink", "yellow", "green", "red", "gold", "silver"),
    *("paleBlue", "darkGray", "lightGray", "bronze", "lime", "olive", "brown"),
)
_LIMITS = {
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "maxProperties"), _COUNT),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _NUMBER),
    "pattern": _TEXT,
    "uniqueItems": _FLAG,
    "enum": {"type": "array"},
}
_LOOKS = {"title": _TITLE, "description": _TEXT, "icon": _TEXT}
_SPEC = {
    "spec": one_of("open-api", "embedded-url", "async-api"),
    "specAuthentication": record(
        {"clientId": _TEXT, "authorizationUrl": _TEXT, "tokenUrl": _TEXT},
        {"authorizationScope": {"type": "array", "items": _TEXT}},
    ),
}
_ITEMS = record({}, {"type": _TYPE, "format": _FORMAT, **_LIMITS}, closed=False)
_PROPERTY = record(
    {"type": _TYPE}, {**_LOOKS, "format": _FORMAT, **_SPEC, **_LIMITS, "items": _ITEMS}, closed=False
)
_CALCULATION = record(
    {"calculation": _TEXT, "type": _TYPE},
    {
        **_LOOKS,
        "format": one_of(*(name for name in _FORMAT_NAMES if name not in ("timer", "blueprints"))),
        **_SPEC,
        "colorized": _FLAG,
        "colors": {"type": "object", "additionalProperties": _COLOR},
        # The reference lists `idn-format` and omits `blueprints`.
        "items": record({}, {"type": _TYPE, "format": one_of(*_ITEM_FORMATS)}, closed=False),
    },
)
_MIRROR = record(
    {"path": {"type": "string", "pattern": r"^([A-Za-z0-9@_=\$-]+\.)+[^.]+\Z"}}, {"title": _TITLE}
)
_PATH = record({"path": {"type": "array", "minItems": 1, "items": _TEXT}}, {"fromBlueprint": _TEXT})
_AVERAGE = {"func": one_of("average"), "averageOf": one_of("hour", "day", "week", "month", "total")}
_BY_ENTITIES = {"calculationBy": one_of("entities")}
_BY_PROPERTY = {"calculationBy": one_of("property"), "property": _TEXT}
_AGGREGATION = record(
    {
        "title": _TITLE,
        "target": _TEXT,
        "calculationSpec": {
            "anyOf": [
                record({"func": one_of("count"), **_BY_ENTITIES}),
                record({**_AVERAGE, **_BY_ENTITIES}, {"measureTimeBy": _TEXT}),
                record({"func": one_of("sum", "min", "max", "median"), **_BY_PROPERTY}),
                record({**_AVERAGE, **_BY_PROPERTY}, {"measureTimeBy": _TEXT}),
            ]
        },
    },
    {
        "description": _TEXT,
        "icon": _TEXT,
        "type": one_of("number"),
        "query": query_schema(nesting=1),
        "pathFilter": {"type": "array", "maxItems": 1, "items": _PATH},
    },
)
_RELATION = record(
    {"target": _TEXT, "required": _FLAG, "many": _FLAG},
    {"title": _TITLE, "description": _TEXT, "type": _TEXT},
)
_OWNERSHIP = {
    "anyOf": [
        record({"type": one_of("Inherited"), "path": _TEXT}, {"title": _TITLE}),
        record({"type": one_of("Direct")}, {"title": _TITLE}),
    ]
}
CHANGELOG_DESTINATION = {
    "anyOf": [
        record({"type": one_of("WEBHOOK"), "url": _TEXT}, {"agent": _FLAG}),
        record({"type": one_of("KAFKA")}),
    ]
}


def _keyed_by_name(values: Document) -> Document:
    """Return the schema of an object whose keys are property identifiers."""
    names = {"pattern": PROPERTY_IDENTIFIER_PATTERN, "maxLength": 100}
    return {"type": "object", "propertyNames": names, "additionalProperties": values}


_IDENTIFIER = {"type": "string", "minLength": 1, "maxLength": BLUEPRINT_IDENTIFIER_MAX}
_BLUEPRINT_TITLE = {"type": "string", "minLength": 1, "maxLength": 100}


def _blueprint(prop: Document, *required: str) -> BodySchema:
    fields = {
        "identifier": _IDENTIFIER,
        "title": _BLUEPRINT_TITLE,
        "schema": record(
            {"properties": _keyed_by_name(prop)}, {"required": {"type": "array", "items": _TEXT}}
        ),
        "description": {"type": "string", "maxLength": 200},
        "icon": _TEXT,
        "ownership": _OWNERSHIP,
        "calculationProperties": _keyed_by_name(_CALCULATION),
        "mirrorProperties": _keyed_by_name(_MIRROR),
        "aggregationProperties": _keyed_by_name(_AGGREGATION),
        "relations": _keyed_by_name(_RELATION),
        "changelogDestination": CHANGELOG_DESTINATION,
    }
    optional = {name: field for name, field in fields.items() if name not in required}
    return BodySchema(record({name: fields[name] for name in required}, optional, closed=False))


BLUEPRINT = _blueprint(_PROPERTY, "identifier", "title", "schema")
REPLACED_BLUEPRINT = _blueprint(_PROPERTY, "title", "schema")
CHANGED_BLUEPRINT = _blueprint({**_PROPERTY, "required": []})


def new_name(key: str) -> BodySchema:
    """Return the schema of a rename request: `{key: the new name}`."""
    name = {"type": "string", "pattern": PROPERTY_IDENTIFIER_PATTERN, "maxLength": 100}
    return BodySchema(record({key: name}))


def check_blueprint(body: Json, known: Collection[str]) -> Document:
    """Validate a blueprint and return it.

    known: identifiers of existing blueprints, which relations may target.
    Raises PortError (422): the body violates the schema or a rule across fields.
    """
    blueprint: Document = BLUEPRINT.check(body)
    identifier: str = blueprint["identifier"]
    if not is_blueprint_identifier(identifier):
        raise invalid(f"body/identifier is not a blueprint identifier: {identifier!r:.120}")
    for name, relation in blueprint.get("relations", {}).items():
        if relation["many"] and relation["required"]:
            raise invalid(f"body/relations/{name} cannot be both many and required")
        if relation["target"] != identifier and relation["target"] not in known:
            raise invalid(
                f'body/relations/{name} target blueprint "{relation["target"]:.120}" does not exist'
            )
    for name, definition in blueprint["schema"]["properties"].items():
        _check_patterns(name, definition)
    return blueprint


def check_types_unchanged(old: Document, new: Document) -> None:
    """Raise PortError (422) if a property changes its type. Port does not allow that."""
    before: Mapping[str, Any] = old["schema"]["properties"]
    for name, definition in new["schema"]["properties"].items():
        if name in before and before[name]["type"] != definition["type"]:
            raise invalid(
                f"body/schema/properties/{name} is of type {before[name]['type']}, "
                "and the type of a property cannot be changed"
            )


def _check_patterns(name: str, definition: Document) -> None:
    for schema in (definition, definition.get("items", {})):
        try:
            re.compile(schema.get("pattern", ""))
        except (re.error, OverflowError, RecursionError) as error:
            raise invalid(f"body/schema/properties/{name} pattern: {error}") from error
