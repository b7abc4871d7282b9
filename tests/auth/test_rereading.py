"""Secrets in files, which are read again when they change and on a 401."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from auth.refresh_tokens import RefreshTokens
from auth.rereading import CredentialFiles, RereadAuth
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from extraction import open_extractor
from rest.errors import AuthError
from rest.request import Request
from tests.auth.fake_login import GET, OAUTH2, Api, failure, form_of, open_client, settings


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("first-secret")
    return path


def rotate(path: Path, text: str) -> None:
    path.write_text(text)


def bearer(path: Path) -> dict[str, Any]:
    return {"auth_type": "bearer_token", "api_token_file": str(path)}


async def test_401_reads_the_file_again(secret: Path) -> None:
    api = Api(revoked={"first-secret"})
    async with open_client(api, bearer(secret)) as client:
        rotate(secret, "second-secret")
        assert (await client.send(GET)).body == ["second-secret"]
        assert (await client.send(GET)).body == ["second-secret"]
    assert api.tokens == ["Bearer first-secret", "Bearer second-secret", "Bearer second-secret"]


async def test_401_with_an_unchanged_file_is_final(secret: Path) -> None:
    api = Api(revoked={"first-secret"})
    error = await failure(AuthError, api, bearer(secret))
    assert error.status == 401
    assert len(api.requests) == 1


async def test_401_with_both_secrets_is_final(secret: Path) -> None:
    api = Api(status=401)
    async with open_client(api, bearer(secret)) as client:
        rotate(secret, "second-secret")
        with pytest.raises(AuthError):
            await client.send(GET)
    assert api.tokens == ["Bearer first-secret", "Bearer second-secret"]


async def test_changed_file_is_read_without_a_401(secret: Path) -> None:
    """The check takes place once a second."""
    checked, times, api = settings(bearer(secret)), [0.0], Api()
    files = CredentialFiles(checked, checked.redactor, RefreshTokens(), lambda: times[-1])
    async with open_client(api, bearer(secret), RereadAuth(files)) as client:
        rotate(secret, "second-secret")
        for now_s in (0.5, 1.0, 1.5):
            times.append(now_s)
            await client.send(GET)
    assert api.tokens == ["Bearer first-secret", "Bearer second-secret", "Bearer second-secret"]


@pytest.mark.parametrize("step_s", [0.0, 5.0], ids=["before_the_file_is_read_again", "after"])
async def test_refresh_token_is_never_used_twice(secret: Path, step_s: float) -> None:
    """An API with reuse detection revokes the grant. The access token is used until it is rejected."""

    def rotating(number: int) -> httpx.Response:
        body = {"access_token": f"t0ken-{number}", "refresh_token": f"r3fresh-{number}", "expires_in": 3600}
        return httpx.Response(200, json=body)

    api, times = Api(rotating), [0.0]
    config = {**OAUTH2, "grant": "refresh_token", "refresh_token_file": str(secret)}
    checked = settings(config)
    files = CredentialFiles(checked, checked.redactor, RefreshTokens(), lambda: times[-1])
    async with open_client(api, config, RereadAuth(files)) as client:
        for _ in range(3):
            for _ in range(4):
                times.append(times[-1] + step_s)
                await client.send(GET)
            api.revoked = {api.tokens[-1].removeprefix("Bearer ")}
    sent = [form_of(login)["refresh_token"] for login in api.logins]
    assert len(sent) == 3
    assert len(set(sent)) == 3


async def test_file_without_valid_content_leaves_the_last_secret(secret: Path) -> None:
    """A rotation can empty the file before it writes the new secret."""
    api = Api()
    checked, times = settings(bearer(secret)), [0.0]
    files = CredentialFiles(checked, checked.redactor, RefreshTokens(), lambda: times[-1])
    async with open_client(api, bearer(secret), RereadAuth(files)) as client:
        for now_s, content in ((2.0, ""), (4.0, "zwölf"), (6.0, "third-secret")):
            times.append(now_s)
            rotate(secret, content)
            await client.send(GET)
    assert api.tokens == ["Bearer first-secret", "Bearer first-secret", "Bearer third-secret"]


async def test_concurrent_requests_after_a_rotation_all_succeed(secret: Path) -> None:
    api = Api(revoked={"first-secret"})
    async with open_client(api, bearer(secret)) as client:
        rotate(secret, "second-secret")
        answers = await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert [answer.body for answer in answers] == [["second-secret"]] * 20


async def test_new_secret_is_masked(secret: Path) -> None:
    checked = settings(bearer(secret))
    redact = checked.redactor
    files = CredentialFiles(checked, redact, RefreshTokens())
    async with open_client(Api(revoked={"first-secret"}), bearer(secret), RereadAuth(files)) as client:
        rotate(secret, "second-secret")
        await client.send(GET)
    assert redact("first-secret, second-secret") == "***, ***"


async def test_login_with_a_rejected_secret_is_repeated_with_a_new_one(secret: Path) -> None:
    def answer(_: int) -> httpx.Response:
        is_old = form_of(api.logins[-1])["client_secret"] == "first-secret"
        return httpx.Response(401) if is_old else httpx.Response(200, json={"access_token": "t0ken"})

    api = Api(answer)
    config = {**OAUTH2, "client_secret": None, "client_secret_file": str(secret)}
    async with open_client(api, config) as client:
        rotate(secret, "second-secret")
        assert (await client.send(GET)).body == ["t0ken"]
        assert (await client.send(GET)).body == ["t0ken"]
    assert len(api.logins) == 2


async def test_login_that_is_rejected_with_an_unchanged_secret_is_final(secret: Path) -> None:
    api = Api(lambda _: httpx.Response(401))
    config = {**OAUTH2, "client_secret": None, "client_secret_file": str(secret)}
    async with open_client(api, config) as client:
        for _ in range(2):
            with pytest.raises(AuthError):
                await client.send(GET)
    assert len(api.logins) == 1


async def test_headers_and_parameters_of_every_request_are_renewed(tmp_path: Path) -> None:
    headers, params = tmp_path / "headers", tmp_path / "params"
    headers.write_text('{"X-Key": "old-header", "X-Same": "same", "X-Lang": "en"}')
    params.write_text('{"key": "old-param", "same": "1"}')
    sent: list[httpx.Request] = []

    async def api(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(401 if request.headers["x-key"] == "old-header" else 200, json=[{"id": 1}])

    config = {"custom_headers_file": str(headers), "custom_query_params_file": str(params)}
    async with open_extractor(settings(config), transport=httpx.MockTransport(api)) as extractor:
        rotate(headers, '{"X-Key": "new-header", "X-Same": "same", "X-Lang": "en"}')
        rotate(params, '{"key": "new param", "same": "1"}')
        resource = read_resource("/users", {"headers": {"X-Lang": "de"}}, PaginationSettings())
        assert [len(batch) async for batch in extractor.batches(resource)] == [1]
    first, second = sent
    assert dict(first.url.params) == {"key": "old-param", "same": "1"}
    assert dict(second.url.params) == {"key": "new param", "same": "1"}
    assert [second.headers[name] for name in ("x-key", "x-same", "x-lang")] == ["new-header", "same", "de"]


async def test_request_keeps_its_body_and_query(secret: Path) -> None:
    api = Api(revoked={"first-secret"})
    request = Request("POST", f"{GET.url}?q=%2F+x", body={"a": "é"})
    async with open_client(api, bearer(secret)) as client:
        rotate(secret, "second-secret")
        await client.send(request)
    first, second = api.requests
    assert (first.url, first.content) == (second.url, second.content)


async def test_template_that_is_no_jq_leaves_the_last_one(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.write_text('{"headers": {"X-Session": "{{.access_token}}"}}')
    config = {
        "auth_type": "custom",
        "custom_auth_request": {"endpoint": "/login"},
        "custom_auth_request_template_file": str(template),
    }
    api = Api(status=401)
    async with open_client(api, config) as client:
        rotate(template, '{"headers": {"X-Session": "{{.a[}}"}}')
        with pytest.raises(AuthError):
            await client.send(GET)
    assert [request.headers["x-session"] for request in api.requests] == ["t0ken-1", "t0ken-2"]


async def test_the_present_settings_have_the_secrets_of_the_files(secret: Path) -> None:
    checked, times, api = settings(bearer(secret)), [0.0], Api()
    files = CredentialFiles(checked, checked.redactor, RefreshTokens(), lambda: times[-1])
    auth = RereadAuth(files)
    async with open_client(api, bearer(secret), auth) as client:
        rotate(secret, "second-secret")
        times.append(2.0)
        await client.send(GET)
    assert auth.settings.bearer_token == "second-secret"
