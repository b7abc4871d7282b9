"""When a login takes place, how often, and what an error of it says."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from auth import LoginAuth, auth_for
from auth.oauth import OAuthLogin
from auth.refresh_tokens import RefreshTokens
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from extraction import open_extractor
from rest.errors import AuthError, RefusedError, TransientError
from rest.request import Request
from tests.auth.fake_login import (
    BASE,
    GET,
    OAUTH2,
    SCHEMES,
    SECRET,
    Answer,
    Api,
    always,
    failure,
    in_order,
    open_client,
    send,
    settings,
)


@SCHEMES
async def test_first_request_logs_in_and_later_ones_use_its_token(config: dict[str, Any]) -> None:
    api = Api()
    async with open_client(api, config) as client:
        for _ in range(3):
            assert (await client.send(GET)).body == ["t0ken-1"]
    assert len(api.logins) == 1


@SCHEMES
async def test_concurrent_requests_share_one_login(config: dict[str, Any]) -> None:
    api = Api()
    async with open_client(api, config) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert len(api.logins) == 1
    assert api.tokens == ["Bearer t0ken-1"] * 20


async def test_concurrent_requests_with_an_expired_login_share_a_new_one() -> None:
    api, checked, now_s = Api(), settings(OAUTH2), 0.0
    auth = LoginAuth(OAuthLogin(checked, RefreshTokens()), checked.redactor, lambda: now_s)
    async with open_client(api, OAUTH2, auth) as client:
        await client.send(GET)
        now_s = 3541.0
        await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert len(api.logins) == 2
    assert api.tokens == ["Bearer t0ken-1"] + ["Bearer t0ken-2"] * 20


@SCHEMES
async def test_concurrent_requests_with_a_revoked_token_share_a_new_login(
    config: dict[str, Any],
) -> None:
    api = Api()
    async with open_client(api, config) as client:
        await client.send(GET)
        api.revoked.add("t0ken-1")
        answers = await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert [answer.body for answer in answers] == [["t0ken-2"]] * 20
    assert len(api.logins) == 2
    assert len(api.requests) == 1 + 2 * 20


@SCHEMES
async def test_401_after_a_new_login_is_an_error(config: dict[str, Any]) -> None:
    api = Api(status=401)
    error = await failure(AuthError, api, config)
    assert error.status == 401
    assert str(error).startswith(f"GET {BASE}/users: ")
    assert "status 401 Unauthorized" in str(error)
    assert (len(api.logins), len(api.requests)) == (2, 2)


@SCHEMES
async def test_other_status_causes_no_new_login(config: dict[str, Any]) -> None:
    api = Api(status=403)
    await failure(RefusedError, api, config)
    assert (len(api.logins), len(api.requests)) == (1, 1)


@SCHEMES
async def test_request_is_repeated_with_its_body(config: dict[str, Any]) -> None:
    api = Api(revoked={"t0ken-1"})
    await send(api, config, Request("POST", f"{BASE}/users", body={"a": 1}))
    assert [json.loads(request.content) for request in api.requests] == [{"a": 1}, {"a": 1}]


@SCHEMES
@pytest.mark.parametrize("status", [400, 401, 403, 404, 302])
async def test_rejected_login_is_not_retried_and_fails_every_request(
    config: dict[str, Any], status: int
) -> None:
    api = Api(always(httpx.Response(status, json={"error": "invalid_client", "got": SECRET})))
    async with open_client(api, config) as client:
        errors = await asyncio.gather(*(client.send(GET) for _ in range(20)), return_exceptions=True)
        errors += await asyncio.gather(client.send(GET), return_exceptions=True)
    assert {type(error) for error in errors} == {AuthError}
    (message,) = {str(error) for error in errors}
    assert message == (
        f"POST {BASE}/login: the login: invalid_client (status {status}). "
        "Check the credentials and the URL of the login"
    )
    assert (len(api.logins), len(api.requests)) == (1, 0)


@SCHEMES
@pytest.mark.parametrize(
    "error", [httpx.Response(503), httpx.Response(429), httpx.ConnectError("refused")], ids=str
)
async def test_transient_error_of_a_login_is_retried(config: dict[str, Any], error: Answer) -> None:
    api = Api(in_order(error))
    assert (await send(api, config)).body == ["t0ken-2"]
    assert len(api.logins) == 2


@SCHEMES
async def test_persistent_error_of_a_login_is_an_error_after_the_last_attempt(config: dict[str, Any]) -> None:
    api = Api(always(httpx.Response(503)))
    error = await failure(TransientError, api, config)
    assert str(error).startswith(
        f"GET {BASE}/users: POST {BASE}/login: the login failed with status 503, 3 times. Nothing is deleted"
    )
    assert (len(api.logins), len(api.requests)) == (3, 0)


@SCHEMES
async def test_next_request_tries_the_login_again(config: dict[str, Any]) -> None:
    api = Api(in_order(*(httpx.Response(503) for _ in range(3))))
    async with open_client(api, config) as client:
        with pytest.raises(TransientError):
            await client.send(GET)
        assert (await client.send(GET)).body == ["t0ken-4"]


@SCHEMES
@pytest.mark.parametrize("status", [200, 201])
async def test_login_response_that_is_no_json_is_an_error_without_secrets(
    config: dict[str, Any], status: int
) -> None:
    api = Api(always(httpx.Response(status, html=f"<p>Hello {SECRET}")))
    error = await failure(AuthError, api, config)
    assert "the login: the response is not JSON (text/html): '<p>Hello ***'" in str(error)
    assert len(api.logins) == 1


@SCHEMES
async def test_rejected_login_shows_no_part_of_a_secret(config: dict[str, Any]) -> None:
    api = Api(always(httpx.Response(400, text="x" * 195 + SECRET)))
    assert SECRET[:5] not in str(await failure(AuthError, api, config))


@SCHEMES
async def test_no_secret_is_in_a_repr(config: dict[str, Any]) -> None:
    checked = settings(config, token_params={"resource": SECRET})
    auth = auth_for(checked)
    async with open_client(Api(), config, auth) as client:
        await client.send(GET)
    shown = f"{checked!r} {auth!r}"
    assert SECRET not in shown
    assert "t0ken" not in shown


async def cookies_sent(config: Mapping[str, Any], status: int = 200, **more: Any) -> list[str | None]:
    """Return the Cookie header of each request of a resync, without logins. Every response sets a cookie.

    status: of the first response. The others succeed.
    """
    logins: list[httpx.Request] = []
    sent: list[str | None] = []

    def api(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/login"):
            logins.append(request)
            number = len(logins)
            cookies = [("set-cookie", f"session=s3ssion-{number}; Path=/; HttpOnly"), ("set-cookie", "a=b")]
            return httpx.Response(200, headers=cookies, json={"access_token": "t0ken"})
        sent.append(request.headers.get("cookie"))
        answer = [{"id": 1, "got": sent[-1]}]
        first = status if len(sent) == 1 else 200
        return httpx.Response(first, headers={"set-cookie": "tracking=other"}, json=answer)

    async with open_extractor(settings(config, **more), transport=httpx.MockTransport(api)) as extractor:
        for kind in ("/users", "/teams"):
            resource = read_resource(kind, {}, PaginationSettings())
            assert [len(batch) async for batch in extractor.batches(resource)] == [1]
    return sent


@SCHEMES
async def test_cookies_of_a_login_are_the_only_ones_sent(config: dict[str, Any]) -> None:
    sent = await cookies_sent(config)
    assert len(sent) >= 2
    assert set(sent) == {"session=s3ssion-1; a=b"}


@SCHEMES
async def test_cookies_of_a_new_login_replace_those_of_the_old_one(config: dict[str, Any]) -> None:
    first, *others = await cookies_sent(config, status=401)
    assert first == "session=s3ssion-1; a=b"
    assert set(others) == {"session=s3ssion-2; a=b"}


@SCHEMES
async def test_cookies_of_the_request_are_kept(config: dict[str, Any]) -> None:
    sent = await cookies_sent(config, custom_headers={"Cookie": "theme=dark"})
    assert set(sent) == {"theme=dark; session=s3ssion-1; a=b"}


@SCHEMES
async def test_login_without_cookies_adds_no_cookie_header(config: dict[str, Any]) -> None:
    api = Api()
    await send(api, config)
    assert "cookie" not in api.requests[0].headers


@SCHEMES
async def test_cookies_of_a_login_are_in_no_message(config: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as caught:
        await cookies_sent(config, status=404)
    assert "session=***" in str(caught.value)
    assert "s3ssion" not in str(caught.value)
