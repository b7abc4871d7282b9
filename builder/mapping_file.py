"""Mapping files, read without Ocean."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.resource import Resource
from mapping import EntityMapping
from rest.errors import Place, ResourceError


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of `resources`. enable_delete: Port's enableDelete."""

    kind: str
    resource: Resource
    mapping: EntityMapping
    enable_delete: bool = True


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
        raise ResourceError(f"{source} is not valid YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ResourceError(f"{source} is nested too deeply") from error
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


def entry_of(
    entry: Any,  # noqa: ANN401 - what a file holds
    pagination: PaginationSettings,
    permissions: Permissions = NO_PERMISSIONS,
) -> Entry:
    """Return an entry. Raises ResourceError: it is wrong; names its kind."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        raise ResourceError("has no kind", hint="Set kind to the path of the endpoint")
    kind = entry["kind"]
    selector = entry.get("selector") or {}
    try:
        mappings = entry["port"]["entity"]["mappings"]
    except (KeyError, TypeError) as error:
        raise ResourceError("has no port.entity.mappings", place=Place(kind=kind)) from error
    try:
        resource = read_resource(kind, selector, pagination, permissions)
    except ResourceError as error:
        error.at(Place(kind=kind))
        raise
    mapping = EntityMapping(mappings, str(selector.get("query", "true")))
    return Entry(kind, resource, mapping, entry.get("enableDelete") is not False)
