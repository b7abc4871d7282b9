"""Raw items and resync lifecycles in DSP mode, with Ocean's requests."""

from typing import Any

import httpx
import pytest

_KIND = "%2Fapi%2Fv1%2Fusers"


@pytest.fixture
async def lake(port: httpx.AsyncClient, mine: dict[str, Any]) -> str:
    """The path for raw items of the integration `mine`. The sandbox is in DSP mode."""
    assert (await port.patch("/_sandbox/settings", json={"processing": "dsp"})).status_code == 200
    url = mine["ingestAttributes"]["ingestUrl"]
    return f"{url}/lake/write/integration-type/custom/integration/mine/sync"


def _batch(*items: object, index: int = 0) -> dict[str, Any]:
    entry = {
        "request": {},
        "response": {},
        "items": list(items),
        "metadata": {"operation": "upsert", "resourceIndex": index, "selectorHash": None},
    }
    return {"kind": "/api/v1/users", "eventType": "resync", "eventId": "batch", "data": [entry]}


async def _note(port: httpx.AsyncClient, path: str, status: str, **more: object) -> httpx.Response:
    return await port.post(f"/v1/lifecycle/{path}", json={"status": status, **more})


@pytest.mark.parametrize(
    ("mode", "flags"),
    [
        ("ocean", []),
        ("lakehouse", ["LAKEHOUSE_ELIGIBLE"]),
        ("dsp", ["LAKEHOUSE_ELIGIBLE", "DATA_SOURCE_PROCESSOR_ENABLED"]),
    ],
)
async def test_feature_flags_follow_the_processing_mode(
    port: httpx.AsyncClient, mode: str, flags: list[str]
) -> None:
    await port.patch("/_sandbox/settings", json={"processing": mode})
    assert (await port.get("/v1/organization")).json()["organization"]["featureFlags"] == flags


async def test_raw_batches_are_stored_instead_of_entities(port: httpx.AsyncClient, lake: str) -> None:
    assert (await _note(port, "e1", "started", integration_id="mine")).status_code == 200
    assert (await port.get("/v1/lifecycle/e1")).json()["status"] == "started"
    await _note(port, "e1/kind", "started", kind_identifier="/api/v1/users-0")
    for items in ([{"id": 1}, {"id": 2}], [{"id": 3}]):
        answer = await port.post(f"{lake}/e1/kind/{_KIND}", json=_batch(*items))
        assert answer.status_code == 200, answer.text
    (running,) = (await port.get("/_sandbox/syncs")).json()
    assert [(kind["kind"], kind["syncState"]) for kind in running["kinds"]] == [("/api/v1/users", "syncing")]
    await _note(port, "e1/kind", "finished", kind_identifier="/api/v1/users-0")
    await _note(port, "e1", "finished", integration_id="mine")
    batches = (await port.get("/_sandbox/raw", params={"integration": "mine"})).json()
    assert [(batch["eventId"], batch["kind"], batch["items"]) for batch in batches] == [
        ("e1", "/api/v1/users", 2),
        ("e1", "/api/v1/users", 1),
    ]
    assert batches[0]["data"][0]["items"] == [{"id": 1}, {"id": 2}]
    (sync,) = (await port.get("/_sandbox/syncs")).json()
    (kind,) = sync["kinds"]
    assert kind["syncState"] == "completed"
    counts = kind["metrics"]["phase"]["extract"]["object_count_type"]
    assert counts == {"raw_extracted": {"object_count": 3}}
    assert (await port.get("/_sandbox/catalog")).json() == {}


async def test_raw_items_in_lakehouse_mode_need_no_lifecycle(port: httpx.AsyncClient, lake: str) -> None:
    await port.patch("/_sandbox/settings", json={"processing": "lakehouse"})
    assert (await port.post(f"{lake}/e1/kind/{_KIND}", json=_batch({"id": 1}))).status_code == 200
    assert len((await port.get("/_sandbox/raw", params={"kind": "/api/v1/users"})).json()) == 1
    assert (await port.get("/_sandbox/raw", params={"event": "other"})).json() == []


async def test_newer_resync_makes_the_older_one_stale(port: httpx.AsyncClient, lake: str) -> None:
    for event in ("e1", "e2"):
        await _note(port, event, "started", integration_id="mine")
    assert (await port.get("/v1/lifecycle/e1")).json()["status"] == "aborted"
    stale = await port.post(f"{lake}/e1/kind/{_KIND}", json=_batch({"id": 1}))
    assert (stale.status_code, stale.json()["code"], stale.json()["ok"]) == (409, "resync_stale", False)
    assert (await port.post(f"{lake}/e2/kind/{_KIND}", json=_batch({"id": 1}))).status_code == 200
    assert (await _note(port, "e2", "failed")).status_code == 200
    assert (await port.get("/v1/lifecycle/e2")).json()["status"] == "failed"


async def test_raw_batch_may_exceed_the_limit_of_the_api(port: httpx.AsyncClient, lake: str) -> None:
    items = [{"text": "x" * 1000}] * 2000
    assert (await port.post(f"{lake}/e1/kind/{_KIND}", json=_batch(*items))).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param("/v1/lifecycle/e1", {"status": "started", "integration_id": "none"}, 404, id="unknown"),
        pytest.param("/v1/lifecycle/e1", {"status": "failed"}, 404, id="unknown resync"),
        pytest.param("/v1/lifecycle/e1/kind", {"status": "started"}, 404, id="kind of nothing"),
        pytest.param(
            "/v1/lifecycle/e1", {"status": "odd", "integration_id": "mine"}, 422, id="unknown status"
        ),
        pytest.param(
            f"/ingest/raw/none/lake/write/integration-type/a/integration/b/sync/c/kind/{_KIND}",
            _batch(),
            404,
            id="unknown ingest",
        ),
    ],
)
@pytest.mark.usefixtures("lake")
async def test_invalid_request_is_rejected(
    port: httpx.AsyncClient, path: str, body: object, status: int
) -> None:
    answer = await port.post(path, json=body)
    assert (answer.status_code, answer.json()["ok"]) == (status, False)
    assert (await port.get("/v1/lifecycle/e1")).status_code == 404


async def test_batch_without_a_list_is_rejected(port: httpx.AsyncClient, lake: str) -> None:
    assert (await port.post(f"{lake}/e1/kind/{_KIND}", json={"data": {}})).status_code == 422
