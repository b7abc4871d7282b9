"""Names with the items' own noun in them: signals beside the items, and other names that raise no doubt."""

from collections.abc import Callable
from typing import Any

import pytest

from rest.bodies import Json
from rest.request import Request

type Walk = Callable[..., Any]

_ITEMS: list[Json] = [{"id": number} for number in range(7)]

_SIGNALS: dict[str, dict[str, Json]] = {
    "a flag": {"hasMoreUsers": True},
    "a flag in words": {"more_users_available": "yes"},
    "a last flag": {"isLastUser": False},
    "a total": {"total_users": 70},
    "a count of the singular": {"user-count": "70"},
    "a total in an object": {"meta": {"UsersTotal": 70}},
    "a link": {"more_users_url": "/api/users?page=1"},
    "a link to the next ones": {"nextUsers": "/api/users?page=1"},
    "a glued name": {"totalusers": 70},
    "a cursor": {"next_users_token": "abc"},
}
_OTHER_NAMES: dict[str, dict[str, Json]] = {
    "a total that is reached": {"total_users": 7, "hasMoreUsers": False, "next_users_token": None},
    "another count": {"active_user_count": 70, "user_types_count": 70},
    "limits and seats": {"user_limit": 50, "max_users": 50, "users_remaining": 43},
    "the count of a thing": {"team": {"id": 1, "user_count": 70}},
    "other things": {"last_user": {"id": 3}, "users_url": "/api/users", "user_id": 5, "first_user": 0},
    "a thing that is next": {"next_user": {"id": 8}, "next_users_url": "/api/users/8", "next_user_id": 8},
    "numbers of things": {"last_user": 70, "next_user": 71, "last_users": "2030-01-01"},
    "only the noun": {"user": {"id": 1}, "total": {"users": 70}},
}


@pytest.mark.parametrize("kind", [{}, {"type": "auto"}], ids=str)
@pytest.mark.parametrize("name", _SIGNALS)
def test_signal_with_the_noun_of_the_items_is_followed_or_doubted(
    walked: Walk, name: str, kind: dict[str, Any]
) -> None:
    body: dict[str, Json] = {**_SIGNALS[name], "users": _ITEMS}
    walk = walked(lambda _: body, pagination=kind, data_path=".users", max_requests=10)
    assert walk.error is not None or len(walk.requests) > 1


@pytest.mark.parametrize("kind", [{}, {"type": "auto"}], ids=str)
@pytest.mark.parametrize("name", _OTHER_NAMES)
def test_other_names_with_the_noun_raise_no_doubt(walked: Walk, name: str, kind: dict[str, Any]) -> None:
    body: dict[str, Json] = {**_OTHER_NAMES[name], "users": _ITEMS}
    walk = walked(lambda _: body, pagination=kind, data_path=".users", max_requests=2)
    assert walk.error is None
    assert walk.items == _ITEMS


@pytest.mark.parametrize(
    ("data_path", "body"),
    [
        (".releases", {"release-count": 70, "release-offset": 0, "releases": _ITEMS}),
        (".features", {"totalFeatures": 70, "features": _ITEMS}),
        (".topic_list.topics", {"topic_list": {"more_topics_url": "/latest?page=1", "topics": _ITEMS}}),
        (
            ".entries[].pullRequest",
            {"entries": [{"pullRequest": each} for each in _ITEMS], "entry_count": 70},
        ),
        (".data.addresses", {"data": {"addresses": _ITEMS}, "address_count": 70}),
        (".result.pullRequests", {"result": {"pullRequests": _ITEMS}, "meta": {"total_pull_requests": 70}}),
        (".movies", {"hasMoreMovies": True, "movies": _ITEMS}),
        (".companies[:9]", {"total_companies": 70, "companies": _ITEMS}),
    ],
)
def test_forms_of_the_noun(walked: Walk, data_path: str, body: dict[str, Json]) -> None:
    """Of MusicBrainz, GeoServer and Discourse. A slice has no plain path, and no noun."""
    walk = walked(lambda _: body, pagination={}, data_path=data_path, max_requests=10)
    assert (walk.error is None) == (data_path == ".companies[:9]")


def test_a_noun_of_the_vocabulary_has_the_meaning_that_it_has_there(walked: Walk) -> None:
    """In some APIs, `resultCount` is the number of items on this page before a filter."""
    body: dict[str, Json] = {"results": _ITEMS, "resultCount": 70}
    assert walked(lambda _: body, pagination={}, data_path=".results").error is None


@pytest.mark.parametrize(
    ("path", "name", "is_read"),
    [
        ("orders", "order_count", True),
        ("order/", "order_count", True),
        ("orders.json", "order_count", True),
        ("or", "or_count", False),
        ("", "order_count", False),
    ],
)
def test_the_noun_may_be_the_last_word_of_the_path(
    walked: Walk, path: str, name: str, *, is_read: bool
) -> None:
    body: dict[str, Json] = {"items": _ITEMS, name: 70}
    request = Request("GET", f"https://a.example/{path}")
    walk = walked(lambda _: body, pagination={}, first=request, max_requests=10)
    assert (walk.error is not None) == is_read
