"""The requests of a first start and a full resync, in Ocean's order."""

from typing import Any

import httpx

_CONFIG: dict[str, Any] = {
    "deleteDependentEntities": True,
    "createMissingRelatedEntities": True,
    "enableMergeEntity": True,
    "entityDeletionThreshold": 0.9,
    "resources": [
        {
            "kind": "/api/v1/things",
            "selector": {"query": "true"},
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"thing"'}}},
        }
    ],
}
_THING: dict[str, Any] = {
    "identifier": "thing",
    "title": "Thing",
    "schema": {"properties": {"n": {"type": "number"}, "gone": {"type": "string"}}},
}
_RELATIONS = {"owner": {"target": "owner", "many": False, "required": False}}
_OWNER: dict[str, Any] = {"identifier": "owner", "title": "Owner", "schema": {"properties": {}}}
_UPSERT = "?upsert=true&merge=true&create_missing_related_entities=true&validation_only=false"
_RESYNC = "&ocean_info_event_type=resync&ocean_info_resync_id=e1"


class _Ocean:
    """Sends requests as Ocean's client does. Raises AssertionError: the status is not the expected one."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def __call__(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        response = await self._client.request(method, path, json=body)
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()


async def _start(ocean: _Ocean) -> dict[str, Any]:
    missing = await ocean("GET", "/v1/integration/mine?oceanCoreVersion=0.55.4&isPolling=false", status=404)
    assert "integration" not in missing
    assert (await ocean("GET", "/v1/integration/provision-enabled"))["integrations"] == []
    assert (await ocean("GET", "/v1/organization"))["organization"]["featureFlags"] == []
    new = {
        "installationId": "mine",
        "installationAppType": "custom",
        "version": "0.1.0",
        "changelogDestination": {},
        "config": _CONFIG,
        "actionsProcessingEnabled": False,
        "incrementalSyncEnabled": False,
        "createPortResourcesOrigin": "Default",
    }
    await ocean("POST", "/v1/integration", new, status=201)
    await ocean("PATCH", "/v1/integration/mine", {**new, "processingMode": "dsp"})
    for blueprint in (_THING, _OWNER):
        await ocean("GET", f"/v1/blueprints/{blueprint['identifier']}", status=404)
    for blueprint in (_THING, _OWNER):
        created = await ocean("POST", "/v1/blueprints", blueprint, status=201)
        assert created["blueprint"]["identifier"] == blueprint["identifier"]
    for _ in range(2):
        for blueprint in ({**_THING, "relations": _RELATIONS}, _OWNER):
            await ocean("PATCH", f"/v1/blueprints/{blueprint['identifier']}", blueprint)
    await ocean("PATCH", "/v1/integration/mine", {"arePortResourcesInitialized": True, "version": "0.1.0"})
    found: dict[str, Any] = (await ocean("GET", "/v1/integration/mine"))["integration"]
    assert found["arePortResourcesInitialized"] is True
    assert found["processingMode"] == "dsp"
    return found


def _entities(count: int) -> list[dict[str, Any]]:
    return [
        {
            "identifier": f"t{i}",
            "blueprint": "thing",
            "title": f"T{i}",
            "properties": {"n": i, "gone": None},
            "relations": {"owner": f"o{i % 2}"},
        }
        for i in range(count)
    ]


def _diff_query(entities: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "combinator": "and",
        "rules": [
            {"property": "$identifier", "operator": "in", "value": [e["identifier"] for e in entities]},
            {"property": "$blueprint", "operator": "=", "value": "thing"},
            {"property": "$datasource", "operator": "contains", "value": "port-ocean/custom/"},
            {"property": "$datasource", "operator": "contains", "value": "/mine/exporter"},
        ],
    }


async def _resync(ocean: _Ocean, integration: dict[str, Any], count: int, began: str) -> list[str]:
    """Run a resync and return the identifiers that were deleted as stale."""
    running = {"status": "running", "lastResyncStart": began, "lastResyncEnd": None, "nextResync": None}
    state = await ocean("PATCH", "/v1/integration/mine/resync-state", {**running, "intervalInMinuets": None})
    assert state["integration"]["resyncState"]["updatedAt"]
    assert (await ocean("GET", "/v1/integration/mine"))["integration"]["config"] == _CONFIG
    metrics = integration["metricAttributes"]["ingestUrl"]
    record = {"kind": "/api/v1/things", "kindIndex": 0, "kindIdentifier": "/api/v1/things-0", "eventId": "e1"}
    await ocean("POST", f"{metrics}/syncMetrics", {"syncKindsMetrics": [{**record, "syncState": "pending"}]})
    path = f"{metrics}/syncMetrics/resync/e1/kind/%2Fapi%2Fv1%2Fthings-0"
    await ocean("PUT", path, {"syncKindMetrics": {**record, "syncState": "syncing"}})
    examples = "/v1/integration/mine/kinds/%2Fapi%2Fv1%2Fthings/examples"
    await ocean("POST", examples, {"examples": [{"id": 1}]})
    sent = _entities(count)
    await _upsert_changed(ocean, sent)
    await ocean("PUT", path, {"syncKindMetrics": {**record, "syncState": "completed"}})
    deleted = await _reconcile(ocean, {entity["identifier"] for entity in sent}, began)
    completed = {"status": "completed", "lastResyncEnd": began, "nextResync": None, "intervalInMinuets": None}
    await ocean("PATCH", "/v1/integration/mine/resync-state", completed)
    return deleted


async def _upsert_changed(ocean: _Ocean, sent: list[dict[str, Any]]) -> None:
    include = "".join(
        f"&include={name}"
        for name in ("blueprint", "identifier", "title", "properties.n", "properties.gone", "relations.owner")
    )
    path = f"/v1/entities/search?exclude_calculated_properties=true{include}"
    found = (await ocean("POST", path, _diff_query(sent)))["entities"]
    changed = [entity for entity in sent if entity not in found]
    await ocean("GET", "/v1/blueprints/thing")
    for start in range(0, len(changed), 20):
        body = {"entities": changed[start : start + 20]}
        response = await ocean("POST", f"/v1/blueprints/thing/entities/bulk{_UPSERT}{_RESYNC}", body)
        assert [entity["index"] for entity in response["entities"]] == list(range(len(body["entities"])))
        assert response["errors"] == []


async def _reconcile(ocean: _Ocean, kept: set[str], began: str) -> list[str]:
    body = {"datasource_prefix": "port-ocean/custom/", "datasource_suffix": "/mine/exporter", "limit": 5000}
    path = "/v1/blueprints/entities/datasource-entities"
    page = await ocean("POST", path, {**body, "before": began})
    stale = [
        e["identifier"] for e in page["entities"] if e["blueprint"] == "thing" and e["identifier"] not in kept
    ]
    if not stale:
        return []
    path = f"/v1/blueprints/thing/bulk/entities/delete?delete_dependents=true{_RESYNC}"
    deleted: list[str] = (await ocean("POST", path, {"entities": stale}))["deletedEntities"]
    return deleted


async def test_first_start_then_resyncs_until_an_item_disappears(
    port: httpx.AsyncClient, clock: list[float]
) -> None:
    ocean = _Ocean(port)
    integration = await _start(ocean)
    assert await _resync(ocean, integration, 25, "2025-06-15T15:06:40.000000+00:00") == []
    assert (await ocean("GET", "/_sandbox/catalog")) == {"thing": 25, "owner": 2}
    bulks = "/v1/blueprints/thing/entities/bulk"

    async def bulk_count() -> int:
        return [seen["path"] for seen in await ocean("GET", "/_sandbox/requests")].count(bulks)

    assert await bulk_count() == 2
    clock[0] += 60
    assert await _resync(ocean, integration, 25, "2025-06-15T15:07:40.000000+00:00") == []
    assert await bulk_count() == 2
    clock[0] += 60
    assert await _resync(ocean, integration, 24, "2025-06-15T15:08:40.000000+00:00") == ["t24"]
    assert (await ocean("GET", "/_sandbox/catalog")) == {"thing": 24, "owner": 2}
    (sync,) = await ocean("GET", "/_sandbox/syncs")
    assert sync["resyncState"]["status"] == "completed"
    assert [kind["syncState"] for kind in sync["kinds"]] == ["completed"]


async def test_integrations_do_not_see_the_entities_of_others(catalog: httpx.AsyncClient) -> None:
    ocean = _Ocean(catalog)
    path = f"/v1/blueprints/person/entities/bulk{_UPSERT}"
    await ocean("POST", path, {"entities": [{"identifier": "a"}]})
    other = {"User-Agent": "port-ocean/custom/0.1.0/not-mine/exporter"}
    await catalog.post(path, json={"entities": [{"identifier": "b"}]}, headers=other)
    body = {"datasource_prefix": "port-ocean/custom/", "datasource_suffix": "/mine/exporter", "limit": 5000}
    found = await ocean("POST", "/v1/blueprints/entities/datasource-entities", body)
    assert [entity["identifier"] for entity in found["entities"]] == ["a"]
