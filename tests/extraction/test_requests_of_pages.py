"""Bodies, ranges, cursors and page sizes in whole listings, through the extractor."""

import json
import math
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from rest.errors import PaginationError, RefusedError, ResourceError, TransientError

type Fetch = Callable[..., Awaitable[Any]]

ITEMS = [{"id": number, "sort": [number // 2, f"k{number}"]} for number in range(1, 8)]
ALL = [item["id"] for item in ITEMS]
TOTAL = {"total": {"value": len(ITEMS)}}


def form(request: httpx.Request) -> dict[str, str]:
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    return {name: values[-1] for name, values in parse_qs(request.content.decode()).items()}


async def test_offset_is_a_field_of_the_form(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        fields = form(request)
        assert fields["format"] == "json"
        start, size = int(fields["offset"]), int(fields["limit"])
        return {"monitors": ITEMS[start : start + size], "pagination": {"total": len(ITEMS), "offset": start}}

    selector = {
        "method": "POST",
        "body_type": "form",
        "body": {"format": "json"},
        "data_path": ".monitors",
        "retry": True,
        "pagination": {"type": "offset", "param_location": "body", "page_size": 3},
    }
    outcome = await fetched(answer, "/getMonitors", selector)
    assert (outcome.error, outcome.ids) == (None, ALL)
    assert outcome.requests[0].content == b"format=json&offset=0&limit=3"
    outcome = await fetched(answer, "/getMonitors", {**selector, "body": "format=json&offset=0&limit=3"})
    assert (outcome.error, outcome.ids) == (None, ALL)
    assert outcome.requests[0].content == b"format=json&offset=0&limit=3"


async def test_offset_is_a_placeholder_of_the_text(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        assert request.headers["content-type"] == "text/plain; charset=utf-8"
        text = request.content.decode()
        assert text.startswith('items.find({"repo": "libs/ä"}).offset(')
        start = int(text.partition(".offset(")[2].partition(")")[0])
        return {"results": ITEMS[start : start + 3]}

    selector = {
        "method": "POST",
        "body_type": "text",
        "body": 'items.find({"repo": "{repo}"}).offset({offset}).limit({limit})',
        "data_path": ".results",
        "pagination": {"type": "offset", "param_location": "body", "page_size": 3},
        "path_parameters": {"repo": {"values": ["libs/ä"]}},
    }
    outcome = await fetched(answer, "/api/search/aql", selector)
    assert (outcome.error, outcome.ids) == (None, ALL)
    assert outcome.requests[-1].content.decode().endswith(".limit(3)")


async def test_text_without_a_place_for_the_offset_is_a_mistake(fetched: Fetch) -> None:
    selector = {
        "method": "POST",
        "body_type": "text",
        "body": "SELECT * FROM t",
        "pagination": {"type": "offset", "param_location": "body"},
    }
    outcome = await fetched(lambda _: [], "/query", selector)
    assert isinstance(outcome.error, ResourceError)
    assert "the text of the body has no {offset}" in str(outcome.error)
    assert outcome.requests == []


async def test_parent_s_value_is_encoded_in_a_form(fetched: Fetch) -> None:
    selector = {
        "method": "POST",
        "body_type": "form",
        "body": "project={project}&a=1",
        "retry": True,
        "path_parameters": {"project": {"values": ["x&admin=1"]}},
    }
    outcome = await fetched(lambda request: [{"id": form(request)["project"]}], "/issues", selector)
    assert outcome.items[0]["id"] == "x&admin=1"
    assert outcome.requests[0].content == b"project=x%26admin%3D1&a=1"


async def test_multipart_is_sent(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert b'name="q"\r\n\r\nopen\r\n' in request.content
        return ITEMS

    selector = {"method": "POST", "body_type": "multipart", "body": {"q": "open"}, "retry": True}
    assert (await fetched(answer, "/find", selector)).ids == ALL


@pytest.mark.parametrize(
    "total", [{}, {"total": {"value": 7, "relation": "eq"}}, {"total": {"value": 5, "relation": "gte"}}]
)
async def test_cursor_is_an_array_in_the_body(fetched: Fetch, total: dict[str, Any]) -> None:
    items: list[Any] = list(ITEMS)

    def answer(request: httpx.Request) -> Any:
        body = json.loads(request.content)
        after = body.get("search_after", [0])
        assert isinstance(after, list)
        found = [item for item in items if item["sort"] > after]
        return {"hits": {**total, "hits": found[: body["size"]]}}

    selector = {
        "method": "POST",
        "data_path": ".hits.hits",
        "body": {"sort": [{"ts": "asc"}, {"key": "asc"}]},
        "pagination": {
            "type": "cursor",
            "param": "search_after",
            "param_location": "body",
            "size_param": "size",
            "page_size": 3,
            "cursor_path": ".hits.hits[-1].sort",
        },
    }
    outcome = await fetched(answer, "/index/_search", selector)
    assert (outcome.error, outcome.ids) == (None, ALL)
    items, total = [], {"total": {"value": 0}} if total else {}
    empty = await fetched(answer, "/index/_search", selector)
    assert (empty.error, empty.ids, len(empty.requests)) == (None, [], 1)


async def test_cursor_is_an_object_in_a_list_of_the_body(fetched: Fetch) -> None:
    """As in DynamoDB, whose last page has no key, with a batch of GraphQL's shape around it."""

    def answer(request: httpx.Request) -> Any:
        (body,) = json.loads(request.content)
        start = body["variables"].get("key", {"id": {"N": 0}})["id"]["N"]
        found = ITEMS[start : start + 3]
        last = {"LastEvaluatedKey": {"id": {"N": found[-1]["id"]}}} if start + 3 < len(ITEMS) else {}
        return {"Items": found, **last}

    selector = {
        "method": "POST",
        "data_path": ".Items",
        "retry": True,
        "body": [{"variables": {}}],
        "pagination": {
            "type": "cursor",
            "param": "0.variables.key",
            "param_location": "body",
            "size_param": "-",
            "cursor_path": "LastEvaluatedKey",
        },
    }
    outcome = await fetched(answer, "/", selector)
    assert (outcome.error, outcome.ids) == (None, ALL)


@pytest.mark.parametrize(
    ("ids", "total"),
    [
        (["s"] * 4, {}),
        (["s"] * 4, {"total": {"value": 7}}),
        (["s0", "s1", "s2", "s3"], {"total": {"value": 7}}),
    ],
    ids=["one scroll id", "one scroll id and a total", "new scroll ids"],
)
async def test_scroll_goes_to_another_request(fetched: Fetch, ids: list[str], total: dict[str, Any]) -> None:
    sent: list[tuple[str, Any]] = []

    def answer(request: httpx.Request) -> Any:
        body = json.loads(request.content)
        sent.append((request.url.raw_path.decode(), body))
        number = len(sent) - 1
        return {"_scroll_id": ids[number], "hits": {**total, "hits": ITEMS[number * 3 : number * 3 + 3]}}

    selector = {
        "method": "POST",
        "data_path": ".hits.hits",
        "body": {"query": {"match_all": {}}},
        "retry": True,
        "pagination": {
            "type": "cursor",
            "param": "scroll_id",
            "param_location": "body",
            "size_param": "size",
            "page_size": 3,
            "cursor_path": "_scroll_id",
            "then": {"path": "/_search/scroll", "body": {"scroll": "1m", "x": {"jq": "1 - 1"}}},
        },
        "path_parameters": {"index": {"values": ["i"]}},
    }
    outcome = await fetched(answer, "/{index}/_search?scroll=1m", selector)
    assert (outcome.error, outcome.ids) == (None, ALL)
    assert sent[0] == ("/api/i/_search?scroll=1m", {"query": {"match_all": {}}, "size": 3})
    assert sent[1] == ("/api/_search/scroll", {"scroll": "1m", "x": 0, "scroll_id": ids[0]})
    assert {path for path, _ in sent[1:]} == {"/api/_search/scroll"}


async def test_cursor_is_a_part_of_the_path(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        path = request.url.raw_path.decode()
        if request.method == "POST":
            return {"items": ITEMS[:3], "handle": "h/1"}
        assert path == "/api/o/x/statements/h%2F1"
        return {"items": ITEMS[3:]}

    selector = {
        "method": "POST",
        "data_path": ".items",
        "retry": True,
        "pagination": {
            "type": "cursor",
            "cursor_path": "handle",
            "size_param": "-",
            "then": {"method": "GET", "path": "/o/{org}/statements/{cursor}"},
        },
        "path_parameters": {"org": {"values": ["x"]}},
    }
    outcome = await fetched(answer, "/o/{org}/statements", selector)
    assert (outcome.error, outcome.ids) == (None, ALL)


@pytest.mark.parametrize("total", [str(len(ITEMS)), "*"])
async def test_ranges_are_read(fetched: Fetch, total: str) -> None:
    """As PostgREST does with `Prefer: count=exact`, and without it."""

    def answer(request: httpx.Request) -> Any:
        assert "limit" not in request.url.params
        start, _, end = request.headers["range"].partition("-")
        found = ITEMS[int(start) : int(end) + 1]
        if not found and total != "*":
            return httpx.Response(416, headers={"Content-Range": f"*/{len(ITEMS)}"})
        shown = f"{start}-{int(start) + len(found) - 1}" if found else "*"
        return httpx.Response(206, json=found, headers={"Content-Range": f"{shown}/{total}"})

    ranges = {"param": "Range", "param_location": "header", "param_format": "{start}-{end}", "page_size": 3}
    outcome = await fetched(answer, "/people", {"pagination": {"type": "offset", **ranges}})
    assert (outcome.error, outcome.ids) == (None, ALL)


class Fragile:
    """An API that fails on pages that contain the item `bad` and have more than `most` items."""

    def __init__(self, total: int, most: int, bad: int, failure: Any = 500, cap: int = 1000) -> None:
        self.items = [{"id": number} for number in range(total)]
        self.most, self.bad, self.failure, self.cap = most, bad, failure, cap
        self.sizes: list[int] = []
        self.failures = 0

    def __call__(self, request: httpx.Request) -> Any:
        params = request.url.params
        size = min(int(params["limit"]), self.cap)
        start = int(params.get("offset", params.get("after", 0)))
        if "page" in params:
            start = (int(params["page"]) - 1) * size
        if start <= self.bad < start + size and size > self.most:
            self.failures += 1
            if isinstance(self.failure, Exception):
                raise self.failure
            return httpx.Response(self.failure)
        self.sizes.append(size)
        found = self.items[start : start + size]
        end = start + len(found)
        body: dict[str, Any] = {"items": found, "next_cursor": str(end) if end < len(self.items) else None}
        if "page" in params:
            body["total_pages"] = math.ceil(len(self.items) / size)
        return body


STYLES = {
    "offset": {"type": "offset"},
    "page": {"type": "page", "size_param": "limit"},
    "cursor": {"type": "cursor", "param": "after"},
}


def sized(style: str, **more: Any) -> dict[str, Any]:
    return {
        "data_path": ".items",
        "pagination": {**STYLES[style], "page_size": 40, "page_size_min": 5, **more},
    }


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("bad", [0, 39, 40, 100, 239])
@pytest.mark.parametrize("failure", [500, 504, 413, httpx.ReadTimeout("slow")], ids=str)
async def test_page_that_is_too_large_is_read_in_parts(
    fetched: Fetch, style: str, bad: int, failure: Any
) -> None:
    api = Fragile(240, 10, bad, failure)
    outcome = await fetched(api, "/items", sized(style))
    assert outcome.error is None
    assert [item["id"] for item in outcome.items] == list(range(240))
    assert api.failures == 2


@pytest.mark.parametrize("style", ["offset", "cursor"])
async def test_page_size_is_restored_after_some_pages(fetched: Fetch, style: str) -> None:
    api = Fragile(600, 20, 50)
    outcome = await fetched(api, "/items", sized(style))
    assert [item["id"] for item in outcome.items] == list(range(600))
    assert api.sizes.count(20) == 5
    assert api.sizes[-2:] == [40, 40] if style == "cursor" else api.sizes[-1] == 40


async def test_api_that_always_fails_on_large_pages_is_asked_for_them_less_and_less(fetched: Fetch) -> None:
    api = Fragile(4000, 20, 50)
    api.__class__ = _AlwaysFragile
    outcome = await fetched(api, "/items", sized("cursor"))
    assert [item["id"] for item in outcome.items] == list(range(4000))
    assert api.failures == 1 + 5


class _AlwaysFragile(Fragile):
    def __call__(self, request: httpx.Request) -> Any:
        start = int(request.url.params.get("after", 0))
        self.bad = start
        return super().__call__(request)


@pytest.mark.parametrize("style", STYLES)
async def test_page_that_fails_at_its_smallest_size_fails_the_kind(fetched: Fetch, style: str) -> None:
    outcome = await fetched(Fragile(240, 1, 100), "/items", sized(style))
    assert isinstance(outcome.error, TransientError)
    assert [item["id"] for item in outcome.items] == list(range(len(outcome.items)))


async def test_without_page_size_min_the_page_fails(fetched: Fetch) -> None:
    outcome = await fetched(Fragile(240, 10, 100), "/items", sized("offset", page_size_min=None))
    assert isinstance(outcome.error, TransientError)


async def test_page_numbers_of_an_api_that_caps_its_pages_are_not_changed(fetched: Fetch) -> None:
    outcome = await fetched(Fragile(240, 5, 100, cap=20), "/items", sized("page"))
    assert isinstance(outcome.error, TransientError)
    assert [item["id"] for item in outcome.items] == list(range(100))


async def test_other_refusals_do_not_change_the_size(fetched: Fetch) -> None:
    api = Fragile(240, 10, 100, 403)
    outcome = await fetched(api, "/items", sized("offset"))
    assert isinstance(outcome.error, RefusedError | PaginationError)
    assert set(api.sizes) == {40}


async def test_post_that_may_write_is_not_repeated_in_parts(fetched: Fetch) -> None:
    def answer(_: httpx.Request) -> Any:
        return 500

    pagination = {"type": "offset", "param_location": "body", "page_size_min": 5}
    outcome = await fetched(answer, "/things", {"method": "POST", "pagination": pagination}, max_retries=2)
    assert isinstance(outcome.error, TransientError)
    assert len(outcome.requests) == 1
