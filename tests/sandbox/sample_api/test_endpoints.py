import shlex
from typing import Any

import httpx
import pytest

from sandbox.sample_api.sample_data import Sizes, generate


async def _get(api: httpx.AsyncClient, path: str) -> Any:
    return (await api.get(f"/none/none{path}")).json()


def test_same_sizes_generate_the_same_items() -> None:
    assert generate(Sizes()) == generate(Sizes())


def test_size_of_a_collection_does_not_affect_others() -> None:
    assert generate(Sizes(tickets=5))["users"] == generate(Sizes())["users"]


@pytest.mark.parametrize("sizes", [Sizes(0, 0, 0, 0), Sizes(0, 3, 3, 3)])
def test_company_may_be_small(sizes: Sizes) -> None:
    assert len(generate(sizes)["projects"]) == sizes.projects


async def test_default_style_is_bearer_and_page(api: httpx.AsyncClient) -> None:
    refused = await api.get("/api/v1/users")
    headers = {"Authorization": "Bearer sample-token"}
    page = await api.get("/api/v1/users?page=2&size=50", headers=headers)
    assert refused.status_code == 401
    assert [user["id"] for user in page.json()["users"]] == list(range(51, 101))


@pytest.mark.parametrize(
    ("path", "passes"),
    [
        ("/api/v1/users?active=true", lambda item: item["is_active"] is True),
        ("/api/v1/users?active=false", lambda item: item["is_active"] is False),
        ("/api/v1/users?department=engineering", lambda item: item["department"] == "engineering"),
        ("/api/v1/projects?status=active", lambda item: item["status"] == "active"),
        ("/api/v1/projects?tag=mobile&tag=internal", lambda item: {"mobile", "internal"} & {*item["tags"]}),
        ("/api/tickets?updated_since=2024-06-01", lambda item: item["updated_at"] >= "2024-06-01"),
    ],
)
async def test_filters_return_matching_items(api: httpx.AsyncClient, path: str, passes: Any) -> None:
    def items(body: Any) -> list[Any]:
        while isinstance(body, dict):
            body = next(iter(body.values()))
        return [*body]

    whole = items(await _get(api, path.partition("?")[0]))
    filtered = items(await _get(api, path))
    assert filtered == [item for item in whole if passes(item)]
    assert 0 < len(filtered) < len(whole)


@pytest.mark.parametrize("path", ["/api/v1/users?active=maybe", "/api/tickets?updated_since=yesterday"])
async def test_invalid_filter_gets_400(api: httpx.AsyncClient, path: str) -> None:
    assert (await api.get(f"/none/none{path}")).status_code == 400


async def test_unknown_parameters_are_ignored(api: httpx.AsyncClient) -> None:
    assert len(await _get(api, "/api/tickets?colour=red&page=9")) == 60


async def test_children_are_listed_by_their_parents(api: httpx.AsyncClient) -> None:
    counts = []
    for project in (await _get(api, "/api/v1/projects"))["data"]["projects"]:
        base = f"/api/v1/projects/{project['project_id']}/tasks"
        tasks = (await _get(api, base))["tasks"]
        counts.append(len(tasks))
        for task in tasks[:1]:
            assert await _get(api, f"{base}/{task['task_id']}") == task
            assert "project_id" not in task
            subtasks = await _get(api, f"{base}/{task['task_id']}/subtasks")
            assert len(subtasks) <= 3
    assert 0 in counts
    assert max(counts) <= 12


async def test_comments_contain_their_ticket_id(api: httpx.AsyncClient) -> None:
    found = [
        (ticket["id"], comment["ticket_id"])
        for ticket in await _get(api, "/api/tickets")
        for comment in await _get(api, f"/api/tickets/{ticket['id']}/comments")
    ]
    assert found
    assert all(ticket == named for ticket, named in found)


async def test_event_ids_exceed_the_precision_of_doubles(api: httpx.AsyncClient) -> None:
    events = (await _get(api, "/api/v1/events"))["events"]
    assert events[0]["id"] == 9223372036854775807
    assert len({float(event["id"]) for event in events}) < 5


@pytest.mark.parametrize(
    "path",
    [
        "/none/page/api/v1/users/9999",
        "/none/page/api/v1/projects/P-999",
        "/none/page/api/v1/projects/P-999/tasks",
        "/none/page/api/v1/projects/P-001/tasks/1/subtasks",
        "/none/page/api/tickets/9/comments",
        "/none/page/nothing",
        "/none/pages/api/tickets",
        "/nobody/page/api/tickets",
    ],
)
async def test_unknown_path_gets_404_in_json(api: httpx.AsyncClient, path: str) -> None:
    response = await api.get(path)
    assert response.status_code == 404
    assert response.json()["error"]


async def test_search_applies_filters(api: httpx.AsyncClient) -> None:
    body = {"type": "users", "filter": {"active": True, "department": ["sales", "support"]}}
    found = (await api.post("/none/none/api/v1/search", json=body)).json()["results"]
    assert found
    assert all(user["is_active"] and user["department"] in {"sales", "support"} for user in found)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"type": "cars"}',
        b'{"type": "users", "filter": ["x"]}',
        b'{"type": "users", "filter": {"x": 1}}',
        b'{"filter": {}}',
    ],
)
async def test_invalid_search_gets_400(api: httpx.AsyncClient, body: bytes) -> None:
    assert (await api.post("/none/none/api/v1/search", content=body)).status_code == 400


async def test_guide_lists_every_style_and_endpoint(api: httpx.AsyncClient) -> None:
    guide = (await api.get("/")).json()
    assert {"bearer", "oauth2", "login"} <= guide["auth"].keys()
    assert {"offset", "next-link-relative"} <= guide["paging"].keys()
    assert "GET /api/tickets/{ticket_id}/comments" in guide["endpoints"]


async def test_examples_of_the_guide_work(api: httpx.AsyncClient) -> None:
    # The change comes first: without a webhook it sends nothing.
    for example in reversed((await api.get("/")).json()["webhooks"]["try"]):
        _, _, _, url, _, body = shlex.split(example)
        response = await api.post(url, content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 200, response.text
    await api.delete("/_control/webhook")
