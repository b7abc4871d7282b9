"""Binding templates: no value changes the path around it, and placeholders without a value stay."""

import string
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configuration.pagination import PaginationSettings
from configuration.parameter_values import Value
from configuration.resource import Endpoint
from extraction.endpoints import bind, request_for, template_key
from rest.bodies import Json
from rest.errors import ResourceError

BASE = "https://a.example/api"


def endpoint(
    path: str,
    *,
    query: tuple[tuple[str, str], ...] = (),
    headers: tuple[tuple[str, str], ...] = (),
    body: Json = None,
) -> Endpoint:
    return Endpoint(path, PaginationSettings(), query_params=query, headers=headers, body=body)


def path_of(template: str, value: Value) -> str:
    return bind(endpoint(template), {"name": value}).path


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a", "a"),
        ("a b", "a%20b"),
        ("x/../../admin", "x%2F..%2F..%2Fadmin"),
        ("a/b", "a%2Fb"),
        ("q?all=1", "q%3Fall%3D1"),
        ("a#b", "a%23b"),
        ("%", "%25"),
        ("50%25", "50%2525"),
        ("ü%2F", "%C3%BC%252F"),
        ("日本", "%E6%97%A5%E6%9C%AC"),
        ("a+b&c;d", "a%2Bb%26c%3Bd"),
        ("...", "..."),
        (".a", ".a"),
        ("%2e%2e", "%252e%252e"),
        ("\r\n", "%0D%0A"),
        ("{name}", "%7Bname%7D"),
        (7, "7"),
        (12345678901234567890, "12345678901234567890"),
        (1.5, "1.5"),
        (True, "true"),
    ],
    ids=str,
)
def test_value_is_percent_encoded(value: Value, encoded: str) -> None:
    assert path_of("/x/{name}/y", value) == f"/x/{encoded}/y"


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("library/nginx", "library/nginx"),
        ("a b", "a%20b"),
        ("a%2Fb", "a%2Fb"),
        ("ü%2F", "%C3%BC%2F"),
        ("%", "%25"),
        ("100%", "100%25"),
        ("%zz%41%", "%25zz%41%25"),
        ("%4", "%254"),
        ("q?all=1", "q%3Fall=1"),
        ("a#b", "a%23b"),
        ("a:b@c", "a:b@c"),
        (7, "7"),
    ],
    ids=str,
)
def test_raw_value_keeps_slashes_and_existing_escapes(value: Value, encoded: str) -> None:
    assert path_of("/x/{+name}/y", value) == f"/x/{encoded}/y"


@pytest.mark.parametrize("value", [".", ".."])
def test_dot_segment_is_rejected(value: str) -> None:
    """Percent-encoding does not help: servers decode dots before they resolve the path."""
    with pytest.raises(
        ResourceError, match=r"would change the request's path.*path_parameters\.name\.filter"
    ):
        path_of("/x/{name}", value)


@pytest.mark.parametrize(
    "value",
    [
        ".",
        "..",
        "../admin",
        "x/../../admin",
        "x/.",
        "x/%2e%2e/y",
        "%2E%2e",
        "x%2F..%2Fy",
        "..%2Fadmin",
        "..;x",
        "a/..;/admin",
        ".;v=1/x",
        "a/%2e%2e;x",
        "..%3Bx",
    ],
)
def test_dot_segments_in_a_raw_value_are_rejected(value: str) -> None:
    with pytest.raises(ResourceError, match="would change the request's path"):
        path_of("/x/{+name}", value)


@pytest.mark.parametrize("value", [".", "..", "../x", "a&b=c#d"])
def test_dots_in_the_query_string_are_allowed(value: str) -> None:
    """The value may be a file path. It stays one query parameter."""
    url = request_for(bind(endpoint("/x?path={name}&of={+name}"), {"name": value}), BASE).full_url
    assert parse_qsl(urlsplit(url).query) == [("path", value), ("of", value)]
    assert urlsplit(url).path == "/api/x"


@pytest.mark.parametrize("value", ["a;b", "a..;x", "...;x", "a/b;v=1"])
def test_raw_value_keeps_semicolons_unless_they_follow_a_dot_segment(value: str) -> None:
    assert path_of("/x/{+name}", value) == f"/x/{value}"


@given(value=st.text(alphabet=string.printable + "ü日%/.?#", min_size=1))
def test_value_stays_in_its_segment(value: str) -> None:
    """For any value, the server reads the same text in the same segment, or the value is rejected."""
    try:
        request = request_for(bind(endpoint("/x/{name}/y"), {"name": value}), BASE)
    except ResourceError:
        assert value in (".", "..")
        return
    parts = urlsplit(request.full_url)
    assert (parts.netloc, parts.query, parts.fragment) == ("a.example", "", "")
    assert [unquote(segment) for segment in parts.path.split("/")] == ["", "api", "x", value, "y"]


@given(value=st.text(alphabet="ab./%2eEfF?#;ü \\", min_size=1))
def test_raw_value_stays_below_the_path_before_it(value: str) -> None:
    try:
        request = request_for(bind(endpoint("/x/{+name}"), {"name": value}), BASE)
    except ResourceError:
        return
    parts = urlsplit(request.full_url)
    assert (parts.netloc, parts.query, parts.fragment) == ("a.example", "", "")
    assert parts.path.startswith("/api/x/")
    assert not {".", ".."} & set(unquote(parts.path).split("/"))


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://a.example", "/x", "https://a.example/x"),
        ("https://a.example", "x", "https://a.example/x"),
        ("https://a.example/", "/x", "https://a.example/x"),
        ("https://a.example/api/", "x", "https://a.example/api/x"),
        ("https://a.example/api", "//x", "https://a.example/api/x"),
        ("https://a.example/api", "/x/", "https://a.example/api/x/"),
        ("https://a.example/api", "/x?a=b%20c&d", "https://a.example/api/x?a=b%20c&d"),
        ("https://a.example/api", "/x/?a=1", "https://a.example/api/x/?a=1"),
        ("https://a.example/api", "", "https://a.example/api"),
        ("https://a.example/api", "/x#part", "https://a.example/api/x"),
    ],
)
def test_one_slash_joins_base_url_and_path(base: str, path: str, url: str) -> None:
    """A trailing slash and a query string of the path are kept."""
    assert request_for(endpoint(path), base).full_url == url


def test_request_has_all_properties_of_the_endpoint() -> None:
    request = request_for(
        endpoint("/x?a=1", query=(("b", "2"), ("b", "3")), headers=(("X", "y"),), body=[1]), BASE
    )
    assert request.full_url == f"{BASE}/x?a=1&b=2&b=3"
    assert (request.method, request.headers, request.body) == ("GET", (("X", "y"),), [1])


def test_placeholders_in_query_headers_and_body_are_replaced() -> None:
    """Values are not encoded there. A body text that is only a placeholder becomes the value itself."""
    template = endpoint(
        "/x?of={name}",
        query=(("q", "project={name} and {other}"), ("r", "{name}")),
        headers=(("X-Project", "{name}"),),
        body={
            "ids": ["{name}"],
            "text": "is {name}",
            "n": {"deep": "{name}"},
            "raw": "{+name}",
            "k": 1,
            "z": None,
        },
    )
    result = bind(template, {"name": 7})
    assert result.path == "/x?of=7"
    assert result.query_params == (("q", "project=7 and {other}"), ("r", "7"))
    assert result.headers == (("X-Project", "7"),)
    assert result.body == {"ids": [7], "text": "is 7", "n": {"deep": 7}, "raw": 7, "k": 1, "z": None}


@pytest.mark.parametrize("value", [7, 1.5, True, False, "a b/c"], ids=repr)
def test_value_in_a_body_keeps_its_type(value: Value) -> None:
    body = bind(endpoint("/x", body="{name}"), {"name": value}).body
    assert body == value
    assert type(body) is type(value)


def test_placeholders_without_a_value_stay() -> None:
    """GraphQL queries contain braces, too."""
    template = endpoint("/x/{other}", body="query { name }")
    assert bind(template, {"name": 1}) == template
    assert bind(template, {}) is template


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (endpoint("/a/{x}"), endpoint("a/{y}"), True),
        (endpoint("/a/{x}/{y}"), endpoint("/a/{y}/{x}"), True),
        (endpoint("/a/{x}/{x}"), endpoint("/a/{x}/{y}"), False),
        (endpoint("/a/{x}"), endpoint("/a/{+x}"), False),
        (endpoint("/a"), endpoint("/a/"), False),
        (endpoint("/a", query=(("q", "1"),)), endpoint("/a", query=(("q", "2"),)), False),
        (endpoint("/a", headers=(("q", "1"),)), endpoint("/a"), False),
        (endpoint("/a", body={"x": 1, "y": 2}), endpoint("/a", body={"y": 2, "x": 1}), True),
        (endpoint("/a", body={"x": 1}), endpoint("/a", body={"x": "1"}), False),
    ],
)
def test_template_key_ignores_the_names_of_placeholders(one: Endpoint, other: Endpoint, same: object) -> None:
    assert (template_key(one) == template_key(other)) is same
