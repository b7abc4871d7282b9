"""Find what a document says about a field of a response."""

from collections.abc import Iterator, Sequence

from builder.imports.imported import DocumentError
from builder.imports.openapi.document import DocumentNode

_MAX_NESTING = 4
_COMBINATIONS = ("allOf", "oneOf", "anyOf")


def field_description(schema: DocumentNode | None, keys: Sequence[str]) -> str:
    """Return the description of the field at these keys, empty if there is none."""
    holders = [schema] if schema else []
    for key in keys:
        holders = [field for holder in holders for field in fields_named(holder, key)]
    return next((text for each in holders if (text := each.text("description"))), "")


def alternatives(schema: DocumentNode, depth: int = 0) -> Iterator[DocumentNode]:
    """Yield the alternatives of a schema that is only a choice of them, else the schema itself."""
    choices = [each for key in ("oneOf", "anyOf") for each in schema.elements(key)]
    if not choices or depth > _MAX_NESTING or {"properties", "items", "allOf"} & schema.value.keys():
        yield schema
        return
    for each in choices:
        if each.value.get("type") != "null":
            yield from alternatives(each, depth + 1)


def fields_named(schema: DocumentNode, key: str, depth: int = 0) -> Iterator[DocumentNode]:
    """Yield the fields with this name in a schema and in the schemas that it combines."""
    try:
        properties = schema.child("properties")
        if properties and (field := properties.child(key)):
            yield field
        if depth < _MAX_NESTING:
            for name in _COMBINATIONS:
                for part in schema.elements(name):
                    yield from fields_named(part, key, depth + 1)
    except DocumentError:
        return  # The sample leaves such a field out and reports it.
