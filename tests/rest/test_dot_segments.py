"""Dot segments in all their encodings, in paths and in values of the mapping."""

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Resource
from rest.bodies import Json
from rest.dot_segments import (
    has_dot_segments,
    has_literal_dot_segment,
    has_parent_segment,
    occurs_in,
    without_query,
)
from rest.errors import ResourceError

LEADING_AWAY = {
    "two dots": "/../admin",
    "two dots at the end": "/a/..",
    "two dots alone": "..",
    "deep": "/a/b/../../../admin",
    "one dot": "/./admin",
    "one dot at the end": "/a/.",
    "encoded": "/%2e%2e/admin",
    "capital encoding": "/%2E%2E/admin",
    "half encoded": "/.%2e/admin",
    "encoded twice": "/%252e%252e/admin",
    "encoded four times": "/%2525252e%2525252e/admin",
    "encoded slashes": "/a%2f..%2f..%2fadmin",
    "encoded slashes and dots": "/a%2F%2e%2e%2Fadmin",
    "slashes encoded twice": "/a%252f..%252fadmin",
    "semicolon": "/..;/admin",
    "semicolon with a parameter": "/..;v=1/admin",
    "encoded semicolon": "/..%3b/admin",
    "one dot and a semicolon": "/.;/admin",
    "backslashes": "\\..\\admin",
    "backslash before a slash": "/a\\../admin",
    "encoded backslashes": "/a%5c..%5cadmin",
    "tab": "/.\t./admin",
    "line break": "/.\n./admin",
    "carriage return": "/..\r/admin",
    "encoded tab": "/.%09./admin",
    "null": "/..%00/admin",
    "blank": "/..%20/admin",
    "wide dots": "/\uff0e\uff0e/admin",
    "encoded wide dots": "/%EF%BC%8E%EF%BC%8E/admin",
    "two dots in one letter": "/\u2025/admin",
    "wide slashes": "/a\uff0f..\uff0fadmin",
    "wide percent": "/\uff052e\uff052e/admin",
    "zero width": "/.\u200b./admin",
    "overlong dots": "/%c0%ae%c0%ae/admin",
    "overlong in three bytes": "/%e0%80%ae%E0%80%AE/admin",
    "overlong slash": "/a%c0%af..%c0%afadmin",
    "old IIS": "/%u002e%u002e/admin",
    "old IIS slash": "/a%u002f..%u002Fadmin",
    "question mark encoded": "/..%3fa/b",
    "number sign encoded": "/..%23a/b",
}
SOUND = (
    "",
    "/",
    "/api/v1.0/users",
    "/a/file..name",
    "/a/...",
    "/a/..b",
    "/a/b..",
    "/.well-known/openid",
    "/a/.hidden",
    "/a/x.json",
    "//a//b",
    "/a;v=1/b",
    "/a/..x;y",
    "/projects/group%2Fproject/issues",
    "/files/a%2Fb.c",
    "/a%20b/%25",
    "/100%",
    "/%zz/%u00",
    "/日本/ü",
    "/a:b@c,d",
    "/\u2026/a",
    "/a/...;x/b",
)


def read(kind: str, **parameter: object) -> Resource:
    selector = {"path_parameters": {"id": parameter}} if parameter else {}
    return read_resource(kind, selector, PaginationSettings())


@pytest.mark.parametrize("path", LEADING_AWAY.values(), ids=LEADING_AWAY)
def test_a_path_with_dot_segments_is_rejected_as_kind_and_as_endpoint(path: str) -> None:
    assert has_dot_segments(path)
    with pytest.raises(ResourceError, match=r"^the kind .* has dot segments, which lead to another path"):
        read(path)
    with pytest.raises(ResourceError, match=r"^selector\.path_parameters\.id\.endpoint .* has dot segments"):
        read("/x/{id}", endpoint=path, field=".id")
    with pytest.raises(ResourceError, match="has dot segments"):
        read(f"{path}/{{id}}", values=[1])


@pytest.mark.parametrize("path", SOUND)
def test_dots_inside_names_are_allowed(path: str) -> None:
    assert not has_dot_segments(path)
    assert read(f"{path}?path=../x#..").kind.startswith(path)


@pytest.mark.parametrize(
    "value", ["../admin", "a/../b", "..%2fadmin", "%2e%2e", "..;/a", "a\\..\\b", "\uff0e\uff0e/a", "..\t/a"]
)
def test_a_mapping_value_with_dot_segments_is_rejected_only_in_a_path(value: str) -> None:
    assert has_parent_segment(value)
    with pytest.raises(ResourceError, match=r"path_parameters\.id\.values: .* leads to another path"):
        read("/x/{id}", values=["a", value])
    with pytest.raises(ResourceError, match="leads to another path"):
        read("/x/{+id}", values=[value])
    assert read("/x?path={id}", values=[value]).parameters[0].sources[0].values == (value,)


@pytest.mark.parametrize("value", ["a/b", "./a", "v1.0", "...", "a..b", "..", 1, True, "a;b"])
def test_other_mapping_values_are_allowed(value: object) -> None:
    assert read("/x/{id}", values=[value]).parameters


def test_the_path_of_a_parent_endpoint_is_checked_too() -> None:
    parents = {
        "id": {"values": ["../a"]},
        "other": {"endpoint": "/y/{id}", "field": ".id"},
    }
    with pytest.raises(ResourceError, match="leads to another path"):
        read_resource("/x/{other}", {"path_parameters": parents}, PaginationSettings())


@pytest.mark.parametrize(
    ("path", "is_so"),
    [("/a/..", True), ("/a/%2e", True), ("/a/%252e", False), ("/a%2F..%2Fb", False), ("/..;a/b", False)],
)
def test_literal_dot_segments_are_plain_or_percent_encoded_dots(path: str, *, is_so: bool) -> None:
    assert has_literal_dot_segment(path) is is_so


@pytest.mark.parametrize(
    ("text", "path"), [("/a?b=../c", "/a"), ("/a#../b?c", "/a"), ("/a", "/a"), ("", ""), ("?a#b", "")]
)
def test_a_path_ends_before_its_query_and_fragment(text: str, path: str) -> None:
    assert without_query(text) == path


def test_a_text_occurs_in_any_string_of_the_body() -> None:
    body: Json = {"a": [1, None, {"link": "https://x.io/b?c"}]}
    assert occurs_in("/b", body)
    assert not occurs_in("/c", body)
    assert not occurs_in("1", body)
    assert not occurs_in("a", {"a": 1})


def test_decoding_ends() -> None:
    assert not has_dot_segments("/" + "%25" * 20_000 + "2e")
    assert not has_dot_segments("/%" + "25" * 20_000 + "2e/a")  # no server decodes this often
