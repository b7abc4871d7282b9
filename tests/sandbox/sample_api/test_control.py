import asyncio

import httpx
import pytest

from sandbox.sample_api.app import create_app

TICKETS = "/none/none/api/tickets"


async def test_request_log_is_in_order_with_redacted_secrets(api: httpx.AsyncClient) -> None:
    await api.get("/api_key_query/page/api/tickets?api_key=sample-key&page=2&tag=a&tag=b")
    await api.get("/bearer/cursor/api/v1/users", headers={"Authorization": "Bearer other"})
    first, second = (await api.get("/_control/requests")).json()
    assert first["query"] == {"api_key": "***", "page": "2", "tag": ["a", "b"]}
    assert (first["path"], first["style"], first["status"]) == ("/api/tickets", "api_key_query/page", 200)
    assert (second["method"], second["status"]) == ("GET", 401)
    assert "authorization" in second["headers_seen"]
    assert "sample-key" not in str(first)


async def test_stats_count_concurrent_requests(api: httpx.AsyncClient) -> None:
    await api.post("/_control/latency", json={"seconds": 0.02})
    await asyncio.gather(*(api.get(TICKETS) for _ in range(7)))
    stats = (await api.get("/_control/stats")).json()
    assert stats == {"requests": 7, "max_in_flight": 7, "logins": 0, "by_path": {"/api/tickets": 7}}


async def test_rate_limit_rejects_bursts_and_refills() -> None:
    now = [0.0]
    transport = httpx.ASGITransport(create_app(clock=lambda: now[0]))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        await client.post("/_control/rate-limit", json={"per_second": 2})
        responses = [await client.get(TICKETS) for _ in range(3)]
        now[0] = 0.5
        responses += [await client.get(TICKETS) for _ in range(2)]
        await client.post(
            "/_control/rate-limit", content="null", headers={"Content-Type": "application/json"}
        )
        responses.append(await client.get(TICKETS))
    assert [answer.status_code for answer in responses] == [200, 200, 429, 200, 429, 200]
    assert responses[2].headers["Retry-After"] == "1"


async def test_data_can_be_replaced_removed_and_reset(api: httpx.AsyncClient) -> None:
    await api.post("/_control/data", json={"tickets": [{"id": 2**60 + 1}, {"id": "b"}, {"id": 3}]})
    counts = (await api.post("/_control/remove", json={"collection": "tickets", "ids": [3, "x"]})).json()
    left = (await api.get(TICKETS)).json()
    restored = (await api.post("/_control/reset")).json()
    assert left == [{"id": 2**60 + 1}, {"id": "b"}]
    assert (counts["tickets"], restored["tickets"]) == (2, 60)
    assert (await api.get("/_control/requests")).json() == []


async def test_replaced_children_are_found_by_their_parent_ids(api: httpx.AsyncClient) -> None:
    await api.post("/_control/data", json={"tasks": [{"project_id": "P-002", "task_id": 1, "title": "One"}]})
    tasks = (await api.get("/none/none/api/v1/projects/P-002/tasks")).json()
    assert tasks == {"tasks": [{"task_id": 1, "title": "One"}]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("data", {"cars": []}),
        ("data", {"users": [{"name": "no id"}]}),
        ("remove", {"collection": "cars", "ids": []}),
        ("faults", {"path": "(", "fault": "html"}),
        ("faults", {"path": "x", "fault": "fire"}),
        ("faults", {"path": "x", "fault": "html", "time": 1}),
        ("latency", {"seconds": -1}),
        ("rate-limit", {"per_second": 0}),
    ],
)
async def test_invalid_control_request_is_rejected(api: httpx.AsyncClient, path: str, body: object) -> None:
    assert (await api.post(f"/_control/{path}", json=body)).status_code == 422


async def test_fault_affects_the_configured_requests(api: httpx.AsyncClient) -> None:
    fault = {"path": "^/api/tickets$", "fault": "status", "status": 503, "headers": {"Retry-After": "0"}}
    await api.post("/_control/faults", json=fault | {"after": 1, "times": 2, "query": {"page": "2"}})
    await api.get(f"{TICKETS}?page=1")
    responses = [await api.get(f"{TICKETS}?page=2") for _ in range(4)]
    assert [answer.status_code for answer in responses] == [200, 503, 503, 200]
    assert responses[1].headers["Retry-After"] == "0"
    assert (await api.get("/_control/faults")).json()[0] | {"seen": 4, "played": 2} == (
        await api.get("/_control/faults")
    ).json()[0]


@pytest.mark.parametrize("method", ["clear", "reset"])
async def test_faults_can_be_cleared(api: httpx.AsyncClient, method: str) -> None:
    await api.post("/_control/faults", json={"path": "tickets", "fault": "empty_object"})
    assert (await api.get(TICKETS)).json() == {}
    await (api.delete("/_control/faults") if method == "clear" else api.post("/_control/reset"))
    assert len((await api.get(TICKETS)).json()) == 60


async def test_html_fault_returns_a_login_page(api: httpx.AsyncClient) -> None:
    await api.post("/_control/faults", json={"path": ".", "fault": "html"})
    response = await api.get(TICKETS)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")


async def test_fault_of_the_connection_requires_a_socket(api: httpx.AsyncClient) -> None:
    await api.post("/_control/faults", json={"path": "tickets", "fault": "reset"})
    with pytest.raises(RuntimeError):
        await api.get(TICKETS)
