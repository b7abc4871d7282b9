"""Mapping files, read without Ocean."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from builder.items_to_parse import ItemsToParse
from configuration.mapping_entry import check_key_places, read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.resource import Resource
from mapping import EntityMapping, check_expressions
from rest.errors import Place, ResourceError
from rest.outline import type_name


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of `resources`. enable_delete: Port's enableDelete."""

    kind: str
    resource: Resource
    mapping: EntityMapping
    enable_delete: bool = True
    items_to_parse: ItemsToParse | None = None


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """An entry that a sync cannot carry out. blueprint: its expression."""

    kind: str
    error: ResourceError
    blueprint: Any = None


def read_mapping(path: Path) -> dict[str, Any]:
    """Return the content of a mapping file, YAML or JSON. Raises ResourceError: it is not a valid mapping."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ResourceError(
            f"{path} cannot be read: {error.strerror}", hint="Check the path of the mapping file"
        ) from error
    except UnicodeDecodeError as error:
        raise ResourceError(f"{path} is not valid YAML: it is not UTF-8 text") from error
    return parse_mapping(text, str(path))


def parse_mapping(text: str, source: str) -> dict[str, Any]:
    """Return a mapping in YAML or JSON, as Port stores it: keys are texts, and dates are ISO 8601 texts.

    Raises ResourceError: it is not a valid mapping.
    """
    try:
        content = json.loads(json.dumps(yaml.safe_load(text), default=_iso_text))
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise ResourceError(
            f"{source} is not valid YAML: {' '.join(str(error).split())}",
            hint="Check the indentation and the brackets there, and put jq into single quotes",
        ) from error
    except RecursionError as error:
        raise ResourceError(f"{source} is nested too deeply", hint="Check that it is a mapping") from error
    return check_mapping(content, source)


def _iso_text(value: object) -> str:
    """Return a date as text. Raises TypeError: JSON has no such value."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def check_mapping(content: Any, source: str) -> dict[str, Any]:  # noqa: ANN401 - what a file or Port holds
    """Return the mapping. Raises ResourceError: it has no resources."""
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list) or not resources:
        raise ResourceError(
            f"{source} has no resources", hint="A mapping has the form {resources: [{kind: ..., ...}]}"
        )
    mapping: dict[str, Any] = content
    return mapping


def entries_of(
    mapping: Mapping[str, Any], pagination: PaginationSettings, permissions: Permissions = NO_PERMISSIONS
) -> Iterator[Entry]:
    """Yield the entries in order. Raises ResourceError: an entry is wrong; names its number and kind."""
    for number, entry in enumerate(mapping["resources"], 1):
        try:
            yield entry_of(entry, pagination, permissions)
        except ResourceError as error:
            error.at(Place(entry=f"resources, entry {number}"))
            raise


def readable_entries(
    mapping: Mapping[str, Any], pagination: PaginationSettings, permissions: Permissions = NO_PERMISSIONS
) -> Iterator[Entry | WrongEntry]:
    """Yield the entries in order. As in a sync, a wrong entry does not stop the others.

    Raises ResourceError: an entry has no kind or no mappings. Ocean then rejects the whole mapping.
    """
    for number, entry in enumerate(mapping["resources"], 1):
        place = Place(entry=f"resources, entry {number}")
        try:
            mappings = _mappings_of(entry)
        except ResourceError as error:
            raise error.at(place) from None
        try:
            yield entry_of(entry, pagination, permissions)
        except ResourceError as error:
            yield WrongEntry(entry["kind"], error.at(place), mappings.get("blueprint"))


def entry_of(
    entry: Any,  # noqa: ANN401 - what a file holds
    pagination: PaginationSettings,
    permissions: Permissions = NO_PERMISSIONS,
) -> Entry:
    """Return an entry. Raises ResourceError: it is wrong; names its kind."""
    mappings = _mappings_of(entry)
    kind = entry["kind"]
    selector = entry.get("selector") or {}
    query = str(selector.get("query", "true")) if isinstance(selector, dict) else "true"
    mapping = EntityMapping(mappings, query)
    try:
        check_key_places(entry)
        resource = read_resource(kind, selector, pagination, permissions)
        check_expressions(mapping)
    except ResourceError as error:
        error.at(Place(kind=kind))
        raise
    enable_delete = entry.get("enableDelete") is not False
    return Entry(kind, resource, mapping, enable_delete, ItemsToParse.of(entry["port"]))


def _mappings_of(entry: Any) -> dict[str, Any]:  # noqa: ANN401 - what a file holds
    """Return `port.entity.mappings`. Raises ResourceError: the entry has none, or no kind."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        raise ResourceError("has no kind", hint="Set kind to the path of the endpoint")
    place = Place(kind=entry["kind"])
    try:
        mappings = entry["port"]["entity"]["mappings"]
    except (KeyError, TypeError) as error:
        raise ResourceError(
            "has no port.entity.mappings", hint="Add identifier and blueprint there", place=place
        ) from error
    if not isinstance(mappings, dict):
        raise ResourceError(
            f"port.entity.mappings is of type {type_name(mappings)}, not an object",
            hint="Add identifier and blueprint there",
            place=place,
        )
    for name in ("identifier", "blueprint"):
        if mappings.get(name) in (None, ""):
            raise ResourceError(f"port.entity.mappings has no {name}", hint="Add it", place=place)
    return mappings
