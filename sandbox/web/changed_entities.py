"""What changed in the catalog since an event, as the page shows it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.port_api.entities import Entity
from sandbox.port_api.json_codec import Json
from sandbox.port_api.port import Port
from sandbox.port_api.recent_changes import EntityChange

_MAX_ROWS = 100
_MAX_FIELDS = 6
_SHORT = 60


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A property, a relation, or the title. before, after: short JSON, or `none`."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedEntity:
    """A created, updated or deleted entity. after_s: seconds since the event; exists: it can be linked."""

    action: str
    blueprint: str
    identifier: str
    title: str
    after_s: float
    exists: bool
    fields: tuple[ChangedField, ...]
    more_fields: int


@dataclass(frozen=True, slots=True)
class CatalogChanges:
    """The changes since an event, newest first. more: changes that are not shown."""

    rows: tuple[ChangedEntity, ...] = ()
    more: int = 0


def changes_since(port: Port, moment: int) -> CatalogChanges:
    """Return the changes since a time, in microseconds since 1970."""
    found = port.graph.recent_changes.since(moment)[::-1]
    return CatalogChanges(
        tuple(_row(port, change, moment) for change in found[:_MAX_ROWS]), max(0, len(found) - _MAX_ROWS)
    )


def _row(port: Port, change: EntityChange, moment: int) -> ChangedEntity:
    entity = change.entity
    fields = tuple(_fields(change.before, change.after)) if change.before and change.after else ()
    return ChangedEntity(
        change.action,
        entity.blueprint,
        entity.identifier,
        str(entity.content.get("title") or entity.identifier),
        (change.moment - moment) / 1_000_000,
        bool(port.entities.existing(entity.blueprint, [entity.identifier])),
        fields[:_MAX_FIELDS],
        max(0, len(fields) - _MAX_FIELDS),
    )


def _fields(before: Entity, after: Entity) -> Iterator[ChangedField]:
    old, new = _flat(before), _flat(after)
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield ChangedField(name, _short(old.get(name)), _short(new.get(name)))


def _flat(entity: Entity) -> Mapping[str, Json]:
    """Return the title, the properties and the relations of an entity by name."""
    content = entity.content
    return {
        **{name: content.get(name) for name in ("title", "icon", "team")},
        **{f"properties.{name}": value for name, value in content["properties"].items()},
        **{f"relations.{name}": value for name, value in content["relations"].items()},
    }


def _short(value: Json) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
