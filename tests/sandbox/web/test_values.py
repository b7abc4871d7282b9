import pytest

from sandbox.port_api.jsontext import Document, Json
from sandbox.web.fields import Field
from sandbox.web.values import Shown, in_a_cell, shown

_URL = {"type": "string", "format": "url"}


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (None, {}, Shown("none")),
        (True, {"type": "boolean"}, Shown("flag", "true")),
        (0, {"type": "number"}, Shown("number", "0")),
        (12345678901234567890, {}, Shown("number", "12345678901234567890")),
        ("plain", {"type": "string"}, Shown("text", "plain")),
        ("a\nb", {"type": "string"}, Shown("prose", "a\nb")),
        ("# a", {"type": "string", "format": "markdown"}, Shown("prose", "# a")),
        ("https://x.example/a", _URL, Shown("link", "https://x.example/a", "https://x.example/a")),
        ("javascript:alert(1)", _URL, Shown("text", "javascript:alert(1)")),
        ("data:text/html,x", _URL, Shown("text", "data:text/html,x")),
        ("https://x.example", {"type": "string"}, Shown("text", "https://x.example")),
        ("a@x.example", {"format": "email"}, Shown("link", "a@x.example", "mailto:a@x.example")),
        (
            "2026-01-31T12:00:00+02:00",
            {"format": "date-time"},
            Shown("moment", "2026-01-31 10:00:00 UTC", "2026-01-31T12:00:00+02:00"),
        ),
        ("soon", {"format": "date-time"}, Shown("text", "soon")),
        ([], {"type": "array"}, Shown("list")),
        (["a", 1], {"type": "array"}, Shown("list", parts=(Shown("text", "a"), Shown("number", "1")))),
        (
            ["https://x.example"],
            {"items": _URL},
            Shown("list", parts=(Shown("link", "https://x.example", "https://x.example"),)),
        ),
        ([{"a": 1}], {}, Shown("json", '[\n  {\n    "a": 1\n  }\n]')),
        ({"ü": 1}, {"type": "object"}, Shown("json", '{\n  "ü": 1\n}')),
        (
            {"url": "https://x.example", "displayText": "The page"},
            {"format": "labeled-url"},
            Shown("link", "The page", "https://x.example"),
        ),
        ({"url": "javascript:x"}, {"format": "labeled-url"}, Shown("json", '{\n  "url": "javascript:x"\n}')),
        (7, _URL, Shown("number", "7")),
    ],
)
def test_value_is_shown_by_its_type(value: Json, schema: Document, expected: Shown) -> None:
    assert shown(value, schema) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 500, Shown("text", "x" * 120 + "…")),
        ("a\nb", Shown("text", "a b")),
        ({"a": [1]}, Shown("code", '{"a": [1]}')),
    ],
)
def test_cell_is_one_short_line(value: Json, expected: Shown) -> None:
    assert in_a_cell(value, Field("properties.x", "X", "NULL")) == expected
