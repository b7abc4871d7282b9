"""Blueprints as arguments of `port_blueprint` and `port_blueprint_relation`.

Source: the pages docs/resources/blueprint.md and blueprint_relation.md of
https://github.com/port-labs/terraform-provider-port-labs, read on 2026-11-30.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from builder.install.blueprints import JsonObject
from builder.install.terraform_syntax import expression, literal, literals
from builder.json_values import as_object
from rest.bodies import Json


@dataclass(frozen=True, slots=True)
class _Nested:
    """An argument that is an object."""

    name: str
    arguments: Mapping[str, str]


type _Arguments = Mapping[str, str | _Nested]

_LOOKS = {name: name for name in ("title", "description", "icon")}
_ENUM = {"enum": "enum", "enumColors": "enum_colors"}
_SPEC: _Arguments = {
    "spec": "spec",
    "specAuthentication": _Nested(
        "spec_authentication",
        {"authorizationUrl": "authorization_url", "clientId": "client_id", "tokenUrl": "token_url"},
    ),
}
_LENGTHS = {"minLength": "min_length", "maxLength": "max_length"}
_STRING: _Arguments = {**_LOOKS, **_ENUM, **_SPEC, **_LENGTHS, "format": "format", "pattern": "pattern"}
_PROPERTIES: Mapping[str, _Arguments] = MappingProxyType(
    {
        "string": {**_STRING, "default": "default", "dateFormat": "date_format"},
        "number": {
            **_LOOKS,
            **_ENUM,
            **{name: name for name in ("default", "minimum", "maximum")},
        },
        "boolean": {**_LOOKS, "default": "default"},
        "object": {**_LOOKS, "format": "format", "spec": "spec"},
        "array": {**_LOOKS, "minItems": "min_items", "maxItems": "max_items", "union": "union"},
    }
)
_ITEMS: Mapping[str, _Arguments] = MappingProxyType(
    {
        "string": {**_ENUM, "format": "format", "pattern": "pattern"},
        "number": {},
        "boolean": {},
        "object": {"format": "format"},
    }
)
_CALCULATION: _Arguments = {
    **_LOOKS,
    **_SPEC,
    **{name: name for name in ("calculation", "type", "colorized", "colors", "format")},
    "dateFormat": "date_format",
    "items": _Nested("items", {"type": "type", "format": "format"}),
}
_MIRROR = {"path": "path", "title": "title"}
_RELATION = {name: name for name in ("target", "many", "required", "title", "description")}
_BLUEPRINT: _Arguments = {
    **_LOOKS,
    "identifier": "identifier",
    "ownership": _Nested("ownership", {"type": "type", "path": "path", "title": "title"}),
    "teamInheritance": _Nested("team_inheritance", {"path": "path"}),
}
_SEPARATE = frozenset(
    {"schema", "relations", "mirrorProperties", "calculationProperties", "changelogDestination"}
)


def blueprint_arguments(
    document: Mapping[str, Json], targets: Mapping[str, str]
) -> tuple[JsonObject, list[str]]:
    """Return the arguments of a blueprint, and the parts of it for which there is no argument.

    document: in Port's format. targets: the names of the resources of other blueprints, by identifier.
    """
    unknown: list[str] = []
    plain = {name: value for name, value in document.items() if name not in _SEPARATE}
    arguments = _arguments(plain, _BLUEPRINT, "", unknown)
    arguments |= _changelog(as_object(document.get("changelogDestination")), unknown)
    groups: JsonObject = {
        "properties": _properties(as_object(document.get("schema")), unknown),
        "relations": {
            name: relation_arguments(as_object(each), targets, unknown, f"relations.{name}.")
            for name, each in as_object(document.get("relations")).items()
        },
        "mirror_properties": _each(document.get("mirrorProperties"), _MIRROR, "mirrorProperties", unknown),
        "calculation_properties": _each(
            document.get("calculationProperties"), _CALCULATION, "calculationProperties", unknown
        ),
    }
    return arguments | {name: group for name, group in groups.items() if group}, unknown


def relation_arguments(
    relation: Mapping[str, Json], targets: Mapping[str, str], unknown: list[str], path: str = ""
) -> JsonObject:
    """Return the arguments of a relation. Appends to `unknown` the parts without an argument."""
    target = str(relation.get("target"))
    known = targets.get(target)
    reference = expression(f"port_blueprint.{known}.identifier") if known else literal(target)
    return {**_arguments(relation, _RELATION, path, unknown), "target": reference}


def _arguments(
    values: Mapping[str, Json], arguments: _Arguments, path: str, unknown: list[str]
) -> JsonObject:
    """Return values by the names of their arguments. Null and empty objects are left out."""
    found: JsonObject = {}
    for name, value in values.items():
        argument = arguments.get(name)
        if value is None or value == {}:
            continue
        if argument is None:
            unknown.append(f"{path}{name}")
        elif isinstance(argument, _Nested):
            found[argument.name] = _arguments(as_object(value), argument.arguments, f"{path}{name}.", unknown)
        else:
            found[argument] = literals(value)
    return found


def _each(values: Json, arguments: _Arguments, path: str, unknown: list[str]) -> JsonObject:
    return {
        name: _arguments(as_object(each), arguments, f"{path}.{name}.", unknown)
        for name, each in as_object(values).items()
    }


def _properties(schema: Mapping[str, Json], unknown: list[str]) -> JsonObject:
    """Return the properties by group: `string_props`, `number_props`, …"""
    required = schema.get("required")
    groups: dict[str, dict[str, Json]] = {}
    for name, each in as_object(schema.get("properties")).items():
        kind, arguments = _property(as_object(each), f"properties.{name}.", unknown)
        if isinstance(required, list) and name in required:
            arguments["required"] = True
        groups.setdefault(f"{kind}_props", {})[name] = arguments
    return {**groups}


def _property(definition: Mapping[str, Json], path: str, unknown: list[str]) -> tuple[str, JsonObject]:
    kind = str(definition.get("type"))
    special = {"type"} | ({"default"} if kind in ("object", "array") else set())
    special |= {"items"} if kind == "array" else set()
    plain = {name: value for name, value in definition.items() if name not in special}
    arguments = _arguments(plain, _PROPERTIES.get(kind, {}), path, unknown)
    default = definition.get("default")
    if kind == "object" and default is not None:
        arguments["default"] = literal(json.dumps(default, ensure_ascii=False))
    if kind == "array":
        arguments |= _items(as_object(definition.get("items")), default, path, unknown)
    return kind, arguments


def _items(items: Mapping[str, Json], default: Json, path: str, unknown: list[str]) -> JsonObject:
    """Return the items of an array. The provider has the array's default among them."""
    kind = str(items.get("type"))
    if kind not in _ITEMS:
        unknown.extend(f"{path}{name}" for name, value in (("items", items), ("default", default)) if value)
        return {}
    plain = {name: value for name, value in items.items() if name != "type"}
    arguments = _arguments(plain, _ITEMS[kind], f"{path}items.", unknown)
    if isinstance(default, list):
        objects = [json.dumps(each, ensure_ascii=False) for each in default] if kind == "object" else None
        arguments["default"] = literals([*(objects or default)])
    return {f"{kind}_items": arguments}


def _changelog(destination: Mapping[str, Json], unknown: list[str]) -> JsonObject:
    kind = destination.get("type")
    if kind == "KAFKA":
        return {"kafka_changelog_destination": {}}
    if kind != "WEBHOOK":
        return {}
    plain = {name: value for name, value in destination.items() if name != "type"}
    arguments = _arguments(plain, {"url": "url", "agent": "agent"}, "changelogDestination.", unknown)
    return {"webhook_changelog_destination": arguments}
