"""Rate limits by operation family, and settings that change at runtime."""

import time
from collections.abc import Callable

import httpx
import pytest

from sandbox.port_api.port import PortSettings
from sandbox.port_api.rate_limits import Family, family_of

_BLUEPRINT = "/v1/blueprints/a"


@pytest.mark.parametrize(
    ("method", "path", "family"),
    [
        ("POST", "/v1/auth/access_token", Family.UNAUTHENTICATED),
        ("POST", f"{_BLUEPRINT}/entities/bulk", Family.BULK_UPSERT),
        ("POST", f"{_BLUEPRINT}/entities", Family.SINGLE_UPSERT),
        ("GET", f"{_BLUEPRINT}/entities", Family.ENTITIES),
        ("PATCH", f"{_BLUEPRINT}/entities/x", Family.ENTITIES),
        ("POST", f"{_BLUEPRINT}/bulk/entities/delete", Family.ENTITIES),
        ("POST", "/v1/blueprints/entities/datasource-entities", Family.ENTITIES),
        ("POST", "/v1/entities/search", Family.SEARCH),
        ("POST", f"{_BLUEPRINT}/entities/search", Family.SEARCH),
        ("GET", "/v1/blueprints", Family.BLUEPRINTS),
        ("PATCH", _BLUEPRINT, Family.BLUEPRINTS),
        ("GET", "/v1/integration/mine", Family.OTHER),
        ("GET", "/v1/organization", Family.OTHER),
    ],
)
def test_every_operation_belongs_to_one_family(method: str, path: str, family: Family) -> None:
    assert family_of(method, path) is family


async def test_families_have_separate_limits(catalog: httpx.AsyncClient) -> None:
    limits = {"bulk-upsert": {"requests": 1, "burst": 1}, "other": {"requests": 1}}
    response = await catalog.patch("/_sandbox/settings", json={"limits": limits, "ratePeriod": 60})
    assert response.status_code == 200
    path, body = "/v1/blueprints/team/entities/bulk", {"entities": [{"identifier": "a"}]}
    bulks = [await catalog.post(f"{path}?upsert=true", json=body) for _ in range(3)]
    assert [response.status_code for response in bulks] == [200, 200, 429]
    assert [response.headers["x-ratelimit-remaining"] for response in bulks] == ["0", "0", "0"]
    assert {response.headers["x-ratelimit-limit"] for response in bulks} == {"1"}
    assert bulks[2].json()["error"] == "rate_limit_exceeded"
    assert bulks[2].headers["Retry-After"] == "60"
    assert (await catalog.get("/v1/organization")).status_code == 200
    assert (await catalog.get("/v1/organization")).status_code == 429
    assert (await catalog.get("/v1/blueprints/team")).status_code == 200


async def test_port_limits_are_announced_and_enforced(anonymous: httpx.AsyncClient) -> None:
    await anonymous.patch("/_sandbox/settings", json={"limits": "port"})
    wrong = {"clientId": "sandbox", "clientSecret": "wrong"}
    statuses = [(await anonymous.post("/v1/auth/access_token", json=wrong)).status_code for _ in range(111)]
    assert statuses == [401] * 110 + [429]
    await anonymous.patch("/_sandbox/settings", json={"limits": None})
    assert (await anonymous.post("/v1/auth/access_token", json=wrong)).status_code == 401


async def test_settings_are_returned_as_set(anonymous: httpx.AsyncClient) -> None:
    settings = (await anonymous.get("/_sandbox/settings")).json()
    assert settings == {"processing": "ocean", "touchUnchanged": False, "limits": None, "ratePeriod": 300}
    changed = (await anonymous.patch("/_sandbox/settings", json={"touchUnchanged": True})).json()
    assert changed == {**settings, "touchUnchanged": True}
    invalid_settings: list[dict[str, object]] = [
        {"limits": "none"},
        {"ratePeriod": 0},
        {"processing": "x"},
        {"more": 1},
        {"limits": {"x": {}}},
    ]
    for body in invalid_settings:
        assert (await anonymous.patch("/_sandbox/settings", json=body)).status_code == 422, body
    assert (await anonymous.get("/_sandbox/settings")).json() == changed


async def test_touch_unchanged_can_be_changed_at_runtime(
    catalog: httpx.AsyncClient, clock: list[float]
) -> None:
    async def written() -> str:
        clock[0] += 60
        path = "/v1/blueprints/team/entities?upsert=true&merge=true"
        response = await catalog.post(path, json={"identifier": "red", "properties": {"size": 3}})
        return str(response.json()["entity"]["updatedAt"])

    first = await written()
    assert await written() == first
    await catalog.patch("/_sandbox/settings", json={"touchUnchanged": True})
    assert await written() > first


async def test_latency_applies_to_api_responses_only(
    connect: Callable[[PortSettings], httpx.AsyncClient],
) -> None:
    start = time.perf_counter()
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    login = "/v1/auth/access_token"
    assert (await connect(PortSettings(latency_s=0.1)).post(login, json=credentials)).status_code == 200
    assert time.perf_counter() - start >= 0.1
    an_hour_away = connect(PortSettings(latency_s=3600))
    assert (await an_hour_away.get("/_sandbox/settings")).status_code == 200
