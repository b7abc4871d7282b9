"""Requests: parameters in the URL, headers and body."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.bodies import Json
from rest.errors import ResourceError
from rest.request import Request, text_of, url_query, without_param

URL = "https://x.io/a"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def get(url: str = URL, **more: object) -> Request:
    return Request("GET", url, **more)  # type: ignore[arg-type] # keyword arguments of Request


@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_every_parameter_survives_the_encoding(params: list[tuple[str, str]]) -> None:
    """Any names and values, in order, repeated or empty, after those of the URL itself."""
    sent = get(URL + "?own=%2F", params=tuple(params)).full_url
    assert sent.isascii()
    assert parse_qsl(urlsplit(sent).query, keep_blank_values=True) == [("own", "/"), *params]


@pytest.mark.parametrize(
    ("url", "params", "full"),
    [
        (URL, (), URL),
        (URL, (("q", "a b&c=d#e"),), URL + "?q=a%20b%26c%3Dd%23e"),
        (URL, (("tag", "a"), ("tag", "b")), URL + "?tag=a&tag=b"),
        (URL, (("empty", ""),), URL + "?empty="),
        (URL, (("$filter", "id,name"), ("page[size]", "5")), URL + "?$filter=id,name&page%5Bsize%5D=5"),
        (URL, (("q", "+%é"),), URL + "?q=%2B%25%C3%A9"),
        (URL + "?own=%2F+x", (("q", "1"),), URL + "?own=%2F+x&q=1"),
        (URL + "?", (("q", "1"),), URL + "?q=1"),
        (URL + "?own=1", (), URL + "?own=1"),
        (URL + "#top", (("q", "1"),), URL + "?q=1"),
        (URL + "#top", (), URL),
    ],
    ids=[
        "none",
        "escaped",
        "repeated",
        "empty",
        "raw",
        "plus",
        "own",
        "bare_question_mark",
        "own_alone",
        "fragment",
        "fragment_alone",
    ],
)
def test_parameters_are_added_to_the_url(url: str, params: tuple[tuple[str, str], ...], full: str) -> None:
    assert get(url, params=params).full_url == full


@pytest.mark.parametrize(
    ("request_", "name", "location", "value"),
    [
        (get(params=(("p", "1"),)), "p", "query", "1"),
        (get(URL + "?p=1"), "p", "query", "1"),
        (get(URL + "?p=1", params=(("p", "2"),)), "p", "query", "2"),
        (get(URL + "?page%5Bafter%5D=a%20b"), "page[after]", "query", "a b"),
        (get(URL + "?p="), "p", "query", ""),
        (get(URL + "?p=1", params=(("p", ""),)), "p", "query", ""),
        (get(), "p", "query", None),
        (get(headers=(("X-Cursor", "c"),)), "x-cursor", "header", "c"),
        (get(), "x-cursor", "header", None),
        (get(body={"v": {"after": 5}}), "v.after", "body", 5),
        (get(body={"v": None}), "v.after", "body", None),
        (get(body=[1]), "v", "body", None),
        (get(), "v.after", "body", None),
    ],
)
def test_a_value_is_read_from_its_location(request_: Request, name: str, location: str, value: Json) -> None:
    assert request_.value(name, location) == value  # type: ignore[arg-type] # one of the three


@pytest.mark.parametrize(
    ("url", "params", "name", "value", "full"),
    [
        (URL, (), "p", 5, URL + "?p=5"),
        (URL, (), "p", True, URL + "?p=true"),
        (URL, (("p", "1"), ("p", "2"), ("q", "3")), "p", "x", URL + "?q=3&p=x"),
        (URL + "?p=1&q=%2F&p=2", (), "p", "x", URL + "?q=%2F&p=x"),
        (
            URL + "?page%5Bafter%5D=1&page[size]=2",
            (),
            "page[after]",
            "é",
            URL + "?page[size]=2&page%5Bafter%5D=%C3%A9",
        ),
        (URL + "?p", (), "p", "x", URL + "?p=x"),
        (URL + "?pp=1", (), "p", "x", URL + "?pp=1&p=x"),
        (URL, (), "p", 9007199254740993, URL + "?p=9007199254740993"),
    ],
)
def test_with_param_replaces_a_query_parameter(
    url: str, params: tuple[tuple[str, str], ...], name: str, value: Json, full: str
) -> None:
    assert get(url, params=params).with_param(name, value).full_url == full


def test_with_param_replaces_a_header_in_any_case() -> None:
    changed = get(headers=(("X-Cursor", "a"), ("Accept", "b"))).with_param("x-cursor", 5, "header")
    assert changed.headers == (("Accept", "b"), ("x-cursor", "5"))


@pytest.mark.parametrize(
    ("body", "name", "result"),
    [
        (None, "after", {"after": "c"}),
        (None, "variables.after", {"variables": {"after": "c"}}),
        ({"query": "q"}, "variables.after", {"query": "q", "variables": {"after": "c"}}),
        (
            {"variables": {"after": "a", "first": 5}},
            "variables.after",
            {"variables": {"after": "c", "first": 5}},
        ),
        ({"variables": None}, "variables.after", {"variables": {"after": "c"}}),
    ],
)
def test_with_param_keeps_the_rest_of_the_body(body: Json, name: str, result: Json) -> None:
    request = Request("POST", URL, body=body)
    assert request.with_param(name, "c", "body").body == result
    assert request.body == body


@pytest.mark.parametrize(
    ("body", "name"),
    [("text", "after"), ({"a": 5}, "a.b"), ({"a": 0}, "a.b"), ("", "after"), (False, "a")],
)
def test_a_parameter_cannot_be_set_inside_a_scalar(body: Json, name: str) -> None:
    with pytest.raises(
        ResourceError, match=f"cannot set {name} in the body, because its parent is not an object or a list"
    ):
        Request("POST", URL, body=body).with_param(name, "c", "body")


@given(
    st.sampled_from(["p", "page[after]", "v.after"]),
    texts.filter(bool),
    st.sampled_from(["query", "body", "header"]),
)
def test_a_value_can_be_read_after_it_is_set(name: str, value: str, location: str) -> None:
    changed = get(URL + "?own=1").with_param(name, value, location)  # type: ignore[arg-type] # one of the three
    assert changed.value(name, location) == value  # type: ignore[arg-type] # one of the three


def test_with_url_drops_the_added_parameters() -> None:
    request = Request("POST", URL, (("p", "1"),), (("H", "h"),), {"b": 1})
    assert request.with_url("https://x.io/next?c=2") == Request(
        "POST", "https://x.io/next?c=2", (), (("H", "h"),), {"b": 1}
    )


def test_equivalent_requests_have_the_same_key() -> None:
    one = Request("POST", URL, (("p", "1"),), (("A", "1"), ("B", "2")), {"x": 1, "y": 2})
    same = Request("POST", URL + "?p=1", (), (("B", "2"), ("A", "1")), {"y": 2, "x": 1})
    assert one.key == same.key


@pytest.mark.parametrize(
    "other",
    [
        Request("POST", URL),
        get(URL + "/"),
        get(params=(("p", "1"),)),
        get(headers=(("A", "1"),)),
        get(body={}),
        get(body=0),
    ],
)
def test_different_requests_have_different_keys(other: Request) -> None:
    assert other.key != get().key


def test_the_key_ignores_the_order_of_different_parameters() -> None:
    one = get(URL + "?b=2", params=(("t", "x"), ("a", "1"), ("t", "y")))
    assert one.key == get(params=(("a", "1"), ("t", "x"), ("b", "2"), ("t", "y"))).key


def test_the_key_keeps_the_order_of_a_repeated_parameter() -> None:
    assert get(params=(("t", "a"), ("t", "b"))).key != get(params=(("t", "b"), ("t", "a"))).key


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", "x"), (5, "5"), (1.5, "1.5"), (True, "true"), (None, "null"), ({"a": "é"}, '{"a": "é"}')],
)
def test_values_are_written_as_json(value: Json, text: str) -> None:
    assert text_of(value) == text


def test_a_url_s_query_is_decoded_in_order() -> None:
    assert url_query(URL + "?b=%2F&a=1+2&b=") == [("b", "/"), ("a", "1 2"), ("b", "")]


def test_removing_a_parameter_keeps_the_encoding_of_the_others() -> None:
    assert without_param(URL + "?a=%2f+x&p=1&&b&%70=2#top", "p") == URL + "?a=%2f+x&b#top"
