"""Every paging style with a client written for it: every item is returned exactly once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sandbox.sample_api.paging import PAGINGS

type Params = dict[str, str | int]
type Body = Any
type Continue = Callable[[Step], Params | str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """The state of a client that decides on its next request."""

    response: httpx.Response
    items: list[dict[str, Any]]

    def find(self, path: tuple[str, ...]) -> Any:
        value = self.response.json()
        for key in path:
            value = value[key]
        return value


LISTINGS: Mapping[str, tuple[str, tuple[str, ...], str, int]] = {
    "/api/v1/users": ("users", ("users",), "id", 120),
    "/api/v1/projects": ("projects", ("data", "projects"), "project_id", 40),
    "/api/tickets": ("tickets", (), "id", 60),
    "/api/v1/events": ("events", ("events",), "id", 500),
}
SIZES = {"page": "size", "page-zero": "size", "page-total": "per_page", "page-header": "per_page"}


def _counted(param: str, step: int, more: Callable[[httpx.Response, int], bool]) -> Continue:
    def following(step_state: Step) -> Params | None:
        onward = int(step_state.response.request.url.params.get(param, 0)) + (step or len(step_state.items))
        return {param: onward} if step_state.items and more(step_state.response, onward) else None

    return following


def _cursor(*path: str) -> Continue:
    def following(step_state: Step) -> Params | None:
        cursor = step_state.find(path)
        return {"cursor": cursor} if cursor else None

    return following


def _link(*path: str) -> Continue:
    return lambda step_state: step_state.find(path)


def _header_link(step_state: Step) -> str | None:
    return step_state.response.links.get("next", {}).get("url")


def _cursor_header(step_state: Step) -> Params | None:
    cursor = step_state.response.headers.get("X-Next-Cursor")
    return {"cursor": cursor} if cursor else None


def _last_id(step_state: Step) -> Params | None:
    last = step_state.items[-1]
    own_id = last["id"] if "id" in last else last["project_id"]
    return {"starting_after": own_id} if step_state.find(("has_more",)) else None


WALKS: Mapping[str, Continue] = {
    "none": lambda _turn: None,
    "offset": _counted("offset", 0, lambda _response, _next: True),
    "offset-total": _counted("offset", 0, lambda response, onward: onward < response.json()["total"]),
    "offset-more": _counted("offset", 0, lambda response, _next: response.json()["has_more"]),
    "page": _counted("page", 1, lambda _response, _next: True),
    "page-zero": _counted("page", 1, lambda response, _next: not response.json()["last"]),
    "page-total": _counted(
        "page", 1, lambda response, onward: (onward - 1) * 30 < response.json()["total_count"]
    ),
    "page-header": _header_link,
    "cursor": _cursor("meta", "after_cursor"),
    "cursor-next": _cursor("next_cursor"),
    "cursor-last-id": _last_id,
    "cursor-header": _cursor_header,
    "next-link": _link("links", "next"),
    "next-link-relative": _link("next"),
    "link-header": _header_link,
}
FIRST: Mapping[str, Params] = {
    "page": {"page": 1},
    "page-total": {"page": 1},
    "page-zero": {"page": 0},
    "page-header": {"page": 1},
}
ENVELOPED = [name for name, paging in PAGINGS.items() if paging.enveloped]


def _items(body: Body, key: tuple[str, ...]) -> list[dict[str, Any]]:
    if isinstance(body, list):
        return body
    for name in key or ("data",):
        body = body[name]
    return [*body]


async def _ask(client: httpx.AsyncClient, url: str, params: Params | None) -> httpx.Response:
    response = await client.get(url, params=params)
    assert response.status_code == 200, response.text
    return response


def test_every_style_has_a_client() -> None:
    assert WALKS.keys() == PAGINGS.keys()


@pytest.mark.parametrize("listing", LISTINGS)
@pytest.mark.parametrize("style", WALKS)
async def test_paging_returns_every_item_exactly_once(
    api: httpx.AsyncClient, style: str, listing: str
) -> None:
    _, key, id_field, count = LISTINGS[listing]
    size: Params = {} if style == "none" else {SIZES.get(style, "limit"): 30}
    url, params = f"/none/{style}{listing}", {**size, **FIRST.get(style, {})}
    ids: list[Any] = []
    response = await _ask(api, url, params)
    for _ in range(count):
        page = _items(response.json(), key)
        ids += [item[id_field] for item in page]
        onward = WALKS[style](Step(response, page))
        if onward is None:
            break
        following = (onward, None) if isinstance(onward, str) else (url, {**size, **onward})
        response = await _ask(api, *following)
    assert len(ids) == count
    assert len(set(ids)) == count


@pytest.mark.parametrize("style", WALKS)
async def test_bare_array_is_wrapped_only_if_the_style_adds_fields(
    api: httpx.AsyncClient, style: str
) -> None:
    body = (await api.get(f"/none/{style}/api/tickets")).json()
    assert isinstance(body, dict) == (style in ENVELOPED)


@pytest.mark.parametrize("style", [name for name in WALKS if name not in {"none", "cursor-last-id"}])
async def test_page_size_is_20_by_default_and_100_at_most(api: httpx.AsyncClient, style: str) -> None:
    key = SIZES.get(style, "limit")
    default_size = await api.get(f"/none/{style}/api/v1/users")
    large = await api.get(f"/none/{style}/api/v1/users", params={key: 5000})
    assert [len(response.json()["users"]) for response in (default_size, large)] == [20, 100]


@pytest.mark.parametrize(
    "query",
    [
        "offset/api/tickets?offset=x",
        "offset/api/tickets?limit=2.5",
        "page/api/tickets?page=one",
        "page/api/tickets?page=0",
        "page/api/tickets?size=0",
        "cursor/api/tickets?cursor=x",
        "cursor-last-id/api/tickets?starting_after=9",
        "cursor-last-id/api/tickets?page=1",
    ],
)
async def test_invalid_parameters_get_400(api: httpx.AsyncClient, query: str) -> None:
    response = await api.get(f"/none/{query}")
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize(
    "query", ["page/api/tickets?page=99", "page-header/api/tickets?page=99", "offset/api/tickets?offset=999"]
)
async def test_page_past_the_end_is_empty(api: httpx.AsyncClient, query: str) -> None:
    response = await api.get(f"/none/{query}")
    assert (response.status_code, response.json()) == (200, [])
    assert "next" not in response.links


async def test_page_header_lists_all_relations_in_one_header(api: httpx.AsyncClient) -> None:
    response = await api.get("/none/page-header/api/tickets?status=open&page=2&per_page=5")
    assert re.findall(r'rel="(\w+)"', response.headers["Link"]) == ["prev", "next", "last", "first"]
    assert response.links["next"]["url"].endswith("status=open&page=3&per_page=5")


async def test_links_keep_the_query_except_the_credential(api: httpx.AsyncClient) -> None:
    response = await api.get("/api_key_query/next-link/api/v1/users?api_key=sample-key&limit=7&active=true")
    link = httpx.URL(response.json()["links"]["next"])
    assert link.path == "/api_key_query/next-link/api/v1/users"
    assert set(link.params) == {"limit", "active", "token"}


async def test_strict_style_accepts_filters(api: httpx.AsyncClient) -> None:
    response = await api.get("/none/cursor-last-id/api/tickets?status=open&limit=3")
    assert [ticket["status"] for ticket in response.json()["data"]] == ["open"] * 3


@pytest.mark.parametrize("style", WALKS)
async def test_search_reads_paging_parameters_from_the_body(api: httpx.AsyncClient, style: str) -> None:
    url = f"/none/{style}/api/v1/search"
    size: Params = {} if style == "none" else {SIZES.get(style, "limit"): 30}
    body: dict[str, Any] = {"type": "users", **size, **FIRST.get(style, {})}
    ids: list[int] = []
    for _ in range(10):
        response = await api.post(url, json=body)
        page = response.json()["results"]
        ids += [item["id"] for item in page]
        onward = _onward_by_body(style, response, page, body)
        if onward is None:
            break
        if isinstance(onward, str):
            url = onward
        else:
            body |= onward
    assert sorted(ids) == list(range(1, 121))


def _onward_by_body(
    style: str, response: httpx.Response, page: list[dict[str, Any]], body: dict[str, Any]
) -> Params | str | None:
    """Return the next request as for GET, except that offsets and numbers continue from the body."""
    if style.startswith("offset"):
        return {"offset": body.get("offset", 0) + len(page)} if page else None
    if style.startswith("page") and style != "page-header":
        return {"page": body["page"] + 1} if page else None
    return WALKS[style](Step(response, page))


async def test_search_requires_json_integers_and_ignores_the_query(api: httpx.AsyncClient) -> None:
    wrong = await api.post("/none/page/api/v1/search", json={"type": "users", "page": "2"})
    ignored = await api.post("/none/page/api/v1/search?page=2", json={"type": "users"})
    assert wrong.status_code == 400
    assert ignored.json()["results"][0]["id"] == 1
