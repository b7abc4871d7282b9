"""A mapping file read without Ocean: its resources, and what their items become."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    """One of `resources`: what to read, and what its items become. enable_delete: Port's own key."""

    kind: str
    resource: Resource
    mapping: EntityMapping
    enable_delete: bool = True


def mapping_of(path: Path) -> dict[str, Any]:
    """A mapping file's content, YAML or JSON. Raises ResourceError: it cannot be read, or is no mapping."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResourceError(
            f"{path} cannot be read: {error.strerror}", hint="Name the mapping file"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ResourceError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ResourceError(f"{path} is nested too deeply") from error
    return checked_mapping(content, str(path))


def checked_mapping(content: Any, where: str) -> dict[str, Any]:  # noqa: ANN401 - what a file or Port holds
    """The content, seen to have resources. Raises ResourceError: it has none."""
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list) or not resources:
        raise ResourceError(f"{where} has no resources", hint="A mapping is {resources: [{kind: ..., ...}]}")
    found: dict[str, Any] = content
    return found


def entries_of(
    mapping: Mapping[str, Any], pagination: PaginationSettings, permissions: Permissions = NO_PERMISSIONS
) -> Iterator[Entry]:
    """The entries, in order. Raises ResourceError: one of them is wrong, with its number and kind."""
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
    """One entry. Raises ResourceError: it is wrong, with its kind."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        raise ResourceError("has no kind", hint="Write the endpoint's path as its kind")
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
