"""Pagination names in any spelling: signals of more are followed or doubted, other names are ignored."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pagination.vocabulary import Meaning, header_meaning, meaning_of
from rest.bodies import Json
from rest.doubts import DOUBTS
from rest.request import Request
from rest.response import Response

type Walk = Callable[..., Any]

_ITEMS: list[Json] = [{"id": number} for number in range(7)]
_HERE = "https://a.example/api/x"

# First pages with different signals of more. The items are at .items.
_SIGNALS: dict[str, tuple[dict[str, Json], dict[str, str]]] = {
    "pascal case": ({"NextPageToken": "abc"}, {}),
    "kebab case": ({"next-page-token": "abc"}, {}),
    "screaming": ({"NEXT_MARKER": "m7"}, {}),
    "glued": ({"nextpagetoken": "abc"}, {}),
    "namespaced": ({"hydra:view": {"hydra:next": "/api/x?p=2"}}, {}),
    "dunder": ({"d": {"__next": f"{_HERE}?$skiptoken=7"}}, {}),
    "flag as a word": ({"moreResultsAvailable": "Y"}, {}),
    "flag as a number": ({"has-more-items": 1}, {}),
    "last flag as a word": ({"IsLastPage": "no"}, {}),
    "truncation": ({"IsTruncated": True}, {}),
    "remaining items": ({"metadata": {"remainingItemCount": 12}}, {}),
    "a count deep down": ({"response": {"paging": {"summary": {"TotalRecords": 90}}}}, {}),
    "a count with its quality": ({"hits": {"total": {"value": 900, "relation": "eq"}}}, {}),
    "number of pages": ({"page": {"numberOfPages": 4}}, {}),
    "continuation": ({"metadata": {"continue": "eyJ2IjoxfQ"}}, {}),
    "evaluated key": ({"LastEvaluatedKey": "k7"}, {}),
    "resumption": ({"resumptionToken": "r1"}, {}),
    "relations": ({"link": [{"relation": "next", "url": f"{_HERE}?_page=2"}]}, {}),
    "records url": ({"done": False, "nextRecordsUrl": "/api/x/more-2000"}, {}),
    "JSON in a header": ({}, {"x-pagination": '{"CurrentPage":1,"TotalPages":9,"HasNext":true}'}),
    "range in a header": ({}, {"content-range": "items 0-6/90"}),
    "vendor's header": ({}, {"x-acme-total-count": "90"}),
    "more as a link": ({"more": f"{_HERE}?start=7"}, {}),
    "a limit that was reached": ({"exceededTransferLimit": True}, {}),
    "a limit of rows": ({"row_limit_reached": "true"}, {}),
    "items left": ({"resultsLeft": True}, {}),
    "an object as a key": ({"LastEvaluatedKey": {"pk": {"S": "7"}}}, {}),
    "unreachable places": ({"unreachable": ["locations/europe-west1"]}, {}),
    "a warning with a code": ({"warning": {"code": "UNREACHABLE", "message": "some zones"}}, {}),
    "a warning in a header": ({}, {"warning": '299 - "Results truncated"'}),
    "skipped clusters": ({"_clusters": {"total": 3, "successful": 2, "skipped": 1}}, {}),
    "a partial state": ({"status": "PARTIAL_SUCCESS"}, {}),
    "an incomplete state": ({"meta": {"state": "incomplete"}}, {}),
    "more that remain": ({"more_items_remaining": True}, {}),
    "a list of one link": ({"_links": {"next": [{"href": f"{_HERE}?offset=7"}]}}, {}),
    "a list of relations": ({"links": [{"rel": ["next", "nav"], "href": f"{_HERE}?p=2"}]}, {}),
    "a negative total": ({"data": {"total": -8}}, {}),
    "capped results": ({"meta": {"resultsCapped": True}}, {}),
    "an overflow": ({"result_overflow": True}, {}),
}

# Complete responses whose names resemble pagination.
_OTHER_NAMES: dict[str, dict[str, Json]] = {
    "meeting": {"next_meeting": "2030-01-01", "next_run_at": 1893456000},
    "token type": {"token_type": "Bearer", "expires_in": 3600},
    "title": {"page_title": "Users", "page_views": 991},
    "more info": {"more_info_url": "https://docs.example/users", "learnMore": "/help"},
    "colour": {"cursor_color": "#fff", "marker_color": "red", "scroll_direction": "down"},
    "delta": {"@odata.deltaLink": f"{_HERE}?$deltatoken=1", "nextSyncToken": "s9"},
    "quota": {"rate_limit": {"remaining": 4999, "limit": 5000}, "quota": {"left": 3}},
    "graphql cost": {
        "extensions": {"cost": {"throttleStatus": {"currentlyAvailable": 900, "remaining": 12}}}
    },
    "no more": {"has_more": False, "next_cursor": None, "next": "", "nextPage": None},
    "no errors": {"success": True, "errors": [], "error": None, "status": "ok", "code": 0, "message": "OK"},
    "counts that agree": {"total": 7, "count": 7, "page": 1, "total_pages": 1, "per_page": 100},
    "echo": {"offset": 0, "limit": 100, "cursor": None, "page_size": 100},
    "links to itself": {"links": {"self": _HERE, "first": _HERE, "prev": None, "last": _HERE}},
    "people": {"first_name": "A", "last_name": "B", "next_of_kin": "C", "current_user": {"name": "me"}},
    "dates": {"last_updated": "2030-01-01", "next_billing_date": "2030-02-01", "end_date": "2030-03-01"},
    "words": {"continue_watching": ["x"], "bookmarks_enabled": True, "after_hours": True, "left_menu": "a"},
    "menu": {"next_steps": ["read", "write"], "remaining_credits": 12, "additional_info": {"more": None}},
    "warnings": {"warnings": ["deprecated"], "error_count": 0, "failed_count": 0, "errors_total": 0},
    "shards": {"_shards": {"total": 5, "successful": 5, "failed": 0}, "timed_out": False, "took": 4},
    "flags": {"isLast": True, "truncated": False, "incomplete_results": False, "done": True},
    "pages of a site": {"landing_page": "/home", "start_page": {"url": "/"}, "link_color": "blue"},
    "limits": {
        "exceededTransferLimit": False,
        "rateLimitExceeded": True,
        "limit_reached": True,
        "upload_size_exceeded": True,
    },
    "reachable places": {"unreachable": [], "warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}},
    "clusters": {"_clusters": {"total": 3, "successful": 3, "skipped": 0}, "_shards": {"skipped": 4}},
    "a thing with a state": {"name": "release", "status": "partial"},
    "a summary of clusters": {"clusters": {"failed": 2, "skipped": 1}},
    "a position at the end": {"has_more": False, "cursor": {"ts": 5, "node": "a"}},
    "a filter": {"filter": {"status": "incomplete"}, "query": {"state": "partial"}},
    "a cursor's object": {"cursor": {"next": None, "prev": None}, "resultsLeft": False},
    "an unknown total": {"total": -1},
    "what did not overflow": {"resultOverflow": False, "itemsCapped": "no", "more_items_remaining": False},
    "other overflows": {"style": {"overflow": True}, "subscription": {"capped": True}},
    "other lists": {"next": [], "links": [{"rel": ["self"], "href": _HERE}], "related": [{"href": _HERE}]},
    "a summary": {"summary": {"state": "degraded", "status": "failed", "totals": {"errors": 4}}},
}


@pytest.mark.parametrize("kind", [{}, {"type": "auto"}, {"type": "next_link"}, {"type": "cursor"}], ids=str)
@pytest.mark.parametrize("name", _SIGNALS)
def test_signal_of_more_is_followed_or_doubted(walked: Walk, name: str, kind: dict[str, Any]) -> None:
    envelope, headers = _SIGNALS[name]

    def answer(_: Request) -> Any:
        return {**envelope, "items": _ITEMS}, headers

    walk = walked(answer, pagination=kind, max_requests=10)
    assert walk.error is not None or len(walk.requests) > 1
    if walk.error:
        assert walk.error.doubt in DOUBTS


@pytest.mark.parametrize("kind", [{}, {"type": "auto"}, {"type": "next_link"}, {"type": "cursor"}], ids=str)
@pytest.mark.parametrize("name", _OTHER_NAMES)
def test_other_names_raise_no_doubt(walked: Walk, name: str, kind: dict[str, Any]) -> None:
    body: dict[str, Json] = {**_OTHER_NAMES[name], "items": _ITEMS}
    walk = walked(lambda _: body, pagination=kind, max_requests=2)
    assert walk.error is None
    assert walk.items == _ITEMS
    assert walk.verdict.words.startswith("complete: ")


def _styles(words: tuple[str, ...]) -> list[str]:
    """Return a name in all spellings of APIs."""
    first, *rest = words
    pascal = "".join(word.capitalize() for word in words)
    camel = first + "".join(word.capitalize() for word in rest)
    return ["_".join(words), "-".join(words), camel, pascal, "".join(words), "_".join(words).upper()]


_NAMES: list[tuple[str, Json]] = [
    (name, value)
    for words, value in (
        (("next",), "/api/x?p=2"),
        (("next", "page"), 2),
        (("next", "link"), "/api/x?p=2"),
        (("next", "page", "url"), "/api/x?p=2"),
        (("following", "page"), "/api/x?p=2"),
        (("next", "cursor"), "c"),
        (("next", "page", "token"), "c"),
        (("continuation", "token"), "c"),
        (("next", "marker"), "c"),
        (("scroll", "id"), "c"),
        (("next", "offset"), 7),
        (("bookmark",), "c"),
        (("has", "more"), True),
        (("more", "results", "available"), "yes"),
        (("is", "truncated"), "true"),
        (("has", "next", "page"), 1),
        (("is", "last"), False),
        (("last", "page"), 9),
        (("total", "pages"), 9),
        (("page", "count"), 9),
        (("total", "count"), 90),
        (("total", "items"), 90),
        (("num", "found"), 90),
        (("remaining", "items"), 83),
        (("items", "left"), 83),
        (("incomplete", "results"), True),
    )
    for name in _styles(words)
]


@pytest.mark.parametrize(("name", "value"), _NAMES)
def test_single_signal_is_followed_or_named_in_a_doubt(walked: Walk, name: str, value: Json) -> None:
    """The response has no other signal."""
    body: dict[str, Json] = {"items": _ITEMS, "meta": {name: value}}
    walk = walked(lambda _: body, pagination={"type": "auto"}, max_requests=10)
    followed = len(walk.requests) > 1
    assert followed or (walk.error is not None and f"meta.{name}" in str(walk.error))


@pytest.mark.parametrize("name", _OTHER_NAMES)
def test_names_in_items_are_ignored(walked: Walk, name: str) -> None:
    items: list[Json] = [{"id": 1, **_OTHER_NAMES[name]}, {"id": 2, "next": "/x", "total": 90}]
    walk = walked(
        lambda _: Response(200, {}, json.dumps(items).encode()), pagination={}, data_path=None, max_requests=2
    )
    assert walk.error is None
    assert len(walk.items) == 2


@pytest.mark.parametrize(
    "meaning", [Meaning.MORE, Meaning.TOTAL, Meaning.PAGES, Meaning.CURSOR, Meaning.NEXT]
)
def test_names_have_the_same_meaning_in_bodies_and_headers(meaning: Meaning) -> None:
    names = {
        Meaning.MORE: ("has_more", "x-has-more"),
        Meaning.TOTAL: ("total_count", "x-total-count"),
        Meaning.PAGES: ("total_pages", "x-wp-totalpages"),
        Meaning.CURSOR: ("next_cursor", "x-next-cursor"),
        Meaning.NEXT: ("next_page", "x-next-page"),
    }
    in_body, in_header = names[meaning]
    assert (meaning_of(in_body), header_meaning(in_header)) == (meaning, meaning)


@pytest.mark.parametrize(
    "name", ["x-ratelimit-remaining", "x-rate-limit-limit", "retry-after", "last-modified", "content-length"]
)
def test_headers_of_http_and_of_rate_limits_have_no_meaning(name: str) -> None:
    assert header_meaning(name) is None
