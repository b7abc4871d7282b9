"""Checks of every request: host, origin, token, body size and rate limit."""

from collections.abc import AsyncGenerator, Callable

import httpx
import pytest

from sandbox.port_api.port import PortSettings
from sandbox.port_api.rate_limits import uniform_limits

_MIB = 1024 * 1024


async def test_root_describes_the_sandbox_without_a_token(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/")
    assert response.status_code == 200
    assert response.json()["name"] == "Port sandbox"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"clientId": "sandbox", "clientSecret": "wrong"}, 401, id="wrong secret"),
        pytest.param({"clientId": "", "clientSecret": ""}, 401, id="empty"),
        pytest.param({"clientId": "sandbox"}, 422, id="no secret"),
        pytest.param({"clientId": 1, "clientSecret": 2}, 422, id="numbers"),
        pytest.param([], 422, id="array"),
    ],
)
async def test_invalid_credentials_are_rejected(
    anonymous: httpx.AsyncClient, body: object, status: int
) -> None:
    response = await anonymous.post("/v1/auth/access_token", json=body)
    assert response.status_code == status
    assert response.json()["ok"] is False
    assert response.json()["error"]


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer unknown", "Basic c2FuZGJveA=="])
async def test_requests_without_a_valid_token_get_401(
    anonymous: httpx.AsyncClient, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("/v1/organization", "/v1/blueprints", "/ingest/logs/x", "/v1/nothing"):
        response = await anonymous.get(path, headers=headers)
        assert response.status_code == 401, path
        assert set(response.json()) == {"ok", "error", "message"}


async def test_token_is_reused_until_it_expires_after_three_hours(
    port: httpx.AsyncClient, clock: list[float]
) -> None:
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    clock[0] += 3 * 3600 - 1
    again = (await port.post("/v1/auth/access_token", json=credentials)).json()
    assert port.headers["Authorization"] == f"{again['tokenType']} {again['accessToken']}"
    assert again["expiresIn"] == 1
    assert (await port.get("/v1/organization")).status_code == 200
    clock[0] += 1
    assert (await port.get("/v1/organization")).status_code == 401
    renewed = (await port.post("/v1/auth/access_token", json=credentials)).json()
    assert renewed["accessToken"] != again["accessToken"]
    assert renewed["expiresIn"] == 3 * 3600


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:3010", 200),
        ("127.0.0.1", 200),
        ("127.0.0.1:80", 200),
        ("[::1]:3010", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("10.0.0.1:3010", 403),
        ("", 403),
    ],
)
async def test_only_loopback_host_names_are_accepted(
    anonymous: httpx.AsyncClient, host: str, status: int
) -> None:
    response = await anonymous.get("/_sandbox/catalog", headers={"Host": host})
    assert response.status_code == status
    if status == 403:
        assert response.json()["ok"] is False


@pytest.mark.parametrize("chunked", [False, True], ids=["with length", "chunked"])
@pytest.mark.parametrize(("size", "status"), [(_MIB, 201), (_MIB + 1, 413)])
async def test_body_is_limited_to_one_mebibyte(
    port: httpx.AsyncClient, size: int, status: int, *, chunked: bool
) -> None:
    text = b'{"a":"' + b"x" * (size - 8) + b'"}'

    async def chunks() -> AsyncGenerator[bytes]:
        for start in range(0, size, 100_000):
            yield text[start : start + 100_000]

    response = await port.post("/v1/pages", content=chunks() if chunked else text)
    assert response.status_code == status
    assert response.json()["ok"] is (status == 201)


_OTHER_ORIGINS = [
    pytest.param({"Origin": "https://evil.example"}, id="origin"),
    pytest.param({"Origin": "http://localhost.evil.example"}, id="origin with the same prefix"),
    pytest.param({"Origin": "http://localhost:8080"}, id="another port of localhost"),
    pytest.param({"Origin": "https://localhost:3010"}, id="another scheme"),
    pytest.param({"Origin": "null"}, id="null origin"),
    pytest.param({"Origin": ""}, id="empty origin"),
    pytest.param({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, id="other site"),
    pytest.param({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, id="another port"),
    pytest.param({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, id="form"),
    pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, id="contradiction"),
    pytest.param({"Host": "evil.example:3010"}, id="rebound name"),
    pytest.param({"Host": "evil.example:3010", "Origin": "http://evil.example:3010"}, id="its own origin"),
]
_TEAM = {"identifier": "team", "title": "T", "schema": {"properties": {}}}


@pytest.mark.parametrize("headers", _OTHER_ORIGINS)
async def test_page_of_another_origin_changes_nothing(
    catalog: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """A form on any page can post to the sandbox."""
    before = (await catalog.get("/_sandbox/export")).json()
    settings = (await catalog.get("/_sandbox/settings")).json()
    for method, path, body in (
        ("POST", "/_sandbox/reset", None),
        ("POST", "/_sandbox/import", {"blueprints": [_TEAM]}),
        ("PATCH", "/_sandbox/settings", {"processing": "dsp"}),
        ("POST", "/_sandbox/blueprints-for-mapping", {"resources": []}),
        ("POST", "/v1/blueprints", {**_TEAM, "identifier": "another"}),
    ):
        response = await catalog.request(method, path, json=body, headers=headers)
        assert response.status_code == 403, path
        assert response.json()["ok"] is False
    assert (await catalog.get("/_sandbox/export")).json() == before
    assert (await catalog.get("/_sandbox/settings")).json() == settings


@pytest.mark.parametrize("path", ["/_sandbox/entities", "/_sandbox/export", "/catalog/syncs/live"])
@pytest.mark.parametrize("headers", [each for each in _OTHER_ORIGINS if each.id != "form"])
async def test_page_of_another_origin_reads_nothing(
    anonymous: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    assert (await anonymous.get(path, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="not a browser"),
        pytest.param({"Origin": "http://localhost:3010"}, id="origin alone"),
        pytest.param({"Origin": "http://[::1]:80", "Host": "[::1]:80"}, id="IP address"),
        pytest.param({"Origin": "http://LOCALHOST:3010", "Sec-Fetch-Site": "same-origin"}, id="own page"),
        pytest.param({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, id="typed by the user"),
    ],
)
async def test_own_pages_and_clients_without_browser_are_accepted(
    anonymous: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await anonymous.post("/_sandbox/reset", headers=headers)).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_link_on_another_site_opens_the_catalog(anonymous: httpx.AsyncClient, site: str) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
    assert (await anonymous.get("/catalog/", headers=headers)).status_code == 200


async def test_every_response_has_the_rate_limit_headers(anonymous: httpx.AsyncClient) -> None:
    for path in ("/", "/v1/organization", "/v1/blueprints/a/entities", "/nowhere"):
        headers = (await anonymous.get(path)).headers
        assert int(headers["x-ratelimit-limit"]) == int(headers["x-ratelimit-remaining"]) > 0
        assert headers["x-ratelimit-period"] == "300"
        assert headers["x-ratelimit-reset"] == str(1_750_000_000 + 300)


async def test_rate_limit_applies_until_the_window_ends(
    connect: Callable[[PortSettings], httpx.AsyncClient], clock: list[float]
) -> None:
    client = connect(PortSettings(limits=uniform_limits(2), rate_period_s=10, clock=lambda: clock[0]))
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    first = await client.post("/v1/auth/access_token", json=credentials)
    second = await client.post("/v1/auth/access_token", json=credentials)
    assert [a.headers["x-ratelimit-remaining"] for a in (first, second)] == ["1", "0"]
    clock[0] += 2.5
    third = await client.post("/v1/auth/access_token", json=credentials)
    assert third.status_code == 429
    assert third.json()["ok"] is False
    assert third.headers["Retry-After"] == "8"
    clock[0] += 8
    assert (await client.post("/v1/auth/access_token", json=credentials)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/v1/organization", 405),
        ("GET", "/v1/integration/none", 404),
        ("GET", "/v1/blueprints/none", 404),
        ("GET", "/v1/migrations/none", 404),
        ("POST", "/v1/pages", 422),
    ],
)
async def test_errors_have_the_format_of_port(
    port: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await port.request(method, path)
    assert response.status_code == status
    assert set(response.json()) == {"ok", "error", "message"}
    assert response.json()["ok"] is False
    assert "integration" not in response.json()
