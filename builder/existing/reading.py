"""Mappings of Port and of files, read into drafts that can be written back without loss."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from builder.draft import Blueprint, Draft, KeptEntry, Original, Property, PropertyType, Relation, Source
from builder.install import describe_blueprint, describe_entry
from builder.json_values import as_object
from mapping import named_blueprint
from rest.bodies import Json

_TYPES = frozenset({"string", "number", "boolean", "array", "object"})
# Set by Port. A request must not contain them.
_READ_ONLY = frozenset({"id", "createdAt", "createdBy", "updatedAt", "updatedBy"})


def read_mapping_draft(mapping: Mapping[str, Json], blueprints: Iterable[Mapping[str, Json]] = ()) -> Draft:
    """Return the draft of a mapping. blueprints: those that are known, in Port's format.

    Entries that a source cannot describe are kept. Settings and installation are not part of a mapping.
    """
    known = {str(each.get("identifier")): without_read_only(each) for each in blueprints}
    resources = mapping.get("resources")
    entries = [
        read_entry(position, entry, known)
        for position, entry in enumerate(resources if isinstance(resources, list) else [])
    ]
    return Draft(
        sources=tuple(each for each in entries if isinstance(each, Source)),
        kept=tuple(each for each in entries if isinstance(each, KeptEntry)),
        mapping={name: value for name, value in mapping.items() if name != "resources"},
    )


def read_entry(
    position: int, entry: Json, blueprints: Mapping[str, Mapping[str, Json]]
) -> Source | KeptEntry:
    """Return an entry of a mapping as a source, or as it is if a source cannot describe it."""
    mappings = as_object(as_object(as_object(entry).get("port")).get("entity")).get("mappings")
    if isinstance(mappings, list):
        if len(mappings) != 1:
            return KeptEntry(position, entry, f"It maps each item to {len(mappings)} entities")
        mappings = mappings[0]
    entity = as_object(mappings)
    name = named_blueprint(entity.get("blueprint"))
    kind, identifier = as_object(entry).get("kind"), entity.get("identifier")
    if not isinstance(kind, str) or not kind.strip():
        return KeptEntry(position, entry, "It has no kind")
    if name is None:
        return KeptEntry(position, entry, "Its blueprint is computed for each item")
    if not isinstance(identifier, str) or not identifier.strip():
        return KeptEntry(position, entry, "Its identifier is not a jq expression")
    source = Source(
        kind,
        _read_blueprint(name, entity, blueprints.get(name)),
        identifier,
        _text(entity.get("title")),
        as_object(as_object(entry).get("selector")),
        position=position,
    )
    return with_original(source, as_object(entry), blueprints.get(name))


def with_original(source: Source, entry: Mapping[str, Json], blueprint: Mapping[str, Json] | None) -> Source:
    """Return the source of an opened entry, which changes nothing until the source itself is changed."""
    source = replace(source, original=Original(entry, describe_entry(source)))
    if blueprint is None:
        return source
    return replace(source, blueprint=with_original_blueprint(source.blueprint, blueprint))


def with_original_blueprint(blueprint: Blueprint, document: Mapping[str, Json]) -> Blueprint:
    """Return an opened blueprint. Properties and relations that the document lacks count as added."""
    described = describe_blueprint(blueprint)
    properties = as_object(as_object(document.get("schema")).get("properties"))
    described["schema"] = {
        **as_object(described["schema"]),
        "properties": _only(as_object(described["schema"]).get("properties"), properties),
    }
    described["relations"] = _only(described["relations"], as_object(document.get("relations")))
    return replace(blueprint, original=Original(document, described))


def without_read_only(blueprint: Mapping[str, Json]) -> dict[str, Json]:
    """Return a blueprint without the keys that Port sets."""
    return {name: value for name, value in blueprint.items() if name not in _READ_ONLY}


def _read_blueprint(name: str, entity: Mapping[str, Json], document: Mapping[str, Json] | None) -> Blueprint:
    known = document or {}
    properties = as_object(as_object(known.get("schema")).get("properties"))
    relations = as_object(known.get("relations"))
    return Blueprint(
        name,
        _text(known.get("title")) or "",
        _text(known.get("icon")),
        tuple(
            _read_property(each, expression, as_object(properties.get(each)))
            for each, expression in as_object(entity.get("properties")).items()
            if isinstance(expression, str)
        ),
        tuple(
            _read_relation(each, expression, as_object(relations.get(each)))
            for each, expression in as_object(entity.get("relations")).items()
            if isinstance(expression, str)
        ),
    )


def _read_property(name: str, expression: str, definition: Mapping[str, Json]) -> Property:
    type_ = definition.get("type")
    items = as_object(definition.get("items")) if type_ == "array" else definition
    return Property(
        name,
        expression,
        cast("PropertyType", type_) if type_ in _TYPES else "string",
        _text(definition.get("title")) or "",
        _text(items.get("format")),
        _read_enum(items.get("enum")),
    )


def _read_relation(name: str, expression: str, definition: Mapping[str, Json]) -> Relation:
    return Relation(
        name,
        _text(definition.get("target")) or "",
        expression,
        _text(definition.get("title")) or "",
        many=definition.get("many") is True,
    )


def _only(described: Json, document: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in as_object(described).items() if name in document}


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


def _read_enum(enum: Json) -> tuple[str | int | float, ...]:
    values = enum if isinstance(enum, list) else []
    return tuple(
        each for each in values if isinstance(each, str | int | float) and not isinstance(each, bool)
    )
