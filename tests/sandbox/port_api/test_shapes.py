"""The sandbox's own reading of JSON schemas, beside a library's."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sandbox.port_api.app import create_app
from sandbox.port_api.errors import PortError
from sandbox.port_api.shapes import Shape, one_of, record

type Bodies = Callable[[Any], st.SearchStrategy[Any]]

_APP = create_app()
_APP.state.port.store.close()
_TEXT = {"type": "string"}
_NAMED = record({"name": _TEXT})
_LISTED = {"anyOf": [{"type": "array", "items": _NAMED}, _NAMED]}
_TAGGED = {
    "anyOf": [
        record({"by": one_of("name"), "name": _TEXT}),
        record({"by": one_of("path"), "at": _TEXT}),
    ]
}
_SCHEMAS = {
    f"{method} {path}": operation["requestBody"]["content"]["application/json"]["schema"]
    for path, methods in _APP.openapi()["paths"].items()
    for method, operation in methods.items()
    if "requestBody" in operation
}


def _complaint(schema: Any, body: Any) -> str | None:
    try:
        Shape(schema).check(body)
    except PortError as error:
        return error.message
    return None


@pytest.mark.parametrize("name", _SCHEMAS)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_shape_says_the_same_as_the_library(
    valid: Bodies, broken: Bodies, name: str, data: st.DataObject
) -> None:
    schema = _SCHEMAS[name]
    body = data.draw(valid(schema) | broken(schema))
    assert (_complaint(schema, body) is None) is Draft202012Validator(schema).is_valid(body)


@pytest.mark.parametrize(
    ("schema", "body", "message"),
    [
        (record({}), [], "body must be object"),
        (record({"a": _TEXT}), {}, "body must have required property 'a'"),
        (record({"a": _TEXT}), {"a": 1}, "body/a must be string"),
        (record({"a": {"type": ["string", "null"]}}), {"a": 1}, "body/a must be string or null"),
        (record({"a": _TEXT}), {"a": "", "b": 1}, "body/b is not known here"),
        (record({"a": one_of("x", "y")}), {"a": []}, "body/a must be one of x, y"),
        (record({"a": {"type": "array", "items": _TEXT}}), {"a": ["", 1]}, "body/a/1 must be string"),
        (record({"a": {"type": "integer", "minimum": 1}}), {"a": 0}, "body/a must be >= 1"),
        (record({"a": {"type": "integer"}}), {"a": True}, "body/a must be integer"),
        (
            record({"a": {"type": "string", "maxLength": 1}}),
            {"a": "xy"},
            "body/a must have at most 1 characters",
        ),
        (record({"a": {"pattern": "^x"}}), {"a": "y"}, "body/a must match pattern ^x"),
        ({"propertyNames": {"maxLength": 1}}, {"xy": 1}, "body/xy must have at most 1 characters, as a name"),
        ({"additionalProperties": _TEXT}, {"x": 1}, "body/x must be string"),
        (
            {"anyOf": [_TEXT, record({"a": record({"b": _TEXT})})]},
            {"a": {"b": 1}},
            "body/a/b must be string",
        ),
        ({"anyOf": [_TEXT, {"type": "array"}]}, 1, "body must be string or array"),
        ({"anyOf": [_TEXT, {"anyOf": [one_of("x"), {"type": "null"}]}]}, 1, "body must be string or null"),
        (_LISTED, {}, "body must have required property 'name'"),
        (_LISTED, [{}], "body/0 must have required property 'name'"),
        (_TAGGED, {"by": "path", "at": 1}, "body/at must be string"),
        (_TAGGED, {"by": "name"}, "body must have required property 'name'"),
        (_TAGGED, {"by": "age"}, "body/by must be one of name, path"),
        (_TAGGED, {"at": "x"}, "body must have required property 'by'"),
    ],
)
def test_message_says_where_and_what(schema: dict[str, Any], body: Any, message: str) -> None:
    assert _complaint(schema, body) == message


def test_schema_with_a_keyword_that_is_not_read_is_no_shape() -> None:
    with pytest.raises(KeyError, match="oneOf"):
        Shape({"oneOf": [_TEXT]})
