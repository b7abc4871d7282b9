import pytest

from sandbox.port_api.json_codec import Document, Json
from sandbox.web.display_values import DisplayValue, cell_value, display_value
from sandbox.web.fields import Field

_URL = {"type": "string", "format": "url"}


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (None, {}, DisplayValue("none")),
        (True, {"type": "boolean"}, DisplayValue("flag", "true")),
        (0, {"type": "number"}, DisplayValue("number", "0")),
        (12345678901234567890, {}, DisplayValue("number", "12345678901234567890")),
        ("plain", {"type": "string"}, DisplayValue("text", "plain")),
        ("a\nb", {"type": "string"}, DisplayValue("prose", "a\nb")),
        ("# a", {"type": "string", "format": "markdown"}, DisplayValue("prose", "# a")),
        ("https://x.example/a", _URL, DisplayValue("link", "https://x.example/a", "https://x.example/a")),
        ("javascript:alert(1)", _URL, DisplayValue("text", "javascript:alert(1)")),
        ("data:text/html,x", _URL, DisplayValue("text", "data:text/html,x")),
        ("https://x.example", {"type": "string"}, DisplayValue("text", "https://x.example")),
        ("a@x.example", {"format": "email"}, DisplayValue("link", "a@x.example", "mailto:a@x.example")),
        (
            "2026-01-31T12:00:00+02:00",
            {"format": "date-time"},
            DisplayValue("moment", "2026-01-31 10:00:00 UTC", "2026-01-31T12:00:00+02:00"),
        ),
        ("soon", {"format": "date-time"}, DisplayValue("text", "soon")),
        ([], {"type": "array"}, DisplayValue("list")),
        (
            ["a", 1],
            {"type": "array"},
            DisplayValue("list", parts=(DisplayValue("text", "a"), DisplayValue("number", "1"))),
        ),
        (
            ["https://x.example"],
            {"items": _URL},
            DisplayValue("list", parts=(DisplayValue("link", "https://x.example", "https://x.example"),)),
        ),
        ([{"a": 1}], {}, DisplayValue("json", '[\n  {\n    "a": 1\n  }\n]')),
        ({"ü": 1}, {"type": "object"}, DisplayValue("json", '{\n  "ü": 1\n}')),
        (
            {"url": "https://x.example", "displayText": "The page"},
            {"format": "labeled-url"},
            DisplayValue("link", "The page", "https://x.example"),
        ),
        (
            {"url": "javascript:x"},
            {"format": "labeled-url"},
            DisplayValue("json", '{\n  "url": "javascript:x"\n}'),
        ),
        (7, _URL, DisplayValue("number", "7")),
    ],
)
def test_value_is_displayed_by_its_type(value: Json, schema: Document, expected: DisplayValue) -> None:
    assert display_value(value, schema) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 500, DisplayValue("text", "x" * 120 + "…")),
        ("a\nb", DisplayValue("text", "a b")),
        ({"a": [1]}, DisplayValue("code", '{"a": [1]}')),
    ],
)
def test_cell_value_is_one_short_line(value: Json, expected: DisplayValue) -> None:
    assert cell_value(value, Field("properties.x", "X", "NULL")) == expected
