"""Entities as answered: whole, or only the fields that were asked for."""

from collections.abc import Callable, Sequence

from sandbox.port_api.entities import Entity
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.times import iso

_FIELDS: dict[str, Callable[[Entity, Document], Json]] = {
    "identifier": lambda entity, _: entity.identifier,
    "title": lambda _, content: content.get("title"),
    "icon": lambda _, content: content.get("icon"),
    "team": lambda _, content: content.get("team"),
    "blueprint": lambda entity, _: entity.blueprint,
    "properties": lambda _, content: content["properties"],
    "relations": lambda _, content: content["relations"],
    "createdAt": lambda entity, _: iso(entity.created_at),
    "createdBy": lambda entity, _: entity.datasource,
    "updatedAt": lambda entity, _: iso(entity.updated_at),
    "updatedBy": lambda entity, _: entity.datasource,
}


def view(
    entity: Entity, include: Sequence[str] = (), exclude: Sequence[str] = (), computed: Document | None = None
) -> Document:
    """include: only these fields (`title`, `properties.age`), null where nothing is stored; empty is all.

    computed: properties beside the stored ones.
    """
    content = entity.content
    if computed:
        content = {**content, "properties": {**content["properties"], **computed}}
    if include:
        shown = _included(entity, content, include)
    else:
        shown = {name: read(entity, content) for name, read in _FIELDS.items()}
    return _excluding(shown, exclude) if exclude else shown


def _included(entity: Entity, content: Document, include: Sequence[str]) -> Document:
    shown: Document = {}
    for name in include:
        part, dot, inner = name.partition(".")
        if dot and part in ("properties", "relations"):
            shown.setdefault(part, {})[inner] = content[part].get(inner)
        elif name in _FIELDS:
            value = _FIELDS[name](entity, content)
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
