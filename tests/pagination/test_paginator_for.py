"""From settings to a paginator: names, defaults and the first request."""

import pytest

from configuration.pagination import PaginationSettings
from pagination import SinglePage, paginator_for
from rest.errors import PaginationError
from rest.page import Page
from rest.request import Request
from rest.response import Response

LISTING = Request("GET", "https://a.example/x")


@pytest.mark.parametrize(
    ("settings", "query"),
    [
        ({"type": "none"}, ""),
        ({"type": "offset"}, "?offset=0&limit=100"),
        ({"type": "offset", "start_page": 7}, "?offset=0&limit=100"),
        ({"type": "page"}, "?page=1&size=100"),
        ({"type": "page", "start_page": 0}, "?page=0&size=100"),
        ({"type": "cursor"}, "?limit=100"),
        ({"type": "next_link"}, ""),
        ({"type": "header_link"}, ""),
        ({"type": "offset", "param": "skip", "size_param": "top", "page_size": 5}, "?skip=0&top=5"),
        ({"type": "page", "param": "page[number]", "size_param": "-"}, "?page%5Bnumber%5D=1"),
        ({"type": "cursor", "size_param": "-"}, ""),
        ({"type": "next_link", "size_param": "per_page", "page_size": 3}, "?per_page=3"),
        ({"type": "header_link", "size_param": "per_page", "page_size": 3}, "?per_page=3"),
        ({"type": "header_link", "size_param": "-"}, ""),
    ],
    ids=str,
)
def test_first_request_asks_for_the_first_page(settings: dict[str, object], query: str) -> None:
    """The size is sent by default if the type has a usual parameter name for it."""
    paginator = paginator_for(PaginationSettings.model_validate(settings))
    assert paginator.first(LISTING).full_url == f"https://a.example/x{query}"


@pytest.mark.parametrize(
    ("kind", "query", "expected"),
    [
        ("page", "page=3&size=7", "page=3&size=7"),
        ("offset", "offset=30", "offset=30&limit=100"),
        ("cursor", "limit=7", "limit=7"),
    ],
)
def test_values_of_the_mapping_are_kept(kind: str, query: str, expected: str) -> None:
    paginator = paginator_for(PaginationSettings.model_validate({"type": kind}))
    listing = Request("GET", f"https://a.example/x?{query}")
    assert paginator.first(listing).full_url == f"https://a.example/x?{expected}"


@pytest.mark.parametrize("kind", ["next_link", "header_link"])
def test_page_size_of_the_mapping_is_kept_with_links(kind: str) -> None:
    paginator = paginator_for(PaginationSettings.model_validate({"type": kind, "size_param": "per_page"}))
    listing = Request("GET", "https://a.example/x", params=(("per_page", "7"),))
    assert paginator.first(listing) == listing


@pytest.mark.parametrize(
    ("settings", "body"),
    [
        (
            {"type": "offset", "param": "page.from", "size_param": "page.size"},
            {"page": {"from": 0, "size": 100}, "q": "x"},
        ),
        (
            {"type": "page", "start_page": 0, "param": "n", "size_param": "-"},
            {"n": 0, "page": {"by": "id"}, "q": "x"},
        ),
        (
            {"type": "cursor", "param": "page.after", "size_param": "page.first"},
            {"page": {"first": 100}, "q": "x"},
        ),
    ],
    ids=["offset", "page", "cursor"],
)
def test_parameters_are_added_to_the_body_as_integers(
    settings: dict[str, object], body: dict[str, object]
) -> None:
    """Dots in a parameter name address nested fields."""
    paginator = paginator_for(PaginationSettings.model_validate({**settings, "param_location": "body"}))
    before = {"q": "x", "page": {"by": "id"}} if settings["type"] == "page" else {"q": "x"}
    first = paginator.first(Request("POST", "https://a.example/x", body=before))  # type: ignore[arg-type]
    assert first.body == body
    assert first.full_url == "https://a.example/x"


def test_parameters_in_headers_are_text() -> None:
    settings = PaginationSettings(type="page", param="X-Page", size_param="X-Size", param_location="header")
    first = paginator_for(settings).first(Request("GET", "https://a.example/x", headers=(("x-size", "7"),)))
    assert first.headers == (("x-size", "7"), ("X-Page", "1"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("none", "no further page"),
        ("page", "the parameter 'page'"),
        ("offset", "the parameter 'offset'"),
        ("cursor", "the parameter 'cursor'"),
        ("next_link", "the link that it gives itself"),
    ],
)
def test_paginator_describes_how_it_requests_the_next_page(kind: str, words: str) -> None:
    assert paginator_for(PaginationSettings.model_validate({"type": kind})).continues_by == words


@pytest.mark.parametrize("kind", ["none", "cursor", "next_link", "header_link"])
def test_pages_are_always_full_without_counting(kind: str) -> None:
    page = Page(LISTING, Response(200, {}, b"[]"), [1])
    assert paginator_for(PaginationSettings.model_validate({"type": kind})).is_full(page)


MORE = Response(200, {}, b'{"items": [1], "has_more": true}')


def test_more_pages_are_an_error_unless_the_user_chose_a_single_page() -> None:
    paginator = paginator_for(PaginationSettings())
    with pytest.raises(PaginationError, match=r"1 items and says that there is more \(has_more\)"):
        paginator.next(Page(LISTING, MORE, [1]))


def test_more_pages_are_ignored_if_the_user_chose_a_single_page() -> None:
    paginator = paginator_for(PaginationSettings(type="none"))
    assert paginator == SinglePage()
    assert paginator.next(Page(LISTING, MORE, [1])) is None


def test_total_is_compared_with_items_before_data_path_filters_them() -> None:
    """The response has three items. jq selects one. The total of three is reached."""
    three = Response(200, {}, b'{"total": 3}')
    assert paginator_for(PaginationSettings()).next(Page(LISTING, three, [1], sent_count=3)) is None
    with pytest.raises(PaginationError, match="2 items and says that there is more"):
        paginator_for(PaginationSettings()).next(Page(LISTING, three, [1], sent_count=2))


@pytest.mark.parametrize("content", [b"[1]", b'{"has_more": false}', b'{"total": 1}'])
def test_single_page_without_a_sign_of_more_is_complete(content: bytes) -> None:
    assert paginator_for(PaginationSettings()).next(Page(LISTING, Response(200, {}, content), [1])) is None


def test_single_object_with_pagination_names_is_not_a_listing() -> None:
    book = Response(200, {}, b'{"id": 1, "pages": 300, "next": "/books/2"}')
    page = Page(LISTING, book, [book.body], is_list=False)
    assert paginator_for(PaginationSettings()).next(page) is None
