"""OAuth 2.0 client credentials: the request for a token, and its response."""

import json
from base64 import b64encode

import httpx
import pytest

from rest.bodies import Json
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
)


@pytest.mark.parametrize(
    ("expires_in", "logins"),
    [(1e-9, 3), ("0.000000001", 3), (3600, 1), ("3600", 1), (0, 1), (-5, 1), ("soon", 1), (None, 1), ([], 1)],
    ids=str,
)
async def test_token_is_renewed_before_it_expires(expires_in: Json, logins: int) -> None:
    """Values that are no positive number are ignored: a 401 will cause a new login."""
    api = Api(always(httpx.Response(200, json={"access_token": "t", "expires_in": expires_in})))
    async with open_client(api, OAUTH2) as client:
        for _ in range(3):
            await client.send(GET)
    assert len(api.logins) == logins


@pytest.mark.parametrize(
    "answer",
    [{}, {"access_token": None}, {"access_token": ""}, {"access_token": 5}, [], "t", None],
    ids=str,
)
async def test_response_without_an_access_token_is_an_error(answer: Json) -> None:
    api = Api(always(httpx.Response(200, json=answer)))
    error = await failure(AuthError, api, OAUTH2)
    assert str(error) == (
        f"POST {BASE}/login: the login: the token endpoint's response has no access_token. Check tokenUrl"
    )
    assert len(api.logins) == 1


async def test_rejected_login_shows_no_basic_credentials() -> None:
    def echoed(_: int) -> httpx.Response:
        return httpx.Response(401, text=api.logins[-1].headers["authorization"])

    api = Api(echoed)
    error = await failure(AuthError, api, {**OAUTH2, "token_auth": "basic"})
    assert b64encode(f"amy:{SECRET}".encode()).decode() not in str(error)


async def test_lifetime_beyond_all_numbers_is_ignored() -> None:
    answer = f'{{"access_token": "t", "expires_in": {"9" * 400}}}'
    assert (await send(Api(always(httpx.Response(200, text=answer))), OAUTH2)).status == 200


async def test_credentials_are_sent_in_the_form() -> None:
    api = Api()
    await send(api, {**OAUTH2, "client_secret": "p/w &=é"})
    (login,) = api.logins
    assert (login.method, str(login.url)) == ("POST", f"{BASE}/login")
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert login.headers["accept"] == "application/json"
    assert "authorization" not in login.headers
    assert form_of(login) == {
        "grant_type": "client_credentials",
        "client_id": "amy",
        "client_secret": "p/w &=é",
    }


async def test_credentials_are_form_encoded_for_basic() -> None:
    """RFC 6749 §2.3.1: a colon in the client id must not end it."""
    api = Api()
    await send(api, {**OAUTH2, "client_id": "a:b", "client_secret": "p/w &=é", "token_auth": "basic"})
    (login,) = api.logins
    pair = "a%3Ab:p%2Fw+%26%3D%C3%A9"
    assert login.headers["authorization"] == "Basic " + b64encode(pair.encode()).decode()
    assert form_of(login) == {"grant_type": "client_credentials"}


@pytest.mark.parametrize("where", ["body", "basic"])
async def test_token_params_are_added_to_the_form(where: str) -> None:
    params = {"scope": "read write", "audience": "https://x.io/&"}
    api = Api()
    await send(api, {**OAUTH2, "token_auth": where, "token_params": json.dumps(params)})
    assert form_of(api.logins[0]).items() >= {"grant_type": "client_credentials", **params}.items()


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("/login", f"{BASE}/login"),
        ("oauth/login", f"{BASE}/oauth/login"),
        ("https://id.example.com/login", "https://id.example.com/login"),
        ("HTTPS://id.example.com/login?tenant=1", "https://id.example.com/login?tenant=1"),
    ],
)
async def test_token_url_is_a_url_or_a_path_under_the_base_url(address: str, url: str) -> None:
    api = Api()
    await send(api, {**OAUTH2, "token_url": address})
    assert str(api.logins[0].url) == url


async def test_token_follows_the_configured_prefix() -> None:
    api = Api()
    await send(api, {**OAUTH2, "bearer_prefix": "Token"})
    assert api.tokens == ["Token t0ken-1"]
