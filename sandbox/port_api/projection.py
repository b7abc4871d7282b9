"""An entity as a JSON document with all fields or selected ones."""

from collections.abc import Callable, Sequence

from sandbox.port_api.entities import Entity
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.timestamps import iso

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


def project(
    entity: Entity, include: Sequence[str] = (), exclude: Sequence[str] = (), computed: Document | None = None
) -> Document:
    """Return the selected fields of an entity.

    include: names such as `title` or `properties.age`; empty means all. Missing values are null.
    computed: values of computed properties.
    """
    content = entity.content
    if computed:
        content = {**content, "properties": {**content["properties"], **computed}}
    if include:
        document = _included(entity, content, include)
    else:
        document = {name: read(entity, content) for name, read in _FIELDS.items()}
    return _excluding(document, exclude) if exclude else document


def _included(entity: Entity, content: Document, include: Sequence[str]) -> Document:
    document: Document = {}
    for name in include:
        part, dot, inner = name.partition(".")
        if dot and part in ("properties", "relations"):
            document.setdefault(part, {})[inner] = content[part].get(inner)
        elif name in _FIELDS:
            value = _FIELDS[name](entity, content)
            document[name] = {**document.get(name, {}), **value} if isinstance(value, dict) else value
    return document


def _excluding(document: Document, exclude: Sequence[str]) -> Document:
    hidden = set(exclude)
    remaining: Document = {}
    for field, value in document.items():
        if field not in hidden:
            is_nested = isinstance(value, dict) and field in ("properties", "relations")
            remaining[field] = (
                {key: item for key, item in value.items() if f"{field}.{key}" not in hidden}
                if is_nested
                else value
            )
    return remaining
