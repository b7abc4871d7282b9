"""Listings in the styles of public APIs: sound ones are complete, and those with missing items are not."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from rest.bodies import Json

type Fetch = Callable[..., Awaitable[Any]]
type Answer = Callable[[httpx.Request], Any]

COUNT = 250
SIZE = 100
_ITEMS: list[Json] = [{"id": number} for number in range(COUNT)]
_AUTO: dict[str, Any] = {"type": "auto"}
_PAGE: dict[str, Any] = {"type": "page", "size_param": "per_page", "page_size": SIZE}


def _number(request: httpx.Request, name: str, default: int = 0) -> int:
    return int(request.url.params.get(name) or default)


def _part(start: int) -> list[Json]:
    return _ITEMS[start : start + SIZE]


def _page(request: httpx.Request, first: int = 1) -> list[Json]:
    return _part((_number(request, "page", first) - first) * SIZE)


def _csv(rows: int) -> httpx.Response:
    text = "id,name\n" + "".join(f"{number},n\n" for number in range(rows))
    return httpx.Response(200, text=text, headers={"content-type": "text/csv"})


def _html(status: int) -> httpx.Response:
    return httpx.Response(status, text="<html>busy</html>", headers={"content-type": "text/html"})


def _cloudflare(request: httpx.Request) -> Any:
    items = _page(request)
    about = {"page": _number(request, "page", 1), "per_page": SIZE, "count": len(items), "total_count": COUNT}
    return {"success": True, "errors": [], "messages": [], "result": items, "result_info": about}


def _atlassian(request: httpx.Request) -> Any:
    start = _number(request, "startAt")
    return {"startAt": start, "maxResults": SIZE, "isLast": start + SIZE >= COUNT, "values": _part(start)}


def _spring(request: httpx.Request) -> Any:
    items, number = _page(request, 0), _number(request, "page")
    about = {"pageNumber": number, "pageSize": SIZE, "offset": number * SIZE}
    info = {"totalPages": 3, "totalElements": COUNT, "size": SIZE, "number": number, "last": number == 2}
    return {"content": items, "pageable": about, "numberOfElements": len(items), **info}


def _hal(request: httpx.Request) -> Any:
    number = _number(request, "page", 1)
    links: dict[str, Json] = {"self": {"href": f"?page={number}"}, "last": {"href": "?page=3"}}
    following: dict[str, Json] = {"next": {"href": f"?page={number + 1}"}} if number < 3 else {}
    # The total includes rows that the credentials cannot read.
    return {"_links": links | following, "_embedded": {"items": _page(request)}, "total": COUNT + 7}


def _rest_framework(request: httpx.Request) -> Any:
    number = _number(request, "page", 1)
    return {"count": COUNT, "next": f"?page={number + 1}" if number < 3 else None, "results": _page(request)}


def _relay(request: httpx.Request) -> Any:
    start = int(json.loads(request.content)["variables"].get("after") or 0)
    edges: list[Json] = [
        {"cursor": str(start + place), "node": node} for place, node in enumerate(_part(start))
    ]
    info: dict[str, Json] = {"hasNextPage": start + SIZE < COUNT, "endCursor": str(start + SIZE)}
    return {"data": {"x": {"edges": edges, "pageInfo": info}}}


def _kubernetes(request: httpx.Request) -> Any:
    start = _number(request, "continue")
    left = COUNT - start - SIZE
    more: dict[str, Json] = {"continue": str(start + SIZE), "remainingItemCount": left} if left > 0 else {}
    return {"kind": "List", "metadata": {"resourceVersion": "9", **more}, "items": _part(start)}


def _dynamo(request: httpx.Request) -> Any:
    start = _number(request, "ExclusiveStartKey")
    more: dict[str, Json] = {"LastEvaluatedKey": str(start + SIZE)} if start + SIZE < COUNT else {}
    return {"Items": _part(start), "Count": len(_part(start)), **more}


def _intercom(request: httpx.Request) -> Any:
    start = _number(request, "starting_after")
    following = {"page": 2, "starting_after": str(start + SIZE)} if start + SIZE < COUNT else None
    return {"data": _part(start), "total_count": COUNT, "pages": {"next": following, "per_page": SIZE}}


def _facebook(request: httpx.Request) -> Any:
    start = _number(request, "after")
    paging: dict[str, Json] = {"cursors": {"before": str(start), "after": str(start + SIZE)}}
    if start + SIZE < COUNT:
        paging["next"] = f"?after={start + SIZE}"
    return {"data": _part(start), "paging": paging}


def _slack(request: httpx.Request) -> Any:
    start = _number(request, "cursor")
    following = str(start + SIZE) if start + SIZE < COUNT else ""
    return {"ok": True, "members": _part(start), "response_metadata": {"next_cursor": following}}


def _net(request: httpx.Request) -> Any:
    number = _number(request, "PageNumber", 1)
    return {"Items": _part((number - 1) * SIZE), "PageNumber": number, "TotalPages": 3}


def _glpi(request: httpx.Request) -> httpx.Response:
    start = _number(request, "offset")
    items = _part(start)
    info = {"content-range": f"items {start}-{start + len(items) - 1}/{COUNT}"}
    if not items:
        return httpx.Response(400, json=["ERROR_RANGE"])
    return httpx.Response(206 if len(items) < COUNT else 200, json=items, headers=info)


def _first_counts_alone(request: httpx.Request) -> Any:
    number = _number(request, "page", 1)
    info: dict[str, Json] = {"last_page": 3, "next_page": 2} if number == 1 else {"current_page": number}
    return {"items": _page(request), "meta": info}


_SOUND: list[tuple[str, Answer, dict[str, Any]]] = [
    ("cloudflare", _cloudflare, {"data_path": ".result", "pagination": _AUTO}),
    ("atlassian", _atlassian, {"data_path": ".values", "pagination": _AUTO}),
    ("spring", _spring, {"data_path": ".content", "pagination": _AUTO}),
    ("hal", _hal, {"data_path": "._embedded.items", "pagination": _AUTO}),
    ("rest framework", _rest_framework, {"data_path": ".results", "pagination": _AUTO}),
    (
        "relay",
        _relay,
        {
            "data_path": ".data.x.edges[].node",
            "method": "POST",
            "body": {"variables": {}},
            "pagination": _AUTO,
        },
    ),
    ("kubernetes", _kubernetes, {"data_path": ".items", "pagination": _AUTO}),
    ("dynamo", _dynamo, {"data_path": ".Items", "pagination": _AUTO}),
    ("intercom", _intercom, {"data_path": ".data", "pagination": _AUTO}),
    ("facebook", _facebook, {"data_path": ".data", "pagination": _AUTO}),
    ("slack", _slack, {"data_path": ".members", "pagination": _AUTO}),
    ("net", _net, {"data_path": ".Items", "pagination": _AUTO}),
    ("ranges", _glpi, {"pagination": {"type": "offset", "page_size": SIZE}}),
    ("counts on the first page", _first_counts_alone, {"data_path": ".items", "pagination": _PAGE}),
    ("one page", lambda _: _ITEMS, {}),
    ("one page, auto", lambda _: _ITEMS, {"pagination": _AUTO}),
    (
        "one page, the second is not found",
        lambda request: 404 if request.url.query else _ITEMS,
        {},
    ),
    ("one page, the second is empty", lambda request: [] if request.url.query else _ITEMS, {}),
    (
        "one page with a total, parameters are refused",
        lambda request: 400 if request.url.query else {"total": COUNT, "items": _ITEMS},
        {"data_path": ".items"},
    ),
    ("one page with a flag", lambda _: {"items": _ITEMS, "is_last": True}, {"data_path": ".items"}),
    ("a large limit was requested", lambda _: _ITEMS, {"query_params": {"limit": 1000}}),
]


@pytest.mark.parametrize(
    ("answer", "selector"), [each[1:] for each in _SOUND], ids=[each[0] for each in _SOUND]
)
async def test_listing_of_a_sound_api_is_complete(fetched: Fetch, answer: Answer, selector: Any) -> None:
    fetch = await fetched(answer, "/x", selector)
    assert fetch.error is None
    assert fetch.ids == list(range(COUNT))


def _on_second(request: httpx.Request, instead: Any) -> Any:
    return instead if _number(request, "page", 1) == 2 else {"items": _page(request)}


def _volatile() -> Answer:
    """Return an API without pages whose items have no id and a field that is always new."""
    requests = 0

    def answer(_: httpx.Request) -> Any:
        nonlocal requests
        requests += 1
        return {"items": [{"host": f"h{number}", "seen": f"{requests}/{number}"} for number in range(SIZE)]}

    return answer


def _stuck(request: httpx.Request) -> Any:
    return {"items": _part(0 if "cursor" not in request.url.params else SIZE), "next": "a", "has_more": True}


_HOSTILE: list[tuple[str, str, Answer, dict[str, Any]]] = [
    ("an HTML 404", "refused_page", lambda request: _on_second(request, _html(404)), {"pagination": _PAGE}),
    (
        "an HTML page",
        "changed_shape",
        lambda request: _on_second(request, _html(200)),
        {"pagination": _PAGE},
    ),
    (
        "an object instead of the list",
        "changed_shape",
        lambda request: _on_second(request, {"items": {}}),
        {"pagination": _PAGE},
    ),
    (
        "null instead of the list",
        "changed_shape",
        lambda request: _on_second(request, {"items": None}),
        {"pagination": _PAGE},
    ),
    (
        "a missing path",
        "changed_shape",
        lambda request: _on_second(request, {"message": "x"}),
        {"pagination": _PAGE},
    ),
    (
        "no body",
        "changed_shape",
        lambda request: _on_second(request, httpx.Response(200)),
        {"pagination": _PAGE},
    ),
    (
        "an error with an optional path",
        "error_in_answer",
        lambda request: _on_second(request, {"error": {"code": "RATE"}}),
        {"data_path": ".items?", "pagination": _PAGE},
    ),
    ("no signal", "unproven_end", _page, {"data_path": "."}),
    (
        "a refused second page",
        "unproven_end",
        lambda request: 400 if request.url.query else _part(0),
        {"data_path": "."},
    ),
    (
        "206",
        "partial_answer",
        lambda _: httpx.Response(206, json=_part(0)),
        {"data_path": ".", "pagination": {"type": "none"}},
    ),
    (
        "an unreadable range",
        "partial_answer",
        lambda _: httpx.Response(206, json=_part(0), headers={"content-range": "0-99/250"}),
        {"data_path": ".", "pagination": {"type": "none"}},
    ),
    ("failed shards", "partial_answer", lambda _: {"items": [], "_shards": {"failed": 1}}, {}),
    ("shards with reasons", "partial_answer", lambda _: {"items": [], "_shards": {"failures": [{}]}}, {}),
    ("an error as an item", "error_in_answer", lambda _: {"items": [{"id": 1}, {"error": "timeout"}]}, {}),
    ("a repeated page with volatile fields", "repeated_items", _volatile(), {"pagination": _PAGE}),
    (
        "fewer items than the total",
        "unread_signal",
        lambda request: {"items": _page(request) if _number(request, "page") < 2 else [], "total": COUNT},
        {"pagination": _PAGE},
    ),
    (
        "a repeated cursor",
        "unread_signal",
        _stuck,
        {"pagination": {"type": "cursor", "cursor_path": "next", "size_param": "-"}},
    ),
    (
        "a total above the items of all cursors",
        "unread_signal",
        lambda _: {"items": _part(0), "next": None, "total": COUNT},
        {"pagination": {"type": "cursor", "cursor_path": "next", "size_param": "-"}},
    ),
    (
        "other columns",
        "changed_shape",
        lambda request: (
            _csv(SIZE)
            if _number(request, "page") < 2
            else httpx.Response(200, text="no, sorry\n", headers={"content-type": "text/csv"})
        ),
        {"data_path": ".", "pagination": _PAGE},
    ),
    (
        "another content type",
        "changed_shape",
        lambda request: _csv(SIZE) if _number(request, "page") < 2 else _part(SIZE),
        {"data_path": ".", "pagination": _PAGE},
    ),
]


@pytest.mark.parametrize(
    ("doubt", "answer", "selector"), [each[1:] for each in _HOSTILE], ids=[each[0] for each in _HOSTILE]
)
async def test_listing_with_missing_items_raises_a_doubt(
    fetched: Fetch, doubt: str, answer: Answer, selector: dict[str, Any]
) -> None:
    fetch = await fetched(answer, "/x", {"data_path": ".items", **selector})
    assert fetch.error is not None
    first: Any = fetch.error
    if isinstance(fetch.error, ExceptionGroup):
        first = fetch.error.exceptions[0]
    assert first.doubt == doubt


async def test_response_that_a_rule_accepts_is_not_checked(fetched: Fetch) -> None:
    rule = {"when": ".body.errors", "as": "accept"}
    selector = {"data_path": ".items", "responses": [rule]}
    fetch = await fetched(lambda _: {"items": [{"id": 1}], "errors": ["late"]}, "/x", selector)
    assert (fetch.error, fetch.ids) == (None, [1])


async def test_null_list_of_a_child_is_empty_if_its_total_is_zero(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        if request.url.path.endswith("/parents"):
            return [{"id": 1}, {"id": 2}]
        return (
            {"items": None, "total": 0} if "/1/" in request.url.path else {"items": [{"id": 9}], "total": 1}
        )

    parents = {"p": {"endpoint": "/parents", "field": ".id"}}
    selector = {"data_path": ".items", "path_parameters": parents}
    fetch = await fetched(
        answer,
        "/parents/{p}/items",
        {**selector, "path_parameters": {"p": {**parents["p"], "data_path": "."}}},
    )
    assert (fetch.error, fetch.ids) == (None, [9])


async def test_configured_flag_ends_a_listing_of_links(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        number = _number(request, "page", 1)
        body = {"items": _page(request), "next": f"?page={number % 3 + 1}", "final": number == 3}
        return httpx.Response(200, json=body, headers={"link": f'<?page={number % 3 + 1}>; rel="next"'})

    for kind in ("next_link", "header_link", "auto"):
        selector = {"data_path": ".items", "pagination": {"type": kind, "last_page_path": "final"}}
        fetch = await fetched(answer, "/x", selector)
        assert (fetch.error, fetch.ids) == (None, list(range(COUNT)))


async def test_configured_flag_ends_a_single_page(fetched: Fetch) -> None:
    def answer(_: httpx.Request) -> Any:
        return {"items": _part(0), "next": "?page=2", "final": True}

    pagination = {"type": "auto", "last_page_path": "final"}
    fetch = await fetched(answer, "/x", {"data_path": ".items", "pagination": pagination})
    assert (fetch.error, len(fetch.ids)) == (None, SIZE)


async def test_configured_flag_is_evidence_without_a_pagination_type(fetched: Fetch) -> None:
    def answer(_: httpx.Request) -> Any:
        return {"items": [{"id": 1}], "final": False}

    fetch = await fetched(answer, "/x", {"data_path": ".items", "pagination": {"last_page_path": "final"}})
    assert fetch.error is not None
    assert fetch.error.doubt == "unread_signal"
