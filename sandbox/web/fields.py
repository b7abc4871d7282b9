"""The fields of a blueprint's entities that the table can show, sort and filter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sandbox.port_api.blueprints import COMPUTED, Blueprint
from sandbox.port_api.entities import Entity
from sandbox.port_api.json_codec import Document, Json, dump
from sandbox.port_api.timestamps import iso

_DATE: Document = {"type": "string", "format": "date-time"}
_ISO = "strftime('%Y-%m-%dT%H:%M:%fZ', {} / 1000000.0, 'unixepoch')"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the table.

    key: its name in URLs, `title` or `properties.age`.
    sql: an expression for its value, with `values` for its `?` placeholders.
    display_sql: an expression for the displayed value if it differs.
    target: the target blueprint of a relation.
    """

    key: str
    title: str
    sql: str
    values: tuple[str, ...] = ()
    schema: Document = field(default_factory=dict)
    target: str | None = None
    display_sql: str | None = None

    @property
    def text_sql(self) -> str:
        """An expression for the text that filters search."""
        return self.display_sql or self.sql

    @property
    def name(self) -> str:
        """Its name in the blueprint."""
        return self.key.rpartition(".")[2]

    @property
    def choices(self) -> tuple[str, ...]:
        """All possible values of a boolean or an enum, else empty."""
        if self.schema.get("type") == "boolean":
            return ("true", "false")
        allowed = self.schema.get("enum", [])
        return tuple(str(value) for value in allowed if isinstance(value, str | int | float))

    def stored(self, choice: str) -> str:
        """Return a choice as SQLite stores it, as text."""
        if self.schema.get("type") == "boolean":
            return {"true": "1", "false": "0"}.get(choice, choice)
        return choice

    def read(self, entity: Entity) -> Json:
        """Return the entity's value."""
        part, _, name = self.key.partition(".")
        if name:
            value: Json = entity.content[part].get(name)
            return value
        return _READ[part](entity)


_META = (
    Field("identifier", "Identifier", "identifier"),
    Field("title", "Title", "json_extract(content, '$.title')"),
    Field("createdAt", "Created", "created_at", schema=_DATE, display_sql=_ISO.format("created_at")),
    Field("updatedAt", "Updated", "updated_at", schema=_DATE, display_sql=_ISO.format("updated_at")),
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
    """Return the fields by key in display order: identifier, title, properties, relations, others."""
    document = blueprint.document
    found = [*_META[:2]]
    for name, schema in document["schema"]["properties"].items():
        display_schema = {} if name in blueprint.untyped else schema
        found.append(_content("properties", name, str(schema.get("title") or name), schema=display_schema))
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
    """Return the computed properties. They cannot be sorted or filtered."""
    found = []
    for kind in COMPUTED:
        for name, definition in blueprint.document.get(kind, {}).items():
            title = str(definition.get("title") or name)
            found.append(Field(f"properties.{name}", title, "NULL", schema=definition))
    return found
