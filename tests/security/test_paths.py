"""Paths of the mapping at a real API: none leaves the base URL's path."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SyncError
from tests.rest.test_dot_segments import LEADING_AWAY

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Fetch = Callable[..., Awaitable[str]]

BASE = "/tenant/a"
PARENTS = f"{BASE}/parents"


@pytest.fixture
def fetch(api: Any) -> Fetch:
    """Return a function that reads a kind below a base path to its end and returns its errors."""

    async def fetch(kind: str, selector: Json) -> str:
        settings = Settings.from_config({"base_url": f"{api.url}{BASE}", "max_retries": 0}, {})
        try:
            resource = read_resource(kind, selector, settings.pagination)
            async with open_extractor(settings, [resource]) as extractor:
                async for _ in extractor.batches(resource):
                    pass
        except ExceptionGroup as group:
            return "\n".join(map(str, group.exceptions))
        except SyncError as error:
            return str(error)
        return ""

    return fetch


def targets(api: Any) -> list[str]:
    return [request.split(" ")[1] for request in api.requests]


def parents(**parameter: Any) -> Json:
    return {"path_parameters": {"id": {"endpoint": "/parents", "field": ".id", **parameter}}}


@pytest.mark.parametrize("path", LEADING_AWAY.values(), ids=LEADING_AWAY)
async def test_no_request_is_sent_for_a_path_that_leaves_the_base_url(
    path: str, fetch: Fetch, api: Any
) -> None:
    assert "another path" in await fetch(path, {})
    assert "another path" in await fetch("/x/{id}", parents(endpoint=path))
    assert api.requests == []


@pytest.mark.parametrize(
    "value",
    ["..", ".", "../../admin", "%2e%2e", "%252e%252e", "a/..;/b", "a\\..\\b", "..%5cb", "\uff0e\uff0e/b"],
)
async def test_raw_parent_value_that_leaves_the_base_url_fails_only_its_child(
    value: str, fetch: Fetch, api: Any, web_reply: Any
) -> None:
    api.answers |= {PARENTS: web_reply([{"id": value}, {"id": "b"}]), f"{BASE}/x/b": web_reply([{"id": 1}])}
    assert "id is " in (message := await fetch("/x/{+id}", parents()))
    assert "would change the request's path" in message
    assert targets(api) == [PARENTS, f"{BASE}/x/b"]


@pytest.mark.parametrize("kind", ["/x/{id}", "/x/.{id}", "/x/{id}{id}", "/x/%2e{id}"])
async def test_dot_segments_built_from_placeholders_are_rejected(
    kind: str, fetch: Fetch, api: Any, web_reply: Any
) -> None:
    api.answers[PARENTS] = web_reply([{"id": "."}])
    assert "id is '.', and this would change the request's path" in await fetch(kind, parents())
    assert targets(api) == [PARENTS]


async def test_dot_inside_a_segment_is_accepted(fetch: Fetch, api: Any, web_reply: Any) -> None:
    api.answers |= {PARENTS: web_reply([{"id": "."}]), f"{BASE}/v1.0": web_reply([{"id": 1}])}
    assert await fetch("/v1{id}0", parents()) == ""


async def test_value_of_the_api_stays_in_its_segment(fetch: Fetch, api: Any, web_reply: Any) -> None:
    """A file's path, for example. It is encoded as one segment."""
    encoded = f"{BASE}/x/a%2F..%2Fb"
    api.answers |= {PARENTS: web_reply([{"id": "a/../b"}]), encoded: web_reply([{"id": 1}])}
    assert await fetch("/x/{id}", parents()) == ""
    assert targets(api) == [PARENTS, encoded]


@pytest.mark.parametrize("field", ['"../../admin"', '.id + "/../../admin"', '"%2e%2e"', '"..;/" + .id'])
async def test_dot_segments_built_by_jq_are_rejected(
    field: str, fetch: Fetch, api: Any, web_reply: Any
) -> None:
    api.answers[PARENTS] = web_reply([{"id": "a"}])
    assert "and this would change the request's path" in await fetch("/x/{id}", parents(field=field))
    assert targets(api) == [PARENTS]


async def test_dot_segments_in_a_query_parameter_are_accepted(fetch: Fetch, api: Any, web_reply: Any) -> None:
    api.answers |= {PARENTS: web_reply([{"id": "a"}]), f"{BASE}/x": web_reply([{"id": 1}])}
    assert await fetch("/x?path={id}", parents(field='"../" + .id')) == ""
    assert targets(api)[-1] == f"{BASE}/x?path=..%2Fa"


@pytest.mark.parametrize(
    "made",
    [
        "/admin",
        "../../admin",
        "/tenant/a/../../admin",
        "/tenant/a/%2e%2e/admin",
        "/tenant/ab",
        "{url}/x",
        "/",
    ],
)
async def test_link_built_by_the_mapping_stays_below_the_base_url(
    made: str, fetch: Fetch, api: Any, web_reply: Any
) -> None:
    api.answers[f"{BASE}/x"] = web_reply({"items": [{"id": 1}], "next": "more"})
    path = f'. | "{made.format(url=api.url)}"'
    selector = {"data_path": ".items", "pagination": {"type": "next_link", "next_link_path": f".{path[1:]}"}}
    assert "outside of baseUrl" in await fetch("/x", selector)
    assert targets(api) == [f"{BASE}/x"]


@pytest.mark.parametrize("cursor", ["..", ".", "../../admin", "%2e%2e", "..%2Fadmin", "a/../.."])
async def test_cursor_in_a_path_stays_in_its_segment(
    cursor: str, fetch: Fetch, api: Any, web_reply: Any
) -> None:
    api.answers[f"{BASE}/x"] = web_reply({"items": [{"id": 1}], "next": cursor})
    then = {"path": "/x/{cursor}/more"}
    selector = {"data_path": ".items", "pagination": {"type": "cursor", "cursor_path": "next", "then": then}}
    assert "would change the request's path" in await fetch("/x", {**selector})
    assert targets(api) == [f"{BASE}/x?limit=100"]


@pytest.mark.parametrize(
    ("path", "link"),
    [
        (".next", "/elsewhere/x?p=2"),
        (".next // .links.next", "/elsewhere/x?p=2"),
        ('.next | sub("^http:"; "http:")', "{url}/elsewhere/x?p=2"),
        ('.next | values | "/tenant/a/y?after=" + .', "7"),
        ('.next | values | "y?after=" + .', "7"),
    ],
)
async def test_link_of_the_api_may_leave_the_base_path(
    path: str, link: str, fetch: Fetch, api: Any, web_reply: Any
) -> None:
    first = {"items": [{"id": 1}], "next": link.format(url=api.url)}
    last = web_reply({"items": [{"id": 2}]})
    api.answers |= {f"{BASE}/x": web_reply(first), "/elsewhere/x": last, f"{BASE}/y": last}
    paging = {"type": "next_link", "next_link_path": path}
    message = await fetch("/x", {"data_path": ".items", "pagination": paging})
    assert len(api.requests) == 2, message
