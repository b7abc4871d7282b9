"""Requests and responses as values: what goes where, how it is written, what is read."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.bodies import Json
from rest.errors import ItemsError, ResourceError
from rest.origin import Redactor
from rest.page import Page
from rest.request import Request, text_of, url_query, without_param
from rest.response import Response

URL = "https://x.io/a"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def get(url: str = URL, **more: object) -> Request:
    return Request("GET", url, **more)  # type: ignore[arg-type] # as the caller writes it


@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_every_parameter_arrives_as_it_was_meant(params: list[tuple[str, str]]) -> None:
    """Names and values of any text, in order, repeated or empty, beside the URL's own."""
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
def test_a_value_is_read_where_it_stands(request_: Request, name: str, location: str, value: Json) -> None:
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
def test_a_value_in_the_query_replaces_what_stood_there(
    url: str, params: tuple[tuple[str, str], ...], name: str, value: Json, full: str
) -> None:
    assert get(url, params=params).with_param(name, value).full_url == full


def test_a_value_in_a_header_replaces_it_in_any_case() -> None:
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
def test_a_value_in_the_body_leaves_the_rest(body: Json, name: str, result: Json) -> None:
    request = Request("POST", URL, body=body)
    assert request.with_param(name, "c", "body").body == result
    assert request.body == body


@pytest.mark.parametrize(
    ("body", "name"),
    [([1], "after"), ("text", "after"), ({"a": 5}, "a.b"), ({"a": 0}, "a.b"), ("", "after"), (False, "a")],
)
def test_a_body_that_is_no_object_takes_no_value(body: Json, name: str) -> None:
    with pytest.raises(ResourceError, match=f"cannot put {name} into the body: it is no object there"):
        Request("POST", URL, body=body).with_param(name, "c", "body")


@given(
    st.sampled_from(["p", "page[after]", "v.after"]),
    texts.filter(bool),
    st.sampled_from(["query", "body", "header"]),
)
def test_what_is_put_is_what_is_read(name: str, value: str, location: str) -> None:
    changed = get(URL + "?own=1").with_param(name, value, location)  # type: ignore[arg-type] # one of the three
    assert changed.value(name, location) == value  # type: ignore[arg-type] # one of the three


def test_a_link_of_the_api_carries_its_own_parameters() -> None:
    request = Request("POST", URL, (("p", "1"),), (("H", "h"),), {"b": 1})
    assert request.with_url("https://x.io/next?c=2") == Request(
        "POST", "https://x.io/next?c=2", (), (("H", "h"),), {"b": 1}
    )


def test_requests_that_ask_the_same_have_the_same_key() -> None:
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
def test_requests_that_differ_have_other_keys(other: Request) -> None:
    assert other.key != get().key


def test_the_order_of_differently_named_parameters_is_not_in_the_key() -> None:
    one = get(URL + "?b=2", params=(("t", "x"), ("a", "1"), ("t", "y")))
    assert one.key == get(params=(("a", "1"), ("t", "x"), ("b", "2"), ("t", "y"))).key


def test_the_order_of_a_repeated_parameter_is_kept_in_the_key() -> None:
    assert get(params=(("t", "a"), ("t", "b"))).key != get(params=(("t", "b"), ("t", "a"))).key


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", "x"), (5, "5"), (1.5, "1.5"), (True, "true"), (None, "null"), ({"a": "é"}, '{"a": "é"}')],
)
def test_values_have_json_s_text(value: Json, text: str) -> None:
    assert text_of(value) == text


def test_a_url_s_query_is_decoded_in_order() -> None:
    assert url_query(URL + "?b=%2F&a=1+2&b=") == [("b", "/"), ("a", "1 2"), ("b", "")]


def test_what_is_taken_out_of_a_url_leaves_the_rest_as_written() -> None:
    assert without_param(URL + "?a=%2f+x&p=1&&b&%70=2#top", "p") == URL + "?a=%2f+x&b#top"


@pytest.mark.parametrize(
    "response",
    [
        Response(204, {}, b"{}"),
        Response(200),
        Response(200, {}, b" \r\n"),
        Response(200, {}, b"\xef\xbb\xbf"),
    ],
)
def test_no_content_is_no_body(response: Response) -> None:
    assert response.is_empty
    assert response.body is None


def test_a_body_is_read_by_its_content_type() -> None:
    assert Response(200, {"content-type": "text/csv"}, b"id\n1\n").body == [{"id": "1"}]
    assert Response(200, {}, b"[1]").body == [1]


def test_a_body_is_parsed_once() -> None:
    response = Response(200, {}, b"[1]")
    assert response.body is response.body


@pytest.mark.parametrize(
    "content", [b"<html>\n <h1>Log   in</h1>", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe"]
)
def test_what_is_no_json_shows_its_type_and_start(content: bytes) -> None:
    response = Response(200, {"content-type": "Text/HTML; charset=utf-8"}, content)
    with pytest.raises(ItemsError) as caught:
        _ = response.body
    assert str(caught.value).startswith(f"the response is no JSON (text/html): {response.excerpt!r}. Is this")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "content_type", "reason"),
    [
        (b'{"a": NaN}', "application/json", "NaN is no number that JSON can carry"),
        (b"a,a\n1,2\n", "text/csv", "CSV: two columns have the same name"),
        (b"[" * 100_000, "application/json", "nested too deeply"),
    ],
    ids=["NaN", "CSV", "depth"],
)
def test_what_cannot_be_read_says_why(content: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(ItemsError) as caught:
        _ = Response(200, {"content-type": content_type}, content).body
    assert str(caught.value).endswith(f"a login? The reader says: {reason}")


def test_a_response_without_a_type_says_so() -> None:
    with pytest.raises(ItemsError, match=r"no JSON \(no content type\)"):
        _ = Response(200, {}, b"oops").body


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"", ""),
        (b"  two\n\t words ", "two words"),
        (b"x" * 500, "x" * 200),
        ("é".encode() * 500, "é" * 200),
        ("😀".encode() * 500, "😀" * 200),
        (b"bad \xff byte", "bad \ufffd byte"),
    ],
    ids=["empty", "one_line", "long", "two_bytes", "four_bytes", "no_utf8"],
)
def test_an_excerpt_is_the_first_200_characters_on_one_line(content: bytes, shown: str) -> None:
    assert Response(500, {}, content).excerpt == shown


def test_an_excerpt_has_no_secret_not_even_its_beginning() -> None:
    response = Response(500, {}, b"x" * 195 + b"hunter22", Redactor.of(["hunter22"]))
    assert response.excerpt == "x" * 195 + "***"


def test_what_is_no_json_shows_no_secret() -> None:
    with pytest.raises(ItemsError) as caught:
        _ = Response(200, {}, b"<p>hunter22", Redactor.of(["hunter22"])).body
    assert "'<p>***'" in str(caught.value)


def test_a_page_knows_what_came_before() -> None:
    page = Page(get(), Response(200), [1, 2], number=3, items_before=30, largest_before=10)
    assert (page.items_so_far, page.largest) == (32, 10)
    assert Page(get(), Response(200), [1, 2]).largest == 2


def test_a_page_counts_what_the_api_gave_and_not_what_data_path_took() -> None:
    page = Page(get(), Response(200), [1], given=5, items_before=10)
    assert (page.count, page.items_so_far, page.largest) == (5, 15, 5)
    assert Page(get(), Response(200), [1]).count == 1
    assert Page(get(), Response(200), [1], given=0).count == 0


def test_a_page_is_a_list_without_a_promise_unless_told() -> None:
    page = Page(get(), Response(200), [])
    assert (page.is_list, page.promise, page.previous) == (True, None, None)
