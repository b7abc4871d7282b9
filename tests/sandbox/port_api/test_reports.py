"""Reports of integrations in Port's format: metrics, logs and examples."""

from typing import Any

import httpx
import pytest

_PATH = "/v1/integration/mine"


@pytest.fixture
def internal_id(mine: dict[str, Any]) -> str:
    """The internal id of the integration `mine`."""
    return str(mine["_id"])


def _record(kind: str, event: str, state: str) -> dict[str, Any]:
    identity = {"integrationType": "custom", "integrationIdentifier": "mine"}
    versions = {"integrationVersion": "0.1.0", "oceanVersion": "0.55.4"}
    state_of = {
        "kind": kind,
        "kindIdentifier": f"{kind}-0",
        "kindIndex": 0,
        "eventId": event,
        "syncState": state,
    }
    return {**identity, **versions, **state_of, "metrics": {"phase": {}}, "executionMode": "single_process"}


@pytest.fixture
async def reported(port: httpx.AsyncClient, internal_id: str, clock: list[float]) -> httpx.AsyncClient:
    """The integration has reported two resyncs of one kind."""
    for event in ("first", "second"):
        for state in ("syncing", "completed"):
            records = [_record(kind, event, state) for kind in ("/users", "__runtime__")]
            url = f"/ingest/metrics/{internal_id}/syncMetrics"
            assert (await port.post(url, json={"syncKindsMetrics": records})).status_code == 200
            clock[0] += 60
    return port


async def test_metrics_are_listed_by_resync(reported: httpx.AsyncClient, internal_id: str) -> None:
    path = f"/v1/integration/{internal_id}/syncMetrics"
    everything = (await reported.get(path)).json()
    assert everything["count"] == len(everything["data"]) == 4
    one = (await reported.get(path, params={"resyncId": "second"})).json()["data"]
    users = next(record for record in one if record["kind"] == "/users")
    assert (users["createdAt"], users["updatedAt"]) == (
        "2025-06-15T15:08:40.000Z",
        "2025-06-15T15:09:40.000Z",
    )
    assert "executionMode" not in users


async def test_resyncs_are_listed_newest_first(reported: httpx.AsyncClient, internal_id: str) -> None:
    found = (await reported.get(f"/v1/integration/{internal_id}/syncsMetadata")).json()
    assert found["count"] == 2
    assert found["data"] == [
        {
            "eventId": "second",
            "syncState": "completed",
            "createdAt": "2025-06-15T15:08:40.000Z",
            "updatedAt": "2025-06-15T15:09:40.000Z",
        },
        {
            "eventId": "first",
            "syncState": "completed",
            "createdAt": "2025-06-15T15:06:40.000Z",
            "updatedAt": "2025-06-15T15:07:40.000Z",
        },
    ]


@pytest.mark.usefixtures("mine")
async def test_reports_require_the_internal_id(port: httpx.AsyncClient) -> None:
    for name in ("syncMetrics", "syncsMetadata"):
        assert (await port.get(f"{_PATH}/{name}")).status_code == 404


@pytest.fixture
async def logged(port: httpx.AsyncClient, internal_id: str) -> httpx.AsyncClient:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    logs = [
        {
            "message": f"number {number}",
            "level": levels[number % 4],
            "timestamp": f"2025-06-15T15:0{number}:00Z",
            "extra": {"event_id": "e1" if number < 4 else "e2"},
        }
        for number in range(8)
    ]
    assert (await port.post(f"/ingest/logs/{internal_id}", json={"logs": logs})).status_code == 200
    return port


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "7 6 5 4 3 2 1 0"),
        ("limit=2", "7 6"),
        ("level=ERROR", "7 3"),
        ("level=ERROR&level=INFO", "7 5 3 1"),
        ("eventId=e1", "3 2 1 0"),
        ("timestamp=2025-06-15T15:02:00Z", "2 1 0"),
        ("timestamp=2025-06-15T15:06:00Z&direction=up", "7 6"),
    ],
)
async def test_logs_are_listed_newest_first(logged: httpx.AsyncClient, query: str, expected: str) -> None:
    found = (await logged.get(f"{_PATH}/logs?{query}")).json()
    assert found["count"] == len(found["data"])
    assert " ".join(log["message"].removeprefix("number ") for log in found["data"]) == expected


async def test_logs_are_paged_by_id(logged: httpx.AsyncClient) -> None:
    first = (await logged.get(f"{_PATH}/logs?limit=3")).json()["data"]
    older = (await logged.get(f"{_PATH}/logs?limit=3&log_id={first[-1]['id']}")).json()["data"]
    assert [log["message"] for log in older] == ["number 4", "number 3", "number 2"]
    newer = (await logged.get(f"{_PATH}/logs?direction=up&log_id={older[0]['id']}")).json()["data"]
    assert newer == first


@pytest.mark.parametrize(
    "query",
    ["limit=301", "limit=x", "limit=-1", "level=LOUD", "direction=left", "log_id=x", f"log_id={9**30}"],
)
async def test_invalid_log_query_is_rejected(logged: httpx.AsyncClient, query: str) -> None:
    response = await logged.get(f"{_PATH}/logs?{query}")
    assert (response.status_code, response.json()["ok"]) == (422, False)


@pytest.mark.usefixtures("mine")
async def test_examples_are_returned_by_kind(port: httpx.AsyncClient) -> None:
    path = f"{_PATH}/kinds/%2Fapi%2Fv1%2Fmy+users/examples"
    assert (await port.get(path)).json()["examples"] == []
    await port.post(path, json={"examples": [{"id": 1}, {"id": 2}]})
    assert (await port.get(path)).json()["examples"] == [{"id": 1}, {"id": 2}]


@pytest.mark.usefixtures("mine")
async def test_integrations_are_filtered_by_actions_processing(port: httpx.AsyncClient) -> None:
    await port.patch(_PATH, json={"actionsProcessingEnabled": True})
    idle = {"installationId": "idle", "installationAppType": "custom", "version": "1", "config": {}}
    await port.post("/v1/integration", json={**idle, "changelogDestination": {}})

    async def names(query: str) -> list[str]:
        found = (await port.get(f"/v1/integration{query}")).json()["integrations"]
        return [integration["identifier"] for integration in found]

    assert await names("") == ["mine", "idle"]
    assert await names("?actionsProcessingEnabled=true") == ["mine"]
    assert await names("?actionsProcessingEnabled=false") == ["idle"]


async def test_organization_and_kafka_credentials_are_placeholders(port: httpx.AsyncClient) -> None:
    organization = (await port.get("/v1/organization")).json()["organization"]
    assert (organization["id"], organization["featureFlags"]) == ("sandbox", [])
    assert (await port.get("/v1/kafka-credentials")).json()["credentials"].keys() == {"username", "password"}
