"""What a user can change about a body of another format."""

import pytest

from rest.body_format import RECOGNIZED, BodyFormat, FormatName
from rest.errors import ItemsError
from rest.format_advice import likely_format
from rest.response import Response


@pytest.mark.parametrize(
    ("start", "name"),
    [
        ("id,name\n1,a\n2,b\n", "csv"),
        ("id;name\n1;a, b, c\n", "csv"),
        ("id\tname\n1\ta\n2", "csv"),
        ("a: 1\nb:\n  - x\n  - y: 2\n# comment\n", "yaml"),
        ("---\nkind: Pod\n", "yaml"),
        ("up 1\ndown{a=b} 0\n", "text"),
        ("a: [1\nb: 2\nc", "text"),
        ("Internal error", None),
        ("", None),
        ('{"a": 1,\n"b": ', None),
        ('[{"a": 1}\n{"a": 2}', None),
        ("<a>\n</a>", "text"),
        ("\0\x01\n\x02", None),
        ("\ufffd\ufffd\n\n\ufffd", None),
    ],
)
def test_the_content_shows_a_likely_format(start: str, name: FormatName | None) -> None:
    assert likely_format(start) == name


def error_of(content: bytes, content_type: str, chosen: BodyFormat = RECOGNIZED) -> str:
    with pytest.raises(ItemsError) as caught:
        _ = Response(200, {"content-type": content_type}, content, format=chosen).body
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "content_type", "advice"),
    [
        (
            b"id,name\n1,a\n",
            "text/plain",
            "If the response is CSV, set format: csv. Otherwise, check the URL.",
        ),
        (
            b"a: 1\nb: 2\n",
            "text/plain",
            "If the response is YAML, set format: yaml. Otherwise, check the URL.",
        ),
        (
            b"up 1\ndown 2\n",
            "text/plain",
            "If the response is text, set format: text. Otherwise, check the URL.",
        ),
        (b"<a><b></a>", "text/xml", "Check that the URL is an API endpoint, not a web page or a login page."),
        (b"oops", "text/plain", "Check that the URL is an API endpoint, not a web page or a login page."),
        (b"a: [", "text/yaml", "Check the response. If it has another format, set format."),
        (
            b"a,b\n\xfc,2",
            "text/csv",
            "Set its charset, for example with format: {csv: {encoding: windows-1252}}.",
        ),
    ],
)
def test_the_error_says_what_to_change(content: bytes, content_type: str, advice: str) -> None:
    assert f". {advice} The parser reports: " in error_of(content, content_type)


def test_the_error_names_the_chosen_format() -> None:
    message = error_of(b'{"error": "x"}', "text/csv", BodyFormat("csv"))
    assert message.startswith("""the response is not CSV (text/csv): '{"error": "x"}'. Correct format""")
    assert message.endswith("The parser reports: the response is JSON, not a table")
    message = error_of(b"{}x", "text/plain", BodyFormat("json"))
    assert message.startswith(
        "the response is not JSON (text/plain): '{}x'. Correct format, which is json, or"
    )
    assert error_of(b"a", "", BodyFormat("xml")).startswith("the response is not XML ()")
