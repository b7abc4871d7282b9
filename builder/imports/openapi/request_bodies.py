"""Read the request body of a POST operation that reads: required values, and parameters of pages in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.request_parameters import RequestParameter, read_parameter
from builder.imports.openapi.sample_responses import content_types, may_be_json
from rest.bodies import Json
from rest.request_bodies import BodyType

# Objects in a body that hold the parameters of pages: {"page": {"limit": 50}}.
_MAX_DEPTH = 2
_MAX_PROPERTIES = 200


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The body of a request. values: those that are required and known. missing: required, without a value.

    parameters: the scalars in the body, in dot notation. body_type: how it is sent.
    """

    values: dict[str, Json] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    parameters: tuple[RequestParameter, ...] = ()
    body_type: BodyType = "json"


def read_request_body(operation: DocumentNode) -> RequestBody | None:
    """Return the body of an operation, None if it has none in JSON or as a form.

    Raises DocumentError: it is malformed.
    """
    schema, body_type = _schema(operation)
    if schema is None:
        return None
    required = _required(schema)
    parameters = tuple(_parameters(schema, "", 1))
    by_name = {each.name: each for each in parameters}
    properties = dict(_properties(schema, 1))
    values: dict[str, Json] = {}
    missing = []
    for name in required:
        known = by_name.get(name)
        if known and known.values:
            values[name] = known.values[0]
        elif name in properties and properties[name].value.get("type") in ("array", "object"):
            values[name] = [] if properties[name].value["type"] == "array" else {}
        else:
            missing.append(name)
    return RequestBody(values, tuple(missing), parameters, body_type)


def _schema(operation: DocumentNode) -> tuple[DocumentNode | None, BodyType]:
    """Return the schema of the body and how it is sent: as JSON if the API takes that."""
    body = operation.child("requestBody")
    content = body.child("content") if body else None
    if content:
        types = dict(content_types(content))
        in_json = [media for name, media in types.items() if may_be_json(name)]
        if in_json:
            return in_json[0].child("schema"), "json"
        form = types.get("application/x-www-form-urlencoded")
        media = form or types.get("multipart/form-data")
        return (media.child("schema"), "form" if form else "multipart") if media else (None, "json")
    in_body = [each for each in operation.elements("parameters") if each.text("in") == "body"]
    return (in_body[0].child("schema") if in_body else None), "json"


def _required(schema: DocumentNode) -> list[str]:
    own = schema.value.get("required")
    names = [each for each in own if isinstance(each, str)] if isinstance(own, list) else []
    return list(
        dict.fromkeys([*names, *(name for part in schema.elements("allOf") for name in _required(part))])
    )


def _properties(schema: DocumentNode, depth: int) -> Iterator[tuple[str, DocumentNode]]:
    yield from islice(schema.fields("properties"), _MAX_PROPERTIES)
    if depth <= _MAX_DEPTH:
        for key in ("allOf", "anyOf", "oneOf"):
            for part in schema.elements(key):
                yield from _properties(part, depth + 1)


def _parameters(schema: DocumentNode, prefix: str, depth: int) -> Iterator[RequestParameter]:
    for name, inner in _properties(schema, depth):
        if "." in name:
            continue
        if "properties" in inner.value and depth < _MAX_DEPTH:
            yield from _parameters(inner, f"{prefix}{name}.", depth + 1)
        else:
            yield read_parameter(f"{prefix}{name}", "body", inner, inner, is_required=False)
