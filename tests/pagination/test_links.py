"""Links to the next page: where they are found and where they lead."""

import json
from collections.abc import Mapping

import pytest

from expressions.paths import setting_path
from pagination import HeaderLinkPaginator, NextLinkPaginator, Paginator
from rest.bodies import Json
from rest.errors import PaginationError
from rest.page import Page
from rest.request import Request
from rest.response import Response

FIRST = "https://a.example/api/x?filter=a%20b"


def page(body: Json, headers: Mapping[str, str] | None = None, *, url: str = FIRST) -> Page:
    return Page(Request("GET", url), Response(200, headers or {}, json.dumps(body).encode()), [1])


def followed(paginator: Paginator, page: Page) -> str | None:
    following = paginator.next(page)
    if following is None:
        return None
    assert following.promise is not None
    return following.request.full_url


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://a.example/api/x?page=2", "https://a.example/api/x?page=2"),
        ("https://b.example/x", "https://b.example/x"),
        ("/api/x?page=2", "https://a.example/api/x?page=2"),
        ("?page=2", "https://a.example/api/x?page=2"),
        ("x?page=2", "https://a.example/api/x?page=2"),
        ("//a.example/y", "https://a.example/y"),
        (" /api/x?page=2#top ", "https://a.example/api/x?page=2"),
        ("/api/x?after=a%2Bb%3D", "https://a.example/api/x?after=a%2Bb%3D"),
    ],
)
def test_absolute_and_relative_links_are_followed_without_reencoding(link: str, url: str) -> None:
    """The link carries its own parameters. Those of the first request are not added."""
    assert followed(NextLinkPaginator(link=setting_path("next")), page({"next": link})) == url
    header = {"link": f'<{link}>; rel="next"'}
    assert followed(HeaderLinkPaginator(), page({}, header)) == url


@pytest.mark.parametrize(
    "body",
    [
        {"next": "/2"},
        {"links": {"next": "/2"}},
        {"_links": {"next": {"href": "/2"}}},
        {"links": {"next": {"url": "/2"}}},
        {"paging": {"next": {"link": "/2"}}},
        {"@odata.nextLink": "/2"},
        {"meta": {"pagination": {"next_url": "/2"}}},
        {"data": {"next_page_url": "/2"}},
        {"links": [{"rel": "self", "href": "/1"}, {"rel": "next", "href": "/2"}]},
        {"links": [{"relation": "next", "href": "/2"}]},
        {"next": None, "links": {"next": "/2"}},
    ],
    ids=str,
)
def test_usual_places_of_links_are_tried(body: Json) -> None:
    assert followed(NextLinkPaginator(), page(body)) == "https://a.example/2"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"next": None},
        {"next": ""},
        {"next": False},
        {"_links": {}},
        {"_links": {"next": {"href": None}}},
        {"links": [{"rel": "prev", "href": "/0"}, "text"]},
        {"links": [{"rel": "next"}]},
    ],
    ids=str,
)
def test_listing_ends_without_a_link(body: Json) -> None:
    assert followed(NextLinkPaginator(), page(body)) is None


@pytest.mark.parametrize(
    ("path", "body", "url"),
    [
        ("meta.next", {"meta": {"next": "/2"}}, "https://a.example/2"),
        ('"@odata.nextLink"', {"@odata.nextLink": "/2"}, "https://a.example/2"),
        (
            '.link[] | select(.relation == "next").url',
            {"link": [{"relation": "next", "url": "/2"}]},
            "https://a.example/2",
        ),
        ("_links.next", {"_links": {"next": {"href": "/2"}}}, "https://a.example/2"),
        ("next", {"next": {"url": "/2"}}, "https://a.example/2"),
        ("next", {"next": None, "links": {"next": "/2"}}, None),
        ("next", {"next": ""}, None),
        ("next", {"next": {"href": ""}}, None),
        ("next", {"next": {"link": "/2"}}, "https://a.example/2"),
        ("next", {"next": {"after": "x", "link": "/2"}}, "https://a.example/2"),
        ("next", {"next": {}}, None),
        ("nxt", {}, None),
        ("nxt", {"next": None}, None),
    ],
    ids=str,
)
def test_link_is_read_at_the_configured_path(path: str, body: Json, url: str | None) -> None:
    assert followed(NextLinkPaginator(link=setting_path(path)), page(body)) == url


def test_link_at_another_place_is_an_error_that_names_it() -> None:
    paginator = NextLinkPaginator(link=setting_path("meta.nxt"))
    with pytest.raises(PaginationError, match=r"there is no link at meta\.nxt.*there is more \(meta\.next\)"):
        paginator.next(page({"meta": {"next": "/2"}}))


def test_object_without_a_link_is_an_error_that_shows_it() -> None:
    paginator = NextLinkPaginator(link=setting_path("next"))
    with pytest.raises(
        PaginationError, match=r"the link to the next page is \"\{'page': 2\}\", which is not a link"
    ):
        paginator.next(page({"next": {"page": 2}}))
    with pytest.raises(
        PaginationError, match=r"the link to the next page is \"\{'page': 2\}\", which is not a link"
    ):
        NextLinkPaginator().next(page({"next": {"page": 2}}))


def test_link_that_is_not_a_url_is_an_error() -> None:
    with pytest.raises(PaginationError, match="is not a URL"):
        HeaderLinkPaginator().next(page({}, {"link": "<http://[::1>; rel=next"}))


@pytest.mark.parametrize("value", [2, True, ["/2"], 1.5], ids=repr)
@pytest.mark.parametrize("path", [None, "next"])
def test_value_that_is_not_a_link_is_an_error(value: Json, path: str | None) -> None:
    paginator = NextLinkPaginator(link=setting_path(path) if path else None)
    with pytest.raises(PaginationError, match=r"which is not a link.*paginationType to page"):
        paginator.next(page({"next": value}))


@pytest.mark.parametrize(
    ("headers", "url"),
    [({"x-next": "/2"}, "https://a.example/2"), ({"x-next": ""}, None), ({}, None)],
    ids=str,
)
def test_link_is_read_from_a_configured_header(headers: dict[str, str], url: str | None) -> None:
    assert followed(NextLinkPaginator(header="X-Next"), page({}, headers)) == url


@pytest.mark.parametrize(
    ("paginator", "body", "words"),
    [
        (NextLinkPaginator(), {"has_more": True}, "any of the usual places"),
        (NextLinkPaginator(header="X-Next"), {"next": "/2"}, "the header X-Next"),
        (NextLinkPaginator(link=setting_path("nxt")), {"total": 2}, "nxt"),
        (HeaderLinkPaginator(), {"next": "/2"}, "rel='next'"),
        (HeaderLinkPaginator(relation="older"), {"last": False}, "rel='older'"),
    ],
    ids=str,
)
def test_missing_link_is_an_error_if_the_page_says_more(paginator: Paginator, body: Json, words: str) -> None:
    with pytest.raises(PaginationError, match=f"{words}.*says that there is more"):
        paginator.next(page(body))


def test_total_is_checked_on_the_first_page_only() -> None:
    """On later pages, the walk compares the totals of all pages."""
    response = Response(200, {}, b'{"total": 9}')
    third = Page(Request("GET", FIRST), response, [1], number=2, items_before=2)
    assert HeaderLinkPaginator().next(third) is None
    header = Response(200, {"x-total-count": "9"}, b"[]")
    with pytest.raises(PaginationError, match="the header x-total-count"):
        HeaderLinkPaginator().next(Page(Request("GET", FIRST), header, [1]))


@pytest.mark.parametrize(
    ("relation", "header", "url"),
    [
        ("next", '</1>; rel="prev", </2>; rel="next", </9>; rel="last"', "https://a.example/2"),
        ("next", '</2>; rel="last next"', "https://a.example/2"),
        ("next", '</2>; rel="next", </3>; rel="next"', "https://a.example/2"),
        ("NEXT", "</2>; rel=Next", "https://a.example/2"),
        ("next", "</1>; rel='prev', </2>; rel='next'", "https://a.example/2"),
        ("older", '</1>; rel="next", </2>; rel="older"', "https://a.example/2"),
        ("next", '</1>; rel="prev"', None),
        ("next", "", None),
        ("next", '<>; rel="next"', None),
    ],
)
def test_link_header_is_selected_by_relation(relation: str, header: str, url: str | None) -> None:
    assert followed(HeaderLinkPaginator(relation=relation), page({}, {"link": header})) == url


def test_response_without_a_link_header_is_the_last_page() -> None:
    assert HeaderLinkPaginator().next(page({"next": None})) is None


@pytest.mark.parametrize("link", ["?b=2&a=1", "?a=1&b=2", "https://a.example/api/x?b=2&a=1"])
def test_link_to_the_same_page_with_reordered_parameters_ends_the_listing(link: str) -> None:
    same_page = page({"next": link}, url="https://a.example/api/x?a=1&b=2")
    assert NextLinkPaginator().next(same_page) is None


def test_order_of_a_repeated_parameter_is_significant() -> None:
    other = page({"next": "?a=2&a=1"}, url="https://a.example/api/x?a=1&a=2")
    assert followed(NextLinkPaginator(), other) == "https://a.example/api/x?a=2&a=1"


@pytest.mark.parametrize("link", [FIRST, "?filter=a%20b", "/api/x?filter=a%20b#top", "#"])
def test_link_to_the_same_page_ends_the_listing(link: str) -> None:
    """Some APIs send it on the last page."""
    assert NextLinkPaginator(link=setting_path("next")).next(page({"next": link})) is None
    assert HeaderLinkPaginator().next(page({}, {"link": f"<{link}>; rel=next"})) is None


def test_next_request_keeps_method_headers_and_body() -> None:
    request = Request("POST", FIRST, (("limit", "5"),), (("X-A", "b"),), {"q": 1})
    response = Response(200, {}, b'{"next": "/2"}')
    following = NextLinkPaginator().next(Page(request, response, [1]))
    assert following is not None
    assert following.request == Request("POST", "https://a.example/2", (), (("X-A", "b"),), {"q": 1})
