"""The columns of a blueprint's table: what of an entity can be shown, sorted by and filtered on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sandbox.port_api.blueprints import COMPUTED, Blueprint
from sandbox.port_api.entities import Entity
from sandbox.port_api.jsontext import Document, Json, dump
from sandbox.port_api.times import iso

_DATE: Document = {"type": "string", "format": "date-time"}
_ISO = "strftime('%Y-%m-%dT%H:%M:%fZ', {} / 1000000.0, 'unixepoch')"


@dataclass(frozen=True, slots=True)
class Field:
    """One column. key: its name in addresses, `title` or `properties.age`.

    sql: its value in the table `entities`, with `values` for its `?`; as_read: the same in SQL as it is
    read, where that differs; target: the blueprint of a relation.
    """

    key: str
    title: str
    sql: str
    values: tuple[str, ...] = ()
    schema: Document = field(default_factory=dict)
    target: str | None = None
    as_read: str | None = None

    @property
    def text_sql(self) -> str:
        """What a filter looks into."""
        return self.as_read or self.sql

    @property
    def name(self) -> str:
        """What the blueprint calls it."""
        return self.key.rpartition(".")[2]

    @property
    def choices(self) -> tuple[str, ...]:
        """The few values that it can have, if it is of that kind."""
        if self.schema.get("type") == "boolean":
            return ("true", "false")
        allowed = self.schema.get("enum", [])
        return tuple(str(value) for value in allowed if isinstance(value, str | int | float))

    def stored(self, choice: str) -> str:
        """A choice as SQLite has it, as text."""
        if self.schema.get("type") == "boolean":
            return {"true": "1", "false": "0"}.get(choice, choice)
        return choice

    def read(self, entity: Entity) -> Json:
        """The entity's value."""
        part, _, name = self.key.partition(".")
        if name:
            value: Json = entity.content[part].get(name)
            return value
        return _READ[part](entity)


_META = (
    Field("identifier", "Identifier", "identifier"),
    Field("title", "Title", "json_extract(content, '$.title')"),
    Field("createdAt", "Created", "created_at", schema=_DATE, as_read=_ISO.format("created_at")),
    Field("updatedAt", "Updated", "updated_at", schema=_DATE, as_read=_ISO.format("updated_at")),
    Field("datasource", "Datasource", "datasource"),
)
_READ: Mapping[str, Callable[[Entity], Json]] = MappingProxyType(
    {
        "identifier": lambda entity: entity.identifier,
        "title": lambda entity: entity.content.get("title"),
        "createdAt": lambda entity: iso(entity.created_at),
        "updatedAt": lambda entity: iso(entity.updated_at),
        "datasource": lambda entity: entity.datasource,
    }
)


def fields_of(blueprint: Blueprint) -> Mapping[str, Field]:
    """By key, in the order of the table: identifier and title, properties, relations, the rest."""
    document = blueprint.document
    found = [*_META[:2]]
    for name, schema in document["schema"]["properties"].items():
        shown = {} if name in blueprint.untyped else schema
        found.append(_content("properties", name, str(schema.get("title") or name), schema=shown))
    for name, relation in document["relations"].items():
        title = str(relation.get("title") or name)
        found.append(_content("relations", name, title, target=relation["target"]))
    return {each.key: each for each in (*found, *_META[2:])}


def _content(
    part: str, name: str, title: str, *, schema: Document | None = None, target: str | None = None
) -> Field:
    path = f"$.{part}.{dump(name)}"
    return Field(f"{part}.{name}", title, "json_extract(content, ?)", (path,), schema or {}, target)


def computed_fields(blueprint: Blueprint) -> list[Field]:
    """The properties that nobody writes; they cannot be sorted by."""
    found = []
    for kind in COMPUTED:
        for name, definition in blueprint.document.get(kind, {}).items():
            title = str(definition.get("title") or name)
            found.append(Field(f"properties.{name}", title, "NULL", schema=definition))
    return found
