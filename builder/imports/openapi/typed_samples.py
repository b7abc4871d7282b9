"""Samples of responses that are not JSON, in the form in which the integration reads them."""

from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.response_fields import fields_named
from builder.json_values import as_object
from expressions.paths import ABSENT, Absent
from rest.bodies import Json
from rest.body_format import FormatName, format_of
from rest.body_parsing import parse_body
from rest.request import text_of


def declared_format(media_type: str) -> FormatName:
    """Return the format of a media type."""
    return format_of(b"", media_type)


def parse_example(example: Json, media_type: str) -> Json:
    """Return the values of an example that is the text of a response. None: it has another format."""
    if not isinstance(example, str):
        return example
    try:
        return parse_body(example.encode("utf-8", "surrogatepass"), media_type)
    except ValueError:
        return None


def typed_sample(body: Json | Absent, schema: DocumentNode | None, media_type: str) -> Json | Absent:
    """Return the sample of a schema as it is read from a response of a media type."""
    if body is ABSENT or schema is None:
        return body
    match declared_format(media_type):
        case "xml":
            return _document(body, schema)
        case "csv":
            return _rows(body)
    return body


def _rows(body: Json) -> Json:
    if not isinstance(body, list):
        return body
    return [
        {name: text_of(cell) for name, cell in row.items()} if isinstance(row, dict) else row for row in body
    ]


def _document(body: Json, schema: DocumentNode) -> Json:
    """Return a sample with the names of the XML object (OpenAPI 3.1 §4.8.26), and texts as values."""
    name = schema.ref.rpartition("/")[2]
    if not isinstance(body, list):
        return {_key(schema, name or "response"): _value(body, schema)}
    items = schema.child("items")
    item = _key(items, items.ref.rpartition("/")[2] if items else "") or "item"
    return {_key(schema, name or f"{item}s"): {item: [_value(each, items) for each in body]}}


def _value(body: Json, schema: DocumentNode | None) -> Json:
    if isinstance(body, list):
        return [_value(each, schema) for each in body]
    if not isinstance(body, dict):
        return None if body is None else text_of(body)
    found: dict[str, Json] = {}
    for name, value in body.items():
        field = next(fields_named(schema, name), None) if schema else None
        found |= _list(name, value, field) if isinstance(value, list) else _member(name, value, field)
    return found


def _member(name: str, value: Json, schema: DocumentNode | None) -> dict[str, Json]:
    is_attribute = schema is not None and as_object(schema.value.get("xml")).get("attribute") is True
    return {("@" if is_attribute else "") + _key(schema, name): _value(value, schema)}


def _list(name: str, value: list[Json], schema: DocumentNode | None) -> dict[str, Json]:
    items = schema.child("items") if schema else None
    values = [_value(each, items) for each in value]
    is_wrapped = schema is not None and as_object(schema.value.get("xml")).get("wrapped") is True
    if is_wrapped:
        return {_key(schema, name): {_key(items, name): values}}
    return {_key(items, name): values}


def _key(schema: DocumentNode | None, name: str) -> str:
    """Return the name of an element or attribute, with its prefix. name: without a name of its own."""
    xml = as_object(schema.value.get("xml")) if schema else {}
    own, prefix = xml.get("name"), xml.get("prefix")
    key = own if isinstance(own, str) and own else name
    return f"{prefix}:{key}" if isinstance(prefix, str) and prefix else key
