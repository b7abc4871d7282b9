"""Integrations: settings, resync state, cursors and reports."""

from typing import Any

import httpx
import pytest

_RESOURCE: dict[str, Any] = {
    "kind": "/users",
    "selector": {"query": "true"},
    "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"user"'}}},
}
_NEW: dict[str, Any] = {
    "installationId": "mine",
    "installationAppType": "custom",
    "version": "0.1.0",
    "changelogDestination": {},
    "config": {"createMissingRelatedEntities": True, "resources": [_RESOURCE]},
    "createPortResourcesOrigin": "Default",
}
_PATH = "/v1/integration/mine"


@pytest.fixture
async def installed(port: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await port.post("/v1/integration", json=_NEW)).status_code == 201
    return port


async def _requested(port: httpx.AsyncClient) -> str | None:
    request = (await port.get(f"{_PATH}/resync-request")).json()["request"]
    return None if request is None else str(request["updatedAt"])


async def test_new_integration_has_the_fields_that_ocean_reads(installed: httpx.AsyncClient) -> None:
    found = (await installed.get(f"{_PATH}?oceanCoreVersion=1&isPolling=false")).json()["integration"]
    assert found["installationType"] == "OnPrem"
    assert found["config"] == _NEW["config"]
    assert found["resyncState"] == {}
    for attributes in ("logAttributes", "metricAttributes", "ingestAttributes"):
        assert found[attributes]["ingestUrl"].startswith("http://localhost:3010/ingest/")
    by_log = await installed.get(
        f"/v1/integration/{found['logAttributes']['ingestId']}", params={"byField": "logIngestId"}
    )
    assert by_log.json()["integration"] == found
    assert (await installed.get("/v1/integration")).json()["integrations"] == [found]


async def test_creating_an_existing_integration_requires_upsert(installed: httpx.AsyncClient) -> None:
    assert (await installed.post("/v1/integration", json=_NEW)).status_code == 409
    again = await installed.post("/v1/integration?upsert=true", json={**_NEW, "version": "2"})
    assert (again.status_code, again.json()["integration"]["version"]) == (200, "2")


@pytest.mark.parametrize(
    "changes",
    [
        {"installationId": ""},
        {"installationId": None},
        {"version": 1},
        {"config": []},
        {"config": {"resources": {}}},
        {"config": {"resources": [{**_RESOURCE, "kind": 1}]}},
        {"config": {"resources": [{**_RESOURCE, "selector": {"query": True}}]}},
        {"config": {"resources": [{"kind": "a", "selector": {}}]}},
        {"config": {"resources": [{**_RESOURCE, "port": {"entity": {"mappings": [{"identifier": ".id"}]}}}]}},
        {"changelogDestination": {"type": "WEBHOOK"}},
        {"processingMode": "other"},
    ],
    ids=str,
)
async def test_invalid_integration_is_rejected(port: httpx.AsyncClient, changes: dict[str, Any]) -> None:
    response = await port.post("/v1/integration", json={**_NEW, **changes})
    assert response.status_code == 422
    assert (await port.get(_PATH)).status_code == 404


async def test_fields_change_but_the_identity_does_not(installed: httpx.AsyncClient) -> None:
    body = {
        "processingMode": "dsp",
        "arePortResourcesInitialized": True,
        "installationId": "other",
        "resyncState": {"updatedAt": "x"},
    }
    changed = (await installed.patch(_PATH, json=body)).json()["integration"]
    assert (changed["processingMode"], changed["arePortResourcesInitialized"]) == ("dsp", True)
    assert (changed["installationId"], changed["resyncState"]) == ("mine", {})


async def test_empty_patch_and_new_mapping_request_a_resync(
    installed: httpx.AsyncClient, clock: list[float]
) -> None:
    moments = [await _requested(installed)]
    assert moments == [None]
    for text in ("", "{}", '{"config": {"resources": []}}'):
        await installed.patch(_PATH, content=text)
        moments.append(await _requested(installed))
    clock[0] += 60
    config = {"config": {"resources": [_RESOURCE]}}
    await installed.patch(f"{_PATH}/config", json=config)
    moments.append(await _requested(installed))
    requests = [moment for moment in moments if moment]
    assert len(requests) == 4
    assert requests == sorted(set(requests))
    await installed.patch(f"{_PATH}/config", json=config)
    await installed.patch(_PATH, json={"version": "2"})
    await installed.patch(f"{_PATH}/config", json={"config": {}}, headers={"x-skip-resync": "true"})
    assert await _requested(installed) == requests[-1]


async def test_resync_state_is_stored_with_a_timestamp(installed: httpx.AsyncClient) -> None:
    running = {"status": "running", "lastResyncStart": "2025-01-01T00:00:00Z", "intervalInMinuets": None}
    response = await installed.patch(f"{_PATH}/resync-state", json=running)
    assert response.json()["integration"]["resyncState"]["updatedAt"]
    await installed.patch(f"{_PATH}/resync-state", json={"status": "completed"})
    state = (await installed.get(_PATH)).json()["integration"]["resyncState"]
    assert (state["status"], state["lastResyncStart"]) == ("completed", "2025-01-01T00:00:00Z")
    assert (await installed.patch(f"{_PATH}/resync-state", json={"status": "odd"})).status_code == 422


async def test_cursor_is_null_then_created_then_replaced(installed: httpx.AsyncClient) -> None:
    path, params = f"{_PATH}/cursor", {"kind": "/users", "index": "0"}
    moment = {"primary": "2025-01-01T00:00:00Z"}
    assert (await installed.get(path, params=params)).json()["cursor"] is None
    assert (await installed.put(path, params=params, json=moment)).status_code == 404
    assert (await installed.post(path, params=params, json=moment)).status_code == 201
    later = {"primary": "2025-02-01T00:00:00Z"}
    assert (await installed.put(path, params=params, json=later)).status_code == 200
    assert (await installed.get(path, params=params)).json()["cursor"] == later
    assert (await installed.get(path, params={"kind": "/users", "index": "1"})).json()["cursor"] is None
    assert (await installed.get(path)).status_code == 422
    assert (await installed.put(path, params=params, json={})).status_code == 422


async def test_examples_are_stored_by_kind(installed: httpx.AsyncClient) -> None:
    path = f"{_PATH}/kinds/%2Fapi%2Fv1%2Fmy+users/examples"
    for number in range(7):
        assert (await installed.post(path, json={"examples": [{"id": number}]})).status_code == 200
    assert (await installed.post(path, json={"examples": [{}] * 6})).status_code == 422
    found = (await installed.get("/_sandbox/examples", params={"integration": "mine"})).json()
    assert found == {"mine": {"/api/v1/my users": [{"id": number} for number in range(2, 7)]}}


async def test_latest_sync_is_in_mapping_order(installed: httpx.AsyncClient) -> None:
    integration = (await installed.get(_PATH)).json()["integration"]
    url = integration["metricAttributes"]["ingestUrl"]

    def record(kind: str, index: int, state: str, event: str) -> dict[str, Any]:
        name = kind if kind.startswith("__") else f"{kind}-{index}"
        fields = {"kind": kind, "kindIndex": index, "kindIdentifier": name}
        return {**fields, "syncState": state, "eventId": event, "metrics": {"phase": {"x": 1.0}}}

    old = [record("/users", 0, "failed", "old")]
    await installed.post(f"{url}/syncMetrics", json={"syncKindsMetrics": old})
    records = [
        record(kind, index, "pending", "new") for kind, index in (("__runtime__", 0), ("b", 1), ("/a", 0))
    ]
    await installed.post(f"{url}/syncMetrics", json={"syncKindsMetrics": records})
    put = await installed.put(
        f"{url}/syncMetrics/resync/new/kind/%2Fa-0",
        json={"syncKindMetrics": record("/a", 0, "completed", "new")},
    )
    assert put.status_code == 200
    assert (await installed.post(f"{url}/heartbeat", json={"eventId": "new"})).status_code == 200
    (sync,) = (await installed.get("/_sandbox/syncs", params={"integration": "mine"})).json()
    assert (sync["integration"], sync["eventId"]) == ("mine", "new")
    assert [(kind["kindIdentifier"], kind["syncState"]) for kind in sync["kinds"]] == [
        ("/a-0", "completed"),
        ("b-1", "pending"),
        ("__runtime__", "pending"),
    ]
    assert sync["kinds"][0]["metrics"] == {"phase": {"x": 1.0}}


async def test_logs_are_stored_and_filtered(installed: httpx.AsyncClient) -> None:
    url = (await installed.get(_PATH)).json()["integration"]["logAttributes"]["ingestUrl"]
    logs = [{"message": text, "level": level, "extra": {}} for text, level in (("a", "INFO"), ("b", "ERROR"))]
    assert (await installed.post(url, json={"logs": logs})).status_code == 200
    found = (await installed.get("/_sandbox/logs", params={"integration": "mine", "level": "error"})).json()
    assert found == [{"integration": "mine", **logs[1]}]
    assert len((await installed.get("/_sandbox/logs")).json()) == 2
    assert (await installed.get("/_sandbox/logs", params={"integration": "other"})).json() == []


async def test_deleted_integration_gets_404(installed: httpx.AsyncClient) -> None:
    assert (await installed.delete(_PATH)).status_code == 200
    assert (await installed.get(_PATH)).status_code == 404
    assert (await installed.delete(_PATH)).status_code == 404


async def test_reset_deletes_everything_except_the_token(installed: httpx.AsyncClient) -> None:
    assert (await installed.post("/_sandbox/reset")).status_code == 200
    assert (await installed.get(_PATH)).status_code == 404
    assert [seen["path"] for seen in (await installed.get("/_sandbox/requests")).json()] == [_PATH]
    blueprints = (await installed.get("/v1/blueprints")).json()["blueprints"]
    assert [blueprint["identifier"] for blueprint in blueprints] == ["_user", "_team"]


async def test_blueprints_for_a_mapping_accept_any_value_but_no_unknown_property(
    port: httpx.AsyncClient,
) -> None:
    def resource(blueprint: str, **mapped: dict[str, str]) -> dict[str, Any]:
        mapping = {"identifier": ".id", "blueprint": blueprint, **mapped}
        return {**_RESOURCE, "port": {"entity": {"mappings": [mapping]}}}

    person = resource(
        '"person"',
        properties={"age": ".a", "name": ".n"},
        relations={"team": ".t", "boss": ".b", "room": ".r"},
    )
    body = {
        "resources": [person, resource('"team"'), resource(".computed")],
        "types": {"person": {"age": "number"}},
        "relations": {"person": {"room": "team"}},
    }
    created = await port.post("/_sandbox/blueprints-for-mapping", json=body)
    assert created.status_code == 201, created.text
    blueprint = created.json()["blueprints"][0]
    assert blueprint["anyType"] == ["name"]
    targets = {name: relation["target"] for name, relation in blueprint["relations"].items()}
    assert targets == {"team": "team", "boss": "person", "room": "team"}
    assert (await port.post("/_sandbox/blueprints-for-mapping", json=body)).status_code == 201

    async def status(**properties: object) -> int:
        entity = {"identifier": "e", "properties": properties}
        return (await port.post("/v1/blueprints/person/entities?upsert=true", json=entity)).status_code

    assert [await status(name=value) for value in (1, "x", [1], {"a": 1}, None)] == [201] * 5
    assert await status(age="x") == 422
    assert await status(other=1) == 422


async def test_invalid_mapping_creates_no_blueprints(port: httpx.AsyncClient) -> None:
    body = {"resources": [_RESOURCE], "relations": {}, "types": {"user": {"a b": "number"}}}
    mapping = {"identifier": ".id", "blueprint": '"user"', "properties": {"a b": ".x"}}
    body["resources"] = [{**_RESOURCE, "port": {"entity": {"mappings": mapping}}}]
    assert (await port.post("/_sandbox/blueprints-for-mapping", json=body)).status_code == 422
    assert (await port.get("/_sandbox/catalog")).json() == {}
    assert (await port.get("/v1/blueprints/user")).status_code == 404
