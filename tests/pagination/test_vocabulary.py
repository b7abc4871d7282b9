"""Meanings of names in bodies, headers and requests."""

import json

import pytest

from configuration.pagination import PaginationSettings
from pagination import HeaderLinkPaginator, NextLinkPaginator, paginator_for
from pagination.places import found, range_of
from pagination.signals import is_named_last
from pagination.vocabulary import Meaning, header_meaning, meaning_of, own_words, role_of
from rest.errors import PaginationError
from rest.page import Page
from rest.request import Request
from rest.response import Response

_GET = Request("GET", "https://a.example/x", (("page", "3"),))


def _page(body: object = None, headers: dict[str, str] | None = None, number: int = 0) -> Page:
    return Page(_GET, Response(200, headers or {}, json.dumps(body).encode()), [{"id": 1}], number=number)


@pytest.mark.parametrize(
    ("parameter", "role"),
    [
        ("page[size]", "size"),
        ("pageNumber", "page"),
        ("$skip", "offset"),
        ("starting_after", "cursor"),
        ("q", None),
    ],
)
def test_role_of_a_request_parameter(parameter: str, role: str | None) -> None:
    assert role_of(parameter) == role


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("total-count", Meaning.TOTAL),
        ("X-Acme-Total-Count", Meaning.TOTAL),
        ("X-Next", Meaning.NEXT),
        ("Pagination-Total-Pages", Meaning.PAGES),
        ("X-Acme-Next", None),
        ("X-Page", None),
        ("Retry-After", None),
    ],
)
def test_meaning_of_a_header(name: str, meaning: Meaning | None) -> None:
    assert header_meaning(name) is meaning


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("numberOfPages", Meaning.PAGES),
        ("page_number", Meaning.PAGE_NUMBER),
        ("previous_cursor", Meaning.BACK),
        ("selfLink", Meaning.BACK),
        ("no_more_items", Meaning.LAST),
        ("partial_address", None),
        ("remaining_budget", None),
        ("cursor_count", None),
        ("final_price", None),
        ("count_url", None),
    ],
)
def test_meaning_of_a_name_in_a_body(name: str, meaning: Meaning | None) -> None:
    assert meaning_of(name) is meaning


def test_own_words_keep_their_case() -> None:
    assert [own_words(name) for name in ("nextMarker", "NextMarker", "next_page_token", "next")] == [
        "marker",
        "Marker",
        "page_token",
        "next",
    ]


def test_header_with_invalid_json_is_ignored() -> None:
    assert list(found(_page({}, {"x-pagination": "{cut"}), Meaning.TOTAL)) == []
    assert [item.value for item in found(_page({}, {"x-pagination": '{"Total": 4}'}), Meaning.TOTAL)] == [4]


@pytest.mark.parametrize("text", ["bytes 0-9/100", "x", "items 0-9/*", ""])
def test_range_without_an_item_count_has_no_size(text: str) -> None:
    part = range_of({"content-range": text})
    assert part is None or part.size is None


def test_invalid_link_to_the_last_page_is_ignored() -> None:
    assert not is_named_last(_page({"links": {"last": "http://[::1"}}, number=2))
    assert is_named_last(_page({"links": {"last": "?page=3"}}, number=2))


def test_empty_list_of_links_ends_the_listing() -> None:
    assert NextLinkPaginator().next(_page({"next": []})) is None


def test_auto_reports_a_link_that_is_not_a_url() -> None:
    page = _page({"next": "http://[::1"})
    paginator = paginator_for(PaginationSettings.model_validate({"type": "auto"})).detected(page)
    with pytest.raises(PaginationError, match="is not a URL"):
        paginator.next(page)


def test_blank_cursor_header_ends_the_listing() -> None:
    page = _page([], {"x-next-cursor": ""})
    auto = paginator_for(PaginationSettings.model_validate({"type": "auto"}))
    assert auto.detected(page).next(page) is None


def test_hyphenated_page_number_is_requested_in_brackets() -> None:
    """JSON:API names the parameter page[number]."""
    page = _page({"meta": {"current-page": 1, "total-pages": 4}})
    following = paginator_for(PaginationSettings.model_validate({"type": "auto"})).detected(page).next(page)
    assert following is not None
    assert following.request.value("page[number]") == "2"


@pytest.mark.parametrize(
    "header",
    [
        '</x?page=2>; rel="ne',
        "</x?page=2>; rel=",
        "</x?pa",
        "</x?page=2>",
        '</x>; rel="',
        '</a>; rel="prev", garbage',
    ],
)
def test_truncated_link_header_is_an_error_and_not_the_last_page(header: str) -> None:
    with pytest.raises(PaginationError) as caught:
        HeaderLinkPaginator().next(_page([], {"link": header}))
    assert caught.value.doubt == "unreadable_link"


@pytest.mark.parametrize("header", ["", '</a>; rel="prev"', r'</a>; title="say \"hi\", friend"; rel="first"'])
def test_readable_link_header_without_a_next_page_ends_the_listing(header: str) -> None:
    assert HeaderLinkPaginator().next(_page([], {"link": header})) is None
