"""Listings that change during the read: a complete kind has every item that existed during the whole read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rest.bodies import Json
from rest.request import Request

type Walk = Callable[..., Any]
type Style = Literal["offset", "page", "cursor", "opaque cursor", "next_link", "header_link"]

SIZE = 4
STYLES: tuple[Style, ...] = ("offset", "page", "cursor", "opaque cursor", "next_link", "header_link")
_TYPES = {"opaque cursor": "cursor"}
_PAGINATION: dict[str, dict[str, Any]] = {
    "offset": {"page_size": SIZE},
    "page": {"page_size": SIZE},
    "cursor": {"cursor_path": "next", "size_param": "-"},
    "opaque cursor": {"cursor_path": "next", "size_param": "-"},
    "next_link": {"next_link_path": "next"},
    "header_link": {},
}


_BODIES: dict[str, dict[str, Json]] = {
    "null": {"items": None},
    "error": {"items": [], "ok": False, "error": "timeout"},
    "partial": {"items": [], "incomplete_results": True},
    "hole": {"items": [None]},
}


@dataclass
class Moving:
    """An API whose listing changes before each request.

    changes: change before the request of that number. total: pages that report the length.
    faults: fault of the request of that number. cap: maximum number of items per page.
    """

    style: Style
    ids: list[int]
    changes: list[str] = field(default_factory=list)
    total: Literal["always", "first", "never"] = "never"
    faults: dict[int, str] = field(default_factory=dict)
    cap: int = SIZE
    requests: int = 0

    def __post_init__(self) -> None:
        self.there = set(self.ids)
        self.fresh = 1000

    def __call__(self, request: Request) -> Any:
        self._change(self.changes[self.requests] if self.requests < len(self.changes) else "")
        fault = self.faults.get(self.requests, "")
        self.requests += 1
        if fault.isdigit():
            return int(fault)
        start = self._start(request)
        page, end = self.ids[start : start + self.cap], start + self.cap
        if fault == "empty":
            page = []
        body: dict[str, Json] = {"items": [{"id": each} for each in page]}
        if self.total == "always" or (self.total == "first" and self.requests == 1):
            body["total"] = len(self.ids)
        if fault in _BODIES:
            body |= _BODIES[fault]
        headers: dict[str, str] = {}
        if end < len(self.ids) and fault != "no signal":
            after = f"id{page[-1]}" if self.style == "cursor" and page else str(end)
            if self.style == "header_link":
                headers["link"] = f'</x?at={after}>; rel="next"'
            elif self.style not in ("offset", "page"):
                body["next"] = f"/x?at={after}" if self.style == "next_link" else after
        return body, headers

    def _start(self, request: Request) -> int:
        name = {"offset": "offset", "page": "page", "cursor": "cursor", "opaque cursor": "cursor"}
        text = str(request.value(name.get(self.style, "at")) or 0)
        if text.startswith("id"):
            last = int(text[2:])
            return self.ids.index(last) + 1 if last in self.ids else len(self.ids)
        return max(int(text) - 1, 0) * self.cap if self.style == "page" else int(text)

    def _change(self, what: str) -> None:
        kind, _, place = what.partition(" ")
        at = int(place or 0) % max(len(self.ids), 1)
        if kind == "insert":
            self.fresh += 1
            self.ids.insert(at, self.fresh)
        elif kind == "remove" and self.ids:
            self.there.discard(self.ids.pop(at))
        elif kind == "lift" and self.ids:
            self.ids.insert(0, self.ids.pop(at))


def _read(walked: Walk, api: Moving) -> Any:
    pagination = {"type": _TYPES.get(api.style, api.style), **_PAGINATION[api.style]}
    return walked(api, pagination=pagination, max_requests=400)


@pytest.mark.parametrize("total", ["always", "never"])
@pytest.mark.parametrize("style", STYLES)
def test_listing_with_an_insert_before_each_page_is_complete(walked: Walk, style: Style, total: Any) -> None:
    """An item is inserted at the top between any two pages. This is common and raises no doubt."""
    api = Moving(style, list(range(22)), [""] + ["insert 0"] * 60, total)
    walk = _read(walked, api)
    assert walk.error is None
    assert set(range(22)) <= {item["id"] for item in walk.items}
    assert len(walk.requests) <= 20


@pytest.mark.parametrize("total", ["always", "never"])
@pytest.mark.parametrize("style", STYLES)
def test_item_that_moves_to_the_top_is_found(walked: Walk, style: Style, total: Any) -> None:
    """Exception: a cursor that names the last item shows no change, unless a total is reported."""
    walk = _read(walked, Moving(style, list(range(22)), ["", "", "lift 17"], total))
    assert walk.error is None
    missing = {17} if (style, total) == ("cursor", "never") else set()
    assert {item["id"] for item in walk.items} == set(range(22)) - missing


@pytest.mark.parametrize("style", STYLES)
def test_unchanged_listing_is_read_once(walked: Walk, style: Style) -> None:
    walk = _read(walked, Moving(style, list(range(22)), total="always"))
    assert walk.error is None
    assert len(walk.requests) == 6


def test_listing_in_another_order_on_each_request_is_a_doubt(walked: Walk) -> None:
    requests = 0

    def answer(request: Request) -> Json:
        nonlocal requests
        requests += 1
        order = [number * (2 * requests + 1) % 23 for number in range(23)]
        start = int(str(request.value("offset")))
        return {"items": [{"id": each} for each in order[start : start + SIZE]]}

    walk = walked(answer, pagination={"type": "offset", "page_size": SIZE})
    assert walk.error is not None
    assert "and each reading has another order" in str(walk.error)


def test_refusal_during_a_second_reading_fails_the_kind(walked: Walk) -> None:
    changes = ["", "", "lift 17"]
    reading = _read(walked, Moving("offset", list(range(22)), changes))
    first_reading = 1 + next(n for n, r in enumerate(reading.requests[1:], 1) if r == reading.requests[0])
    walk = _read(walked, Moving("offset", list(range(22)), changes, faults={first_reading - 1: "500"}))
    assert walk.error is not None
    assert walk.error.doubt == ""


_CHANGES = st.one_of(
    st.just(""),
    st.integers(0, 30).map(lambda place: f"insert {place}"),
    st.integers(0, 30).map(lambda place: f"lift {place}"),
)


_FAULTS = st.sampled_from(
    [
        "empty",
        "no signal",
        "400",
        "403",
        "404",
        "410",
        "416",
        "422",
        "500",
        "null",
        "error",
        "partial",
        "hole",
    ]
)


@settings(max_examples=settings().max_examples * 3)
@given(
    style=st.sampled_from(STYLES),
    count=st.integers(0, 21),
    changes=st.lists(_CHANGES, max_size=14),
    total=st.sampled_from(["always", "first"]),
    faults=st.dictionaries(st.integers(1, 12), _FAULTS, max_size=2),
    cap=st.integers(1, SIZE),
)
def test_complete_listing_has_no_missing_items(
    walked: Walk,
    style: Style,
    count: int,
    changes: list[str],
    total: Any,
    faults: dict[int, str],
    cap: int,
) -> None:
    """With a total and without removals, no item is lost silently, whatever fails after the first page.

    If only the first page reports the total, new items can make up for items hidden by a fault or by a cursor
    that names the last item.
    """
    reported: Any = "always" if style == "cursor" or faults else total
    api = Moving(style, list(range(count)), changes, reported, faults, cap)
    walk = _read(walked, api)
    if walk.error is None:
        assert api.there <= {item["id"] for item in walk.items}
