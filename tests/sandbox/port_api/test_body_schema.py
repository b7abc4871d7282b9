"""Messages of schema violations."""

from typing import Any

import pytest

from sandbox.port_api.body_schema import BodySchema, one_of, record
from sandbox.port_api.errors import PortError

_TEXT = {"type": "string"}
_NAMED = record({"name": _TEXT})
_LISTED = {"anyOf": [{"type": "array", "items": _NAMED}, _NAMED]}
_TAGGED = {
    "anyOf": [
        {"type": "object", "maxProperties": 0},
        record({"by": one_of("name"), "name": _TEXT}),
        record({"by": one_of("path", "link"), "at": _TEXT}),
    ]
}
_LONG = "x" * 1000


@pytest.mark.parametrize(
    ("schema", "body", "message"),
    [
        (record({}), [], "body must be object"),
        (record({"a": _TEXT}), {}, "body must have required property 'a'"),
        (record({"a": _TEXT}), {"a": 1}, "body/a must be string"),
        (record({"a": {"type": ["string", "null"]}}), {"a": 1}, "body/a must be string or null"),
        (record({"a": _TEXT}), {"a": "", "b": 1}, "body/b is not known here"),
        (record({"a": one_of("x", "y")}), {"a": []}, "body/a must be one of ['x', 'y']"),
        (record({"a": {"type": "array", "items": _TEXT}}), {"a": ["", 1]}, "body/a/1 must be string"),
        (
            record({"a": {"type": "integer", "minimum": 1}}),
            {"a": 0},
            "body/a must be bigger than or equal to 1",
        ),
        (record({"a": {"type": "integer"}}), {"a": True}, "body/a must be integer"),
        (record({"a": {"type": "integer"}}), {"a": 1.5}, "body/a must be integer"),
        (record({"a": {"type": "boolean"}}), {"a": 1}, "body/a must be boolean"),
        (
            record({"a": {"type": "string", "maxLength": 1}}),
            {"a": _LONG},
            "body/a must be shorter than or equal to 1 characters",
        ),
        (record({"a": {"pattern": "^x$"}}), {"a": "x\n"}, "body/a must match pattern ^x$"),
        (
            {"propertyNames": {"maxLength": 1}},
            {"x": 1, "xy": 1},
            "body/xy must be shorter than or equal to 1 characters, as a name",
        ),
        ({"additionalProperties": _TEXT}, {"x": 1}, "body/x must be string"),
        ({"additionalProperties": False}, {_LONG: 1}, f"body/{_LONG[:60]} is not known here"),
        ({"pattern": f"^{_LONG}"}, "y", f"body must match pattern ^{_LONG}"[:500]),
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
        (_TAGGED, {"by": "age"}, "body/by must be one of ['name', 'path', 'link']"),
        (_TAGGED, {"at": "x"}, "body must have required property 'by'"),
    ],
)
def test_message_names_the_path_and_the_problem(schema: dict[str, Any], body: Any, message: str) -> None:
    with pytest.raises(PortError) as refused:
        BodySchema(schema).check(body)
    assert refused.value.message == message


def test_valid_body_is_returned_unchanged() -> None:
    body: Any = {"count": 1.0, "more": [True]}
    shape = BodySchema(record({"count": {"type": "integer"}}, {"note": {"default": "x"}}, closed=False))
    assert shape.check(body) is body
    assert body == {"count": 1.0, "more": [True]}
