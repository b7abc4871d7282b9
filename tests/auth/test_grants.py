"""OAuth 2.0 grants, proofs of the client, and the forms of token requests and responses."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from loguru import logger

from auth import RefreshTokens, auth_for
from rest.errors import AuthError
from tests.auth.fake_login import (
    BASE,
    GET,
    OAUTH2,
    SECRET,
    Api,
    always,
    failure,
    form_of,
    open_client,
    send,
    settings,
)
from tests.keys import private_key_pem, public_key_pem

TOKEN_URL = f"{BASE}/login"
GRANT = {"auth_type": "oauth2", "token_url": "/login"}
REFRESH = {**GRANT, "grant": "refresh_token", "refresh_token": "r3fresh-0", "client_id": "amy"}
JWT_BEARER = {**GRANT, "grant": "jwt_bearer", "private_key": private_key_pem()}


def claims(token: str, audience: str = TOKEN_URL) -> dict[str, Any]:
    decoded: dict[str, Any] = jwt.decode(token, public_key_pem(), ["RS256"], audience=audience)
    return decoded


def rotating(number: int) -> httpx.Response:
    """Return a response with a new refresh token."""
    body = {"access_token": f"t0ken-{number}", "refresh_token": f"r3fresh-{number}", "expires_in": 1e-9}
    return httpx.Response(200, json=body)


async def test_password_grant_sends_user_and_client() -> None:
    api = Api()
    await send(api, {**OAUTH2, "grant": "password", "username": "ann", "password": "pa ss"})
    assert form_of(api.logins[0]) == {
        "grant_type": "password",
        "username": "ann",
        "password": "pa ss",
        "client_id": "amy",
        "client_secret": SECRET,
    }


async def test_password_grant_needs_no_client() -> None:
    api = Api()
    await send(api, {**GRANT, "grant": "password", "username": "ann", "password": "pass"})
    assert form_of(api.logins[0]) == {"grant_type": "password", "username": "ann", "password": "pass"}


async def test_public_client_sends_its_id_only() -> None:
    api = Api()
    await send(api, REFRESH)
    assert form_of(api.logins[0]) == {
        "grant_type": "refresh_token",
        "refresh_token": "r3fresh-0",
        "client_id": "amy",
    }


async def test_basic_without_a_client_sends_no_credentials() -> None:
    api = Api()
    config = {**GRANT, "grant": "password", "username": "ann", "password": "pass", "token_auth": "basic"}
    await send(api, config)
    assert "authorization" not in api.logins[0].headers


async def test_token_request_can_be_json() -> None:
    api = Api()
    await send(api, {**OAUTH2, "token_format": "json", "token_params": {"audience": "a"}})
    (login,) = api.logins
    assert login.headers["content-type"] == "application/json"
    assert json.loads(login.content) == {
        "grant_type": "client_credentials",
        "audience": "a",
        "client_id": "amy",
        "client_secret": SECRET,
    }


async def test_token_params_can_replace_the_grant_type() -> None:
    """Zoom has a grant of its own."""
    api = Api()
    await send(api, {**OAUTH2, "token_params": {"grant_type": "account_credentials", "account_id": "7"}})
    assert form_of(api.logins[0])["grant_type"] == "account_credentials"


async def test_jwt_bearer_sends_an_assertion() -> None:
    api = Api()
    config = {**JWT_BEARER, "client_id": "amy", "username": "ann", "jwt": {"claims": {"scope": "read"}}}
    await send(api, config)
    form = form_of(api.logins[0])
    found = claims(form.pop("assertion"))
    assert form == {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
    assert len(found.pop("jti")) == 36
    assert found.pop("exp") - found.pop("iat") == 180
    assert found == {"iss": "amy", "sub": "ann", "aud": TOKEN_URL, "scope": "read"}
    assert api.tokens == ["Bearer t0ken-1"]


async def test_claims_of_the_setting_replace_the_defaults() -> None:
    api = Api()
    own = {"aud": "https://id.example", "sub": "enterprise", "jti": None, "iat": None}
    await send(api, {**JWT_BEARER, "client_id": "amy", "username": "ann", "jwt": {"claims": own, "ttl": 60}})
    found = claims(form_of(api.logins[0])["assertion"], "https://id.example")
    assert found.pop("exp")
    assert found == {"iss": "amy", "sub": "enterprise", "aud": "https://id.example"}


async def test_jwt_bearer_sends_the_client_with_its_secret() -> None:
    api = Api()
    await send(api, {**JWT_BEARER, "client_id": "amy", "client_secret": SECRET})
    assert form_of(api.logins[0]).items() >= {"client_id": "amy", "client_secret": SECRET}.items()


async def test_each_assertion_is_new() -> None:
    api = Api(always(httpx.Response(200, json={"access_token": "t0ken", "expires_in": 1e-9})))
    async with open_client(api, {**JWT_BEARER, "client_id": "amy"}) as client:
        await client.send(GET)
        await client.send(GET)
    first, second = (claims(form_of(login)["assertion"])["jti"] for login in api.logins)
    assert first != second


async def test_client_proves_itself_by_a_key() -> None:
    api = Api()
    config = {
        **GRANT,
        "client_id": "amy",
        "client_auth": "private_key_jwt",
        "private_key": private_key_pem(),
        "jwt": {"headers": {"kid": "k1", "x5t": "thumbprint"}},
    }
    await send(api, config)
    form = form_of(api.logins[0])
    assertion = form.pop("client_assertion")
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "amy",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    found = claims(assertion)
    assert (found["iss"], found["sub"], found["aud"]) == ("amy", "amy", TOKEN_URL)
    header = jwt.get_unverified_header(assertion)
    assert (header["kid"], header["x5t"], header["alg"]) == ("k1", "thumbprint", "RS256")


async def test_claims_are_those_of_the_grant_not_of_the_client() -> None:
    api = Api()
    config = {**JWT_BEARER, "client_id": "amy", "client_auth": "private_key_jwt"}
    await send(api, {**config, "jwt": {"claims": {"sub": "ann"}}})
    form = form_of(api.logins[0])
    assert (claims(form["assertion"])["sub"], claims(form["client_assertion"])["sub"]) == ("ann", "amy")


@pytest.mark.parametrize(
    ("answer", "token"),
    [
        (httpx.Response(200, json={"access_token": "t0ken"}), "t0ken"),
        (httpx.Response(200, json={"accessToken": "t0ken"}), "t0ken"),
        (httpx.Response(200, json={"token": "t0ken"}), "t0ken"),
        (
            httpx.Response(
                200,
                text="access_token=t0%2Bken&scope=a%20b&token_type=bearer",
                headers={"content-type": "application/x-www-form-urlencoded"},
            ),
            "t0+ken",
        ),
        (httpx.Response(200, text="access_token=t0ken&expires=5"), "t0ken"),
        (httpx.Response(200, content=b'\xef\xbb\xbf{"access_token": "t0ken"}'), "t0ken"),
        (
            httpx.Response(200, text='{"access_token": "t0ken"}', headers={"content-type": "text/plain"}),
            "t0ken",
        ),
    ],
    ids=["json", "camel_case", "token", "form", "form_as_text", "byte_order_mark", "json_as_text"],
)
async def test_token_is_read_from_each_form_of_response(answer: httpx.Response, token: str) -> None:
    api = Api(always(answer))
    assert (await send(api, OAUTH2)).body == [token]


@pytest.mark.parametrize(
    ("path", "body"),
    [("data.jwt", {"data": {"jwt": "t0ken"}}), (".", "t0ken"), (".[0].key", [{"key": "t0ken"}])],
)
async def test_token_is_read_at_its_path(path: str, body: Any) -> None:
    api = Api(always(httpx.Response(200, json=body)))
    assert (await send(api, {**OAUTH2, "token_path": path})).body == ["t0ken"]


@pytest.mark.parametrize(
    ("config", "body", "expected"),
    [
        ({}, {"jwt": "x"}, "has no access_token. It has .jwt. Set tokenPath to the place of the token"),
        (
            {"token_path": "data.token"},
            {"access_token": "x"},
            "has no token at tokenPath data.token. It has .access_token. Set tokenPath",
        ),
        (
            {},
            {"error": "invalid_grant", "error_description": f"{SECRET} is expired"},
            "the login: *** is expired (status 200)",
        ),
        ({}, {"ok": False, "error": "invalid_auth"}, "the login: invalid_auth (status 200)"),
    ],
    ids=["other_field", "path", "error", "slack"],
)
async def test_response_without_a_token_says_what_it_has(
    config: dict[str, Any], body: Any, expected: str
) -> None:
    error = await failure(AuthError, Api(always(httpx.Response(200, json=body))), {**OAUTH2, **config})
    assert expected in str(error)


@pytest.mark.process
async def test_path_that_fails_is_named() -> None:
    api = Api(always(httpx.Response(200, json={"a": 1})))
    error = await failure(AuthError, api, {**OAUTH2, "token_path": ".a | keys"})
    assert "tokenPath .a | keys fails on the response" in str(error)


async def test_renewed_refresh_token_is_used_from_then_on() -> None:
    api = Api(rotating)
    async with open_client(api, REFRESH) as client:
        for _ in range(3):
            await client.send(GET)
    assert [form_of(login)["refresh_token"] for login in api.logins] == [
        "r3fresh-0",
        "r3fresh-1",
        "r3fresh-2",
    ]


async def test_renewed_refresh_token_is_used_in_the_next_resync() -> None:
    api, tokens, checked = Api(rotating), RefreshTokens(), settings(REFRESH)
    for _ in range(2):
        async with open_client(api, REFRESH, auth_for(checked, None, tokens)) as client:
            await client.send(GET)
    assert form_of(api.logins[1])["refresh_token"] == "r3fresh-1"


async def test_refresh_token_that_stays_the_same_is_kept() -> None:
    body = {"access_token": "t0ken", "refresh_token": "r3fresh-0", "expires_in": 1e-9}
    api = Api(always(httpx.Response(200, json=body)))
    async with open_client(api, REFRESH) as client:
        await client.send(GET)
        await client.send(GET)
    assert [form_of(login)["refresh_token"] for login in api.logins] == ["r3fresh-0"] * 2


async def test_refresh_token_of_another_grant_is_not_used() -> None:
    api = Api(rotating)
    async with open_client(api, OAUTH2) as client:
        await client.send(GET)
        await client.send(GET)
    assert {form_of(login)["grant_type"] for login in api.logins} == {"client_credentials"}


def file_config(path: Path) -> dict[str, Any]:
    return {**GRANT, "grant": "refresh_token", "refresh_token_file": str(path), "client_id": "amy"}


async def test_renewed_refresh_token_is_written_to_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "refresh"
    path.write_text("r3fresh-0\n")
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    api = Api(rotating)
    async with open_client(api, file_config(link)) as client:
        await client.send(GET)
        assert path.read_text() == "r3fresh-1"
        await client.send(GET)
    assert path.read_text() == "r3fresh-2"
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert os.listdir(folder) == ["refresh"]


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Collect what is logged."""
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(message.rstrip("\n")), format="{message}")
    yield lines
    logger.remove(sink)


@pytest.mark.parametrize("is_folder", [True, False], ids=["replaced_by_a_folder", "deleted"])
async def test_file_that_cannot_be_written_is_warned_of_once(
    tmp_path: Path, log: list[str], *, is_folder: bool
) -> None:
    path = tmp_path / "refresh"
    path.write_text("r3fresh-0")
    api = Api(rotating)
    async with open_client(api, file_config(path)) as client:
        path.unlink()
        if is_folder:
            path.mkdir()
        for _ in range(3):
            assert (await client.send(GET)).status == 200
    sent = [form_of(login)["refresh_token"] for login in api.logins]
    assert sent == ["r3fresh-0", "r3fresh-1", "r3fresh-2"]
    (warning,) = log
    reason = "Is a directory" if is_folder else "No such file or directory"
    assert warning == (
        f"The API replaced the refresh token, and the new one is not stored: {path} cannot be written "
        f"({reason}). After a restart, the API may reject the old one"
    )
    assert os.listdir(tmp_path) == (["refresh"] if is_folder else [])


async def test_token_that_is_in_no_file_is_warned_of(log: list[str]) -> None:
    async with open_client(Api(rotating), REFRESH) as client:
        await client.send(GET)
        await client.send(GET)
    assert len(log) == 1
    assert "is not stored: the setting refreshTokenFile is not used" in log[0]
    assert "r3fresh" not in log[0]


async def test_new_refresh_token_of_the_user_wins() -> None:
    tokens = RefreshTokens()
    tokens.replace("old", "renewed", None)
    assert (tokens.newest("old"), tokens.newest("by the user")) == ("renewed", "by the user")


def test_every_earlier_refresh_token_leads_to_the_newest(tmp_path: Path) -> None:
    """The settings may have any token that the file had since the start."""
    path = tmp_path / "refresh"
    path.write_text("r3fresh-0")
    tokens = RefreshTokens()
    tokens.replace("r3fresh-0", "r3fresh-1", path)
    tokens.replace("r3fresh-1", "r3fresh-2", path)
    assert {tokens.newest(f"r3fresh-{number}") for number in range(3)} == {"r3fresh-2"}
    tokens.replace("by the user", "renewed", path)
    assert tokens.newest("r3fresh-0") == "r3fresh-0"
