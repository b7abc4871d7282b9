"""Model servers of random length, page size, cap and signals.

A walk returns every item exactly once with a few extra requests at most, or it raises an error.
It never returns fewer items without an error.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extraction.observed_pages import TemplateObservations
from rest.bodies import Json
from rest.errors import PaginationError, RequestError
from rest.request import Request

pytestmark = pytest.mark.unmeasured

type Walk = Callable[..., Any]

quickly = settings(deadline=None)

# Signals of a body: (start, stop, total, page size) -> fields. All of these are correct.
HONEST: dict[str, Callable[[int, int, int, int], dict[str, Json]]] = {
    "nothing": lambda *_: {},
    "total": lambda _start, _stop, total, _size: {"total": total},
    "total as text": lambda _start, _stop, total, _size: {"meta": {"total_count": str(total)}},
    "flag": lambda _start, stop, total, _size: {"has_more": stop < total},
    "flag as text": lambda _start, stop, total, _size: {"pagination": {"hasNext": str(stop < total)}},
    "last": lambda _start, stop, total, _size: {"last": stop >= total},
    "next": lambda _start, stop, total, _size: {"next": "/x" if stop < total else None},
    "next or gone": lambda _start, stop, total, _size: {"links": {"next": "/x"}} if stop < total else {},
    "pages": lambda _start, _stop, total, size: {"total_pages": max(1, -(-total // size))},
}
MISLEADING: dict[str, Callable[[int, int, int, int], dict[str, Json]]] = {
    "own count": lambda start, stop, _total, _size: {"total": stop - start},
    "unknown total": lambda *_: {"total": -1, "total_pages": None, "has_more": None},
    "next always": lambda *_: {"next": "/x"},
    "more always": lambda *_: {"has_more": True},
}
PAST_THE_END = ("empty", "404", "400", "last page again")


@dataclass(frozen=True)
class CountedServer:
    """A listing by page number or offset.

    cap: maximum number of items per page. is_volatile: each item has a field that is always new.
    shown: which items the server returns after it has cut its pages; None means all.
    """

    total: int
    cap: int
    signal: Callable[[int, int, int, int], dict[str, Json]]
    past_the_end: str = "empty"
    ignores_position: bool = False
    is_volatile: bool = False
    shown: list[bool] | None = None
    ticks: Iterator[int] = field(default_factory=itertools.count)

    def __call__(self, request: Request) -> Any:
        size = min(int(str(request.value("n"))), self.cap)
        position = int(str(request.value("p")))
        start = (position - 1) * size if "by=page" in request.url else position
        if self.ignores_position:
            start = 0
        if start >= self.total > 0:
            if self.past_the_end.isdigit():
                return int(self.past_the_end)
            if self.past_the_end == "last page again":
                start = (self.total - 1) // size * size
        stop = max(start, min(start + size, self.total))
        kept = [number for number in range(start, stop) if self.shown is None or self.shown[number]]
        fresh = {"signed": next(self.ticks)} if self.is_volatile else {}
        items: list[Json] = [{"id": number, **fresh} for number in kept]
        return {"items": items, **self.signal(start, stop, self.total, size)}


def counted(kind: str, size: int) -> dict[str, Any]:
    return {"type": kind, "param": "p", "size_param": "n", "page_size": size}


def first(kind: str) -> Request:
    return Request("GET", f"https://a.example/x?by={kind}")


def ids(walk: Any) -> list[int]:
    return [item["id"] for item in walk.items]


KIND = st.sampled_from(["page", "offset"])
TOTAL = st.integers(0, 60)
SIZE = st.integers(1, 12)


@quickly
@given(kind=KIND, total=TOTAL, size=SIZE, cap=SIZE, signal=st.sampled_from(sorted(HONEST)))
def test_honest_server_returns_each_item_exactly_once(
    walked: Walk, kind: str, total: int, size: int, cap: int, signal: str
) -> None:
    server = CountedServer(total, cap, HONEST[signal])
    walk = walked(server, pagination=counted(kind, size), first=first(kind))
    assert walk.error is None
    assert ids(walk) == list(range(total))
    assert len(walk.requests) <= -(-total // min(size, cap)) + 2


@quickly
@given(
    kind=KIND,
    total=TOTAL,
    size=SIZE,
    cap=SIZE,
    signal=st.sampled_from(sorted(HONEST | MISLEADING)),
    past_the_end=st.sampled_from(PAST_THE_END),
    is_volatile=st.booleans(),
)
def test_unusual_server_returns_each_item_exactly_once_or_fails(
    walked: Walk,
    kind: str,
    total: int,
    size: int,
    cap: int,
    signal: str,
    past_the_end: str,
    *,
    is_volatile: bool,
) -> None:
    server = CountedServer(total, cap, (HONEST | MISLEADING)[signal], past_the_end, is_volatile=is_volatile)
    walk = walked(server, pagination=counted(kind, size), first=first(kind), max_requests=1100)
    assert ids(walk)[:total] == list(range(total))
    assert walk.error is not None or ids(walk) == list(range(total))
    assert isinstance(walk.error, PaginationError | RequestError | None)


@quickly
@given(kind=KIND, total=TOTAL, size=SIZE, off=st.integers(-5, 30), past=st.sampled_from(PAST_THE_END))
def test_wrong_total_loses_no_items(
    walked: Walk, kind: str, total: int, size: int, off: int, past: str
) -> None:
    server = CountedServer(total, size, lambda *_: {"total": total + off}, past)
    walk = walked(server, pagination=counted(kind, size), first=first(kind))
    assert ids(walk)[:total] == list(range(total))
    assert walk.error is not None or ids(walk) == list(range(total))


@quickly
@given(
    kind=KIND,
    total=TOTAL,
    size=SIZE,
    signal=st.sampled_from(sorted(HONEST | MISLEADING)),
    is_volatile=st.booleans(),
)
def test_server_that_ignores_the_position_returns_all_items_or_fails(
    walked: Walk, kind: str, total: int, size: int, signal: str, *, is_volatile: bool
) -> None:
    server = CountedServer(
        total, size, (HONEST | MISLEADING)[signal], ignores_position=True, is_volatile=is_volatile
    )
    walk = walked(server, pagination=counted(kind, size), first=first(kind), max_requests=1100)
    assert walk.error is not None or ids(walk) == list(range(total))
    # The third request may be prefetched before the second page turns out to be a repeat.
    assert len(walk.requests) <= 3 or total == 0


@quickly
@given(
    totals=st.lists(TOTAL, min_size=2, max_size=6),
    size=SIZE,
    kind=KIND,
    past=st.sampled_from(["empty", "404"]),
)
def test_walks_with_shared_observations_lose_no_items(
    walked: Walk, totals: list[int], size: int, kind: str, past: str
) -> None:
    """Children of one template. The server sends no signals and pages of the requested size."""
    observations = TemplateObservations()
    for total in totals:
        server = CountedServer(total, size, HONEST["nothing"], past)
        walk = walked(server, pagination=counted(kind, size), first=first(kind), observations=observations)
        assert walk.error is None
        assert ids(walk) == list(range(total))


@quickly
@given(
    shown=st.lists(st.booleans(), max_size=60),
    size=SIZE,
    cap=SIZE,
    kind=KIND,
    signal=st.sampled_from(["flag", "next", "last"]),
)
def test_server_that_filters_its_pages_loses_no_items(
    walked: Walk, shown: list[bool], size: int, cap: int, kind: str, signal: str
) -> None:
    """Page numbers return each item once. Offsets may repeat some items, or the walk fails.

    Not covered: offsets if all items of the first page are hidden. The cap is then unknown, so the next
    offset would skip items.
    """
    assume(kind == "page" or size <= cap or any(shown[:cap]))
    server = CountedServer(len(shown), cap, HONEST[signal], shown=shown)
    walk = walked(server, pagination=counted(kind, size), first=first(kind))
    expected = [number for number, is_shown in enumerate(shown) if is_shown]
    if kind == "page":
        assert walk.error is None
        assert ids(walk) == expected
    else:
        assert walk.error is not None or sorted(set(ids(walk))) == expected


CUTS = st.lists(st.integers(0, 4), min_size=1, max_size=8)
LOCATION = st.sampled_from(["query", "body", "header"])


@quickly
@given(
    cuts=CUTS,
    last=st.sampled_from(
        [{"next": None}, {"next": ""}, {}, {"next": "repeat"}, {"next": "x", "has_more": False}]
    ),
    text=st.text(min_size=1, max_size=5),
    location=LOCATION,
    kind=st.sampled_from([int, str]),
)
def test_cursors_return_each_item_exactly_once(
    walked: Walk,
    cuts: list[int],
    last: dict[str, Json],
    text: str,
    location: str,
    kind: type,
) -> None:
    """Pages of any length, including empty ones. Cursors are text or numbers, with each way to end."""
    tokens: list[Json] = [None, *((n if kind is int else f"{n}{text}") for n in range(1, len(cuts)))]

    def answer(request: Request) -> Any:
        sent = request.value("c", location)  # type: ignore[arg-type]
        place = [None if token is None else str(token) for token in tokens].index(
            None if sent is None else str(sent)
        )
        start = sum(cuts[:place])
        items = [{"id": number} for number in range(start, start + cuts[place])]
        end = {**last, "next": tokens[place]} if last.get("next") == "repeat" else last
        return {"items": items, **({"next": tokens[place + 1]} if place + 1 < len(cuts) else end)}

    pagination = {"type": "cursor", "cursor_path": "next", "param": "c", "param_location": location}
    walk = walked(answer, pagination=pagination)
    assert walk.error is None
    assert ids(walk) == list(range(sum(cuts)))
    # A repeated cursor is requested once more if its page has items. A scroll API would return another page.
    is_repeated = last.get("next") == "repeat" and len(cuts) > 1 and cuts[-1] > 0
    assert len(walk.requests) == len(cuts) + is_repeated


@quickly
@given(data=st.data(), count=st.integers(1, 6), kind=st.sampled_from(["cursor", "next_link", "header_link"]))
def test_random_chain_of_pages_ends_or_fails(
    walked: Walk, data: st.DataObject, count: int, kind: str
) -> None:
    """Each page leads to a random page or to none. Only an end, or a page that leads to itself, is complete.

    Cursors start at 1, because 0 means none.
    """
    leads = data.draw(
        st.lists(st.one_of(st.none(), st.integers(0, count - 1)), min_size=count, max_size=count)
    )

    def answer(request: Request) -> Any:
        place = int(str(request.value("c") or 1)) - 1
        target = leads[place]
        link = None if target is None else f"/x?c={target + 1}"
        headers = {"link": f"<{link}>; rel=next"} if link and kind == "header_link" else {}
        body: dict[str, Json] = {"items": [{"id": place}]}
        if kind == "cursor":
            body["c"] = None if target is None else target + 1
        if kind == "next_link":
            body["next"] = link
        return body, headers

    pagination = {"type": kind, "param": "c", "size_param": "-"}
    pagination |= {"cursor_path": "c"} if kind == "cursor" else {}
    walk = walked(answer, pagination=pagination)
    place, used = 0, [0]
    while (target := leads[place]) is not None and target not in used:
        place = target
        used.append(place)
    # The first request has no cursor, so a cursor that leads back to the first page is a different request.
    ends = target is None or (target == place and len(used) > 1)
    assert (walk.error is None) == ends
    assert ids(walk)[: len(used)] == used
    assert len(walk.requests) <= 2 * count + 1


@quickly
@given(
    total=st.integers(0, 40),
    size=SIZE,
    bound=st.integers(1, 8),
    kind=KIND,
    signal=st.sampled_from(sorted(HONEST)),
)
def test_max_pages_never_truncates_a_listing(
    walked: Walk, total: int, size: int, bound: int, kind: str, signal: str
) -> None:
    server = CountedServer(total, size, HONEST[signal])
    walk = walked(server, pagination={**counted(kind, size), "max_pages": bound}, first=first(kind))
    assert (walk.error is None) == (total <= bound * size)
    if walk.error is None:
        assert ids(walk) == list(range(total))
    assert len(walk.requests) <= bound + 1


@quickly
@given(
    chosen=st.lists(st.booleans(), max_size=60),
    size=SIZE,
    cap=SIZE,
    kind=KIND,
    signal=st.sampled_from(sorted(HONEST)),
)
def test_filtering_data_path_returns_each_item_exactly_once(
    walked: Walk, chosen: list[bool], size: int, cap: int, kind: str, signal: str
) -> None:
    """The API returns full pages, of which jq selects some items. This does not make a page short."""
    server = CountedServer(len(chosen), cap, HONEST[signal])
    numbers = [number for number, is_chosen in enumerate(chosen) if is_chosen]
    walk = walked(
        server,
        pagination=counted(kind, size),
        first=first(kind),
        data_path=f".items[] | select(.id | IN({', '.join(map(str, numbers)) or 'empty'}))",
    )
    assert walk.error is None
    assert ids(walk) == numbers


@quickly
@given(kind=KIND, total=TOTAL, size=SIZE, cap=SIZE, with_total=st.booleans(), base=st.sampled_from([0, 1]))
def test_page_count_by_the_requested_size_loses_no_items(
    walked: Walk, kind: str, total: int, size: int, cap: int, *, with_total: bool, base: int
) -> None:
    """The API caps its pages, but counts them by the requested size or from 0."""
    pages = -(-total // size) - 1 + base
    # A single page that is not full and reports a page count of one cannot be doubted.
    assume(pages > 1 or cap >= size or total <= cap)
    extra: dict[str, Json] = {"total": total} if with_total else {}
    server = CountedServer(total, cap, lambda *_: {"total_pages": max(pages, 0), **extra})
    walk = walked(server, pagination=counted(kind, size), first=first(kind))
    assert walk.error is not None or ids(walk) == list(range(total))


@quickly
@given(
    totals=st.lists(st.integers(0, 90), min_size=2, max_size=6),
    cap=st.sampled_from([10, 12, 20, 25, 30]),
    kind=KIND,
    signals=st.lists(st.sampled_from(["nothing", "own count", "total", "unknown total"]), min_size=6),
    past=st.sampled_from(["empty", "404", "last page again"]),
    is_volatile=st.booleans(),
)
def test_walks_of_a_capped_template_lose_no_items(
    walked: Walk,
    totals: list[int],
    cap: int,
    kind: str,
    signals: list[str],
    past: str,
    *,
    is_volatile: bool,
) -> None:
    """Children of one template. The server returns fewer items per page than requested."""
    observations = TemplateObservations()
    for total, signal in zip(totals, signals, strict=False):
        server = CountedServer(total, cap, (HONEST | MISLEADING)[signal], past, is_volatile=is_volatile)
        walk = walked(server, pagination=counted(kind, 100), first=first(kind), observations=observations)
        assert ids(walk)[:total] == list(range(total))
        assert walk.error is not None or ids(walk) == list(range(total))


@quickly
@given(walks=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=6), min_size=1, max_size=4))
def test_pages_of_varying_length_lose_no_items_after_one_was_observed(
    walked: Walk, walks: list[list[int]]
) -> None:
    """A full page, then a short page that is not the last. From then on, each end is confirmed."""
    observations = TemplateObservations()
    for sizes in [[10, 7, 5], *walks]:

        def answer(request: Request, sizes: list[int] = sizes) -> Any:
            place = int(str(request.value("p"))) - 1
            start = sum(sizes[:place])
            count = sizes[place] if place < len(sizes) else 0
            return {"items": [{"id": number} for number in range(start, start + count)]}

        walk = walked(answer, pagination=counted("page", 10), observations=observations)
        assert walk.error is None
        assert ids(walk) == list(range(sum(sizes)))
