"""Each doubt with each pagination type: on a first page, a later page, a child and a parent listing.

No listing with missing items is reported as complete. A user who accepts the doubt gets the items read.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from rest.bodies import Json
from rest.doubts import DOUBTS, DoubtName
from rest.errors import SyncError

type Fetch = Callable[..., Awaitable[Any]]

SIZE = 4
COUNT = 10
STYLES = ("none", "offset", "page", "cursor", "next_link", "header_link", "auto")
PLACES = ("first page", "later page", "child", "parents")
_PAGINATION: dict[str, dict[str, Any]] = {
    "none": {"type": "none"},
    "offset": {"type": "offset", "page_size": SIZE},
    "page": {"type": "page", "page_size": SIZE},
    "cursor": {"type": "cursor", "cursor_path": "next", "size_param": "-"},
    "next_link": {"type": "next_link", "next_link_path": "next"},
    "header_link": {"type": "header_link"},
    "auto": {"type": "auto"},
}


@dataclass(frozen=True)
class Api:
    """A listing in pages. `fault` changes one page so that it raises the doubt."""

    style: str
    fault: str = ""
    at_page: int = 0

    def page(self, request: httpx.Request, prefix: str) -> httpx.Response:
        number = self._number(request)
        start = number * SIZE
        size = COUNT if self.style == "none" else SIZE
        items: list[Json] = [{"id": f"{prefix}{each}"} for each in range(start, min(start + size, COUNT))]
        is_last = start + size >= COUNT
        body: dict[str, Json] = {"items": items}
        headers: dict[str, str] = {}
        following = str(number + 1)
        if self.style == "auto":
            body |= {"page": number, "total_pages": -(-COUNT // SIZE)}
        elif not is_last and self.style == "cursor":
            body["next"] = following
        elif not is_last and self.style == "next_link":
            body["next"] = f"?at={following}"
        elif not is_last and self.style == "header_link":
            headers["link"] = f'<?at={following}>; rel="next"'
        if self.fault and number == self.at_page and items:
            return _FAULTS[self.fault](body, headers, items)
        return httpx.Response(200, json=body, headers=headers)

    def _number(self, request: httpx.Request) -> int:
        params = request.url.params
        match self.style:
            case "offset":
                return int(params["offset"]) // SIZE
            case "page":
                return int(params["page"]) - 1
            case "cursor":
                return int(params.get("cursor", 0))
            case "auto":
                return int(params.get("page", 0))
        return int(params.get("at", 0))


def _partial(body: Any, headers: dict[str, str], _: list[Json]) -> httpx.Response:
    return httpx.Response(
        200, json={**body, "items": body["items"][:1], "incomplete_results": True}, headers=headers
    )


def _error(body: Any, headers: dict[str, str], _: list[Json]) -> httpx.Response:
    return httpx.Response(
        200, json={**body, "items": [], "ok": False, "error": "ratelimited"}, headers=headers
    )


def _nulls(body: Any, headers: dict[str, str], items: list[Json]) -> httpx.Response:
    return httpx.Response(200, json={**body, "items": [None, *items[1:]]}, headers=headers)


def _not_ready(*_: Any) -> httpx.Response:
    return httpx.Response(202, json={"status": "computing"})


def _null_list(body: Any, headers: dict[str, str], _: list[Json]) -> httpx.Response:
    return httpx.Response(200, json={**body, "items": None}, headers=headers)


def _refused(*_: Any) -> httpx.Response:
    return httpx.Response(400, json={"message": "window too large"})


def _cut_link(body: Any, headers: dict[str, str], _: list[Json]) -> httpx.Response:
    return httpx.Response(
        200, json={"items": body["items"]}, headers={"link": headers.get("link", "<x>; rel=x")[:9]}
    )


def _ignored_signal(body: Any, *_: Any) -> httpx.Response:
    kept = {name: value for name, value in body.items() if name != "next"}
    return httpx.Response(200, json={**kept, "resumption-token": "r7", "remaining": 6})


_FAULTS: dict[str, Callable[..., httpx.Response]] = {
    "partial_answer": _partial,
    "error_in_answer": _error,
    "skipped_items": _nulls,
    "not_ready": _not_ready,
    "changed_shape": _null_list,
    "refused_page": _refused,
    "unreadable_link": _cut_link,
    "unread_signal": _ignored_signal,
}


@dataclass(frozen=True)
class Cell:
    """A case: a fault and its place. kind, selector: the resource to read."""

    fault: str
    style: str
    place: str

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api")
        later = Api(self.style, self.fault, at_page=1 if self.place == "later page" else 0)
        if path == "/parents":
            return (later if self.place == "parents" else Api(self.style)).page(request, "p")
        if path.startswith("/parents/"):
            is_faulty = self.place == "child" and path.endswith("/p1/items")
            return (later if is_faulty else Api(self.style)).page(request, path.split("/")[2] + "-")
        return later.page(request, "i")

    @property
    def kind(self) -> str:
        return "/parents/{parent}/items" if self.place in ("child", "parents") else "/items"

    @property
    def selector(self) -> dict[str, Any]:
        plain = {"data_path": ".items", "pagination": _PAGINATION[self.style]}
        if self.place not in ("child", "parents"):
            return plain
        return {**plain, "path_parameters": {"parent": {"endpoint": "/parents", "field": ".id", **plain}}}

    @property
    def all_ids(self) -> set[str]:
        if self.kind == "/items":
            return {f"i{each}" for each in range(COUNT)}
        return {f"p{parent}-{each}" for parent in range(COUNT) for each in range(COUNT)}


def _is_seen(cell: Cell) -> bool:
    """Return False for faults that cannot be detected.

    These are a null instead of the only list, and signals that pagination type `none` ignores.
    """
    is_alone = cell.style in ("none", "offset", "page") and cell.place in ("first page", "parents")
    if cell.fault == "changed_shape" and is_alone:
        return False
    if cell.fault == "unreadable_link":
        return cell.style == "header_link"
    return cell.fault != "unread_signal" or cell.style != "none"


def _cells() -> list[Any]:
    every = [Cell(fault, style, place) for fault in _FAULTS for style in STYLES for place in PLACES]
    cells = filter(_is_seen, every)
    return [pytest.param(cell, id=f"{cell.fault}-{cell.style}-{cell.place}") for cell in cells]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("place", ["first page", "child"])
async def test_listing_without_a_fault_is_complete(fetched: Fetch, style: str, place: str) -> None:
    cell = Cell("", style, place)
    fetch = await fetched(cell.answer, cell.kind, cell.selector)
    assert fetch.error is None
    assert {item["id"] for item in fetch.items} == cell.all_ids


@pytest.mark.parametrize("cell", _cells())
async def test_listing_with_missing_items_is_never_complete(fetched: Fetch, cell: Cell) -> None:
    fetch = await fetched(cell.answer, cell.kind, cell.selector)
    is_whole = {item["id"] for item in fetch.items} == cell.all_ids
    assert fetch.error is not None or is_whole
    if isinstance(fetch.error, SyncError) and fetch.error.doubt:
        accepting = await fetched(cell.answer, cell.kind, {**cell.selector, "accept": list(DOUBTS)})
        assert accepting.error is None
        assert {item["id"] for item in fetch.items} <= {item["id"] for item in accepting.items}


@pytest.mark.parametrize("place", ["first page", "later page", "child", "parents"])
@pytest.mark.parametrize("name", ["error_in_answer", "partial_answer", "skipped_items", "not_ready"])
async def test_doubt_names_itself_its_place_and_how_to_accept_it(
    fetched: Fetch, name: DoubtName, place: str
) -> None:
    cell = Cell(name, "page", place)
    fetch = await fetched(cell.answer, cell.kind, cell.selector)
    error: Any = fetch.error
    if isinstance(fetch.error, ExceptionGroup):
        error = fetch.error.exceptions[0]
    assert error.doubt == name
    assert f"selector.accept: [{name}]" in str(error)
    path = {"child": "/api/parents/p1/items", "parents": "/api/parents"}.get(place, "/api/items")
    query = f"size={SIZE}&page=2" if place == "later page" else f"page=1&size={SIZE}"
    assert f"GET https://a.example{path}?{query}" in str(error)
