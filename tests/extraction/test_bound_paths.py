"""Paths, query strings and whole URLs with values in them."""

import pytest

from configuration.pagination import PaginationSettings
from configuration.parameter_values import Bound, ValueList
from configuration.resource import Endpoint
from extraction.endpoints import bind, request_for
from rest.errors import ResourceError
from rest.request import Pairs

NONE = PaginationSettings()
BASE = "https://a.example/api"


def url(kind: str, value: Bound, base: str = BASE, params: Pairs = ()) -> str:
    """Return the URL of a kind whose placeholder {x} has this value."""
    return request_for(bind(Endpoint(kind, NONE, query_params=params), {"x": value}, base), base).full_url


def batch(*values: str | int, separator: str | None = None) -> ValueList:
    return ValueList(values, separator)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("{+x}", "https://a.example/api/v1/a?b=1&c=%20d", "https://a.example/api/v1/a?b=1&c=%20d"),
        ("{+x}", "https://a.example/other", "https://a.example/other"),
        ("{+x}", "https://b.example", "https://b.example"),
        ("{+x}", "HTTPS://a.example/A#part", "HTTPS://a.example/A"),
        ("{+x}", "https://a.example/a b?c=d e", "https://a.example/a%20b?c=d%20e"),
        ("{+x}/comments", "https://a.example/a/1", "https://a.example/a/1/comments"),
        ("{+x}/comments?open=1", "https://a.example/a/1?v=2", "https://a.example/a/1/comments?v=2&open=1"),
        ("{+x}?open=1", "https://a.example/a", "https://a.example/a?open=1"),
        ("{+x}", "https://a.example/a{/number}{?page,size*}", "https://a.example/a"),
        ("{+x}", "https://a.example/a{+path}{.format}{&b}{#c}", "https://a.example/a"),
        ("{+x}", "/a?tree=b[n,{x}]{0,50}{/y}", "https://a.example/api/a?tree=b[n,%7Bx%7D]%7B0,50%7D%7B/y%7D"),
        ("{+x}", "/a/{x}/{0,5}/{/1}/{?}", "https://a.example/api/a/%7Bx%7D/%7B0,5%7D/%7B/1%7D/%7B?%7D"),
        ("{+x}", "/api/v1/a?b=1", "https://a.example/api/v1/a?b=1"),
        ("{+x}", "/api", "https://a.example/api"),
        ("{+x}", "/v1/a?b=1", "https://a.example/api/v1/a?b=1"),
        ("{+x}", "/apiary", "https://a.example/api/apiary"),
        ("{+x}", "v1/a?b", "https://a.example/api/v1/a%3Fb"),
        ("/{+x}", "https://a.example/a", "https://a.example/api/https://a.example/a"),
        ("{x}", "https://a.example/a", "https://a.example/api/https%3A%2F%2Fa.example%2Fa"),
        ("/a?u={x}", "https://a.example/a", "https://a.example/api/a?u=https%3A%2F%2Fa.example%2Fa"),
    ],
)
def test_a_whole_url_is_the_kind_or_its_start(kind: str, value: str, expected: str) -> None:
    assert url(kind, value) == expected


def test_a_path_is_appended_to_a_base_url_without_a_path() -> None:
    assert url("{+x}", "/v1/a?b=1", "https://a.example/") == "https://a.example/v1/a?b=1"


def test_query_params_replace_those_of_a_whole_url() -> None:
    whole = "https://a.example/a?b=1&c=1"
    assert url("{+x}", whole, params=(("c", "2"), ("c", "3"))) == "https://a.example/a?b=1&c=2&c=3"


@pytest.mark.parametrize("value", ["https://a.example/a/../b", "/api/%2e%2e/b", "https://a.example/.", "/.."])
def test_a_whole_url_with_dot_segments_is_refused(value: str) -> None:
    with pytest.raises(ResourceError, match=r"would change the request's path"):
        url("{+x}", value)


@pytest.mark.parametrize("value", ["https://[::1", "https://a.example:port/x"])
def test_an_invalid_url_is_refused(value: str) -> None:
    with pytest.raises(ResourceError, match=r"not a valid URL\. Exclude it with path_parameters\.x\.filter"):
        url("{+x}", value)


def test_dots_in_the_query_of_a_whole_url_are_allowed() -> None:
    assert url("{+x}", "https://a.example/a?path=../b") == "https://a.example/a?path=../b"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("/a/{x}", batch(1, "b/c", "d e"), "/a/1,b%2Fc,d%20e"),
        ("/a/{x}", batch(1, 2, separator=";"), "/a/1;2"),
        ("/a/{x}", batch(1, 2, separator=" & "), "/a/1%20%26%202"),
        ("/a/{+x}", batch("b/c", "d"), "/a/b/c,d"),
        ("/a?id={x}", batch(1, "b,c"), "/a?id=1,b%2Cc"),
        ("/a?id={x}&all=1", batch(1, 2, separator="repeat"), "/a?id=1&id=2&all=1"),
        ("/a?id[]={x}", batch(1, 2), "/a?id[]=1&id[]=2"),
        ("/a?id[]={x}", batch(1, 2, separator="|"), "/a?id[]=1|2"),
        ("/a?f=id in ({x})", batch(1, 2), "/a?f=id in (1,2)"),
        ("/a?id={x}&b={y}", batch(1), "/a?id=1&b={y}"),
    ],
)
def test_a_batch_is_joined_or_repeated_in_a_url(kind: str, value: ValueList, expected: str) -> None:
    assert url(kind, value) == f"{BASE}{expected}"


@pytest.mark.parametrize(
    ("params", "value", "query"),
    [
        ((("ids", "{x}"),), batch(1, 2), "ids=1,2"),
        ((("ids[]", "{x}"),), batch(1, 2), "ids[]=1&ids[]=2"),
        ((("id", "{x}"), ("n", "5")), batch(1, 2, separator="repeat"), "id=1&id=2&n=5"),
        ((("q", "id:{x}"),), batch(1, 2, separator=" OR id:"), "q=id:1%20OR%20id:2"),
        ((("filter", "id in ('{x}')"),), batch("a", "b", separator="','"), "filter=id%20in%20('a','b')"),
    ],
)
def test_a_batch_is_joined_or_repeated_in_query_params(params: Pairs, value: ValueList, query: str) -> None:
    assert url("/a", value, params=params).replace("%5B%5D", "[]") == f"{BASE}/a?{query}"


@pytest.mark.parametrize(
    ("body", "separator", "expected"),
    [
        ({"ids": "{x}"}, None, {"ids": [1, 2]}),
        ({"ids": ["{x}"]}, None, {"ids": [1, 2]}),
        ({"ids": ["a", "{x}", ["{x}"]]}, None, {"ids": ["a", 1, 2, [1, 2]]}),
        ({"ids": "{x}"}, "repeat", {"ids": [1, 2]}),
        ({"ids": "{x}"}, "|", {"ids": "1|2"}),
        ({"ids": ["{x}"]}, "|", {"ids": ["1|2"]}),
        ({"jql": "id in ({x})"}, None, {"jql": "id in (1,2)"}),
        ("{x}", None, [1, 2]),
    ],
    ids=str,
)
def test_a_batch_is_a_list_in_a_body_unless_a_separator_is_set(
    body: object, separator: str | None, expected: object
) -> None:
    endpoint = Endpoint("/a", NONE, body=body)  # type: ignore[arg-type] # any JSON
    assert bind(endpoint, {"x": batch(1, 2, separator=separator)}).body == expected


def test_a_batch_is_joined_in_a_header() -> None:
    endpoint = Endpoint("/a", NONE, headers=(("X-Ids", "{x}"),))
    assert bind(endpoint, {"x": batch(1, 2)}).headers == (("X-Ids", "1,2"),)


@pytest.mark.parametrize(
    ("body", "separator", "expected"),
    [
        ("a=1&id[]={x}", None, "a=1&id[]=1&id[]=2"),
        ("id={x}", None, "id=1,2"),
        ("id={x}", "repeat", "id=1&id=2"),
    ],
)
def test_a_batch_in_the_text_of_a_form_is_like_one_in_a_query(
    body: str, separator: str | None, expected: str
) -> None:
    endpoint = Endpoint("/a", NONE, body=body, body_type="form")
    assert bind(endpoint, {"x": batch(1, 2, separator=separator)}).body == expected
