"""Entities as answered: whole, or only the fields that were asked for."""

from collections.abc import Callable, Sequence

from sandbox.port_api.entities import Entity
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.times import iso

_FIELDS: dict[str, Callable[[Entity], Json]] = {
    "identifier": lambda entity: entity.identifier,
    "title": lambda entity: entity.content.get("title"),
    "icon": lambda entity: entity.content.get("icon"),
    "team": lambda entity: entity.content.get("team"),
    "blueprint": lambda entity: entity.blueprint,
    "properties": lambda entity: entity.content["properties"],
    "relations": lambda entity: entity.content["relations"],
    "createdAt": lambda entity: iso(entity.created_at),
    "createdBy": lambda entity: entity.datasource,
    "updatedAt": lambda entity: iso(entity.updated_at),
    "updatedBy": lambda entity: entity.datasource,
}


def view(entity: Entity, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Document:
    """include: only these fields (`title`, `properties.age`), null where nothing is stored; empty is all."""
    shown = _included(entity, include) if include else {name: read(entity) for name, read in _FIELDS.items()}
    return _excluding(shown, exclude) if exclude else shown


def _included(entity: Entity, include: Sequence[str]) -> Document:
    shown: Document = {}
    for name in include:
        part, dot, inner = name.partition(".")
        if dot and part in ("properties", "relations"):
            shown.setdefault(part, {})[inner] = entity.content[part].get(inner)
        elif name in _FIELDS:
            value = _FIELDS[name](entity)
            shown[name] = {**shown.get(name, {}), **value} if isinstance(value, dict) else value
    return shown


def _excluding(shown: Document, exclude: Sequence[str]) -> Document:
    hidden = set(exclude)
    left: Document = {}
    for field, value in shown.items():
        if field not in hidden:
            inside = isinstance(value, dict) and field in ("properties", "relations")
            left[field] = (
                {key: item for key, item in value.items() if f"{field}.{key}" not in hidden}
                if inside
                else value
            )
    return left
