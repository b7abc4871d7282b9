import base64

import httpx
import pytest

from sandbox.sample_api.app import create_app
from sandbox.sample_api.auth import AUTHS
from sandbox.sample_api.sample import Options

CLIENT = {"grant_type": "client_credentials", "client_id": "sample-client", "client_secret": "sample-secret"}
USER = {"username": "sample", "password": "sample-password"}
TICKETS = "/page/api/tickets"


def _basic(pair: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


FIXED = [
    pytest.param("bearer", {"Authorization": "Bearer sample-token"}, 200, id="bearer right"),
    pytest.param("bearer", {"Authorization": "bearer sample-token"}, 200, id="the scheme's case is free"),
    pytest.param("bearer", {"Authorization": "Bearer other"}, 401, id="bearer wrong"),
    pytest.param("bearer", {"Authorization": "Token sample-token"}, 401, id="bearer, other scheme"),
    pytest.param("token", {"Authorization": "Token sample-token"}, 200, id="token right"),
    pytest.param("token", {"Authorization": "Bearer sample-token"}, 401, id="token, other scheme"),
    pytest.param("api_key", {"X-API-Key": "sample-key"}, 200, id="key right"),
    pytest.param("api_key", {"X-API-Key": "other"}, 401, id="key wrong"),
    pytest.param("basic", _basic("sample:sample-password"), 200, id="basic right"),
    pytest.param("basic", _basic("sample:other"), 401, id="basic wrong"),
    pytest.param("basic", {"Authorization": "Basic ???"}, 401, id="basic broken"),
    pytest.param("oauth2", {"Authorization": "Bearer sample-token"}, 401, id="oauth2, a fixed token"),
    pytest.param("login", {"X-Session": "sample-token"}, 401, id="login, a fixed token"),
    pytest.param("none", {}, 200, id="none"),
]


@pytest.mark.parametrize(("style", "headers", "status"), FIXED)
async def test_credentials_are_verified(
    api: httpx.AsyncClient, style: str, headers: dict[str, str], status: int
) -> None:
    response = await api.get(f"/{style}{TICKETS}", headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize(("key", "status"), [("sample-key", 200), ("other", 401)])
async def test_api_key_may_be_in_the_query(api: httpx.AsyncClient, key: str, status: int) -> None:
    response = await api.get(f"/api_key_query{TICKETS}", params={"api_key": key})
    assert response.status_code == status


@pytest.mark.parametrize("style", [name for name in AUTHS if name != "none"])
async def test_missing_credentials_get_a_challenge(api: httpx.AsyncClient, style: str) -> None:
    response = await api.get(f"/{style}{TICKETS}")
    assert response.status_code == 401
    assert 'realm="sample"' in response.headers["WWW-Authenticate"]
    assert response.json()["error"].startswith("Credentials are missing")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth2/page/oauth/token"])
@pytest.mark.parametrize("method", ["form", "json", "basic"])
async def test_client_credentials_return_a_token(api: httpx.AsyncClient, method: str, path: str) -> None:
    grant = {"grant_type": "client_credentials", "audience": "sample", "scope": "read"}
    answer = await {
        "form": lambda: api.post(path, data=CLIENT | grant),
        "json": lambda: api.post(path, json=CLIENT | grant),
        "basic": lambda: api.post(path, data=grant, auth=("sample-client", "sample-secret")),
    }[method]()
    token = answer.json()
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 3600, "read")
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert (await api.get(f"/oauth2{TICKETS}", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
async def test_invalid_grant_is_rejected(
    api: httpx.AsyncClient, change: dict[str, str], status: int, error: str
) -> None:
    response = await api.post("/oauth/token", data=CLIENT | change)
    assert (response.status_code, response.json()["error"]) == (status, error)


@pytest.mark.parametrize("path", ["/login", "/login/cursor/login"])
async def test_login_returns_a_session(api: httpx.AsyncClient, path: str) -> None:
    session = (await api.post(path, json=USER)).json()
    headers = {"X-Session": session["session"]["token"]}
    assert session["expires_in"] == 3600
    assert (await api.get(f"/login{TICKETS}", headers=headers)).status_code == 200
    assert (await api.post(path, json=USER | {"password": "other"})).status_code == 401
    assert (await api.get("/_control/stats")).json()["logins"] == 1


async def test_login_with_invalid_json_is_rejected(api: httpx.AsyncClient) -> None:
    response = await api.post("/login", content=b"{", headers={"Content-Type": "application/json"})
    assert response.status_code == 401


async def test_token_expires_and_can_be_revoked() -> None:
    now = [0.0]
    app = create_app(Options(token_lifetime_s=60), clock=lambda: now[0])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:

        async def login() -> dict[str, str]:
            return {"X-Session": (await client.post("/login", json=USER)).json()["session"]["token"]}

        async def status(headers: dict[str, str]) -> int:
            return (await client.get(f"/login{TICKETS}", headers=headers)).status_code

        first = await login()
        now[0] = 59
        assert await status(first) == 200
        now[0] = 60
        assert await status(first) == 401
        second = await login()
        assert second != first
        await client.post("/_control/tokens", json={"revoke": True, "expires_in": 5})
        assert await status(second) == 401
        assert (await client.post("/login", json=USER)).json()["expires_in"] == 5


@pytest.mark.parametrize(
    ("style", "login", "fields"), [("oauth2", "/oauth/token", CLIENT), ("login", "/login", USER)]
)
async def test_next_token_can_be_limited_to_a_number_of_requests(
    api: httpx.AsyncClient, style: str, login: str, fields: dict[str, str]
) -> None:
    async def token() -> dict[str, str]:
        answer = (await api.post(login, json=fields)).json()
        if style == "login":
            return {"X-Session": answer["session"]["token"]}
        return {"Authorization": f"Bearer {answer['access_token']}"}

    async def statuses(headers: dict[str, str]) -> list[int]:
        return [(await api.get(f"/{style}{TICKETS}", headers=headers)).status_code for _ in range(3)]

    await api.post("/_control/tokens", json={"uses": 2})
    assert await statuses(await token()) == [200, 200, 401]
    assert await statuses(await token()) == [200, 200, 200]


@pytest.mark.parametrize("method", ["reset", "tokens"])
async def test_revocation_removes_the_limit_of_the_next_token(api: httpx.AsyncClient, method: str) -> None:
    await api.post("/_control/tokens", json={"uses": 0})
    await api.post(f"/_control/{method}", json={"revoke": True})
    session = (await api.post("/login", json=USER)).json()["session"]["token"]
    assert (await api.get(f"/login{TICKETS}", headers={"X-Session": session})).status_code == 200


async def test_logins_are_listed_with_redacted_fields(api: httpx.AsyncClient) -> None:
    grant = {"grant_type": "client_credentials", "audience": "sample"}
    await api.post("/oauth/token", data=grant, auth=("sample-client", "sample-secret"))
    await api.post("/oauth/token", data=CLIENT)
    await api.post("/login", json=USER)
    await api.post("/login", json=USER | {"password": "other"})
    assert (await api.get("/_control/tokens")).json() == [
        {"style": "oauth2", "fields": grant},
        {"style": "oauth2", "fields": CLIENT | {"client_secret": "***"}},
        {"style": "login", "fields": USER | {"password": "***"}},
    ]
