"""Secrets never appear in responses, logs or output."""

import io
import logging
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from loguru import logger

from builder.web.connect.form import ConnectionForm, read_connection
from builder.web.connect.parsing import parse_connection
from builder.web.connect.redaction import redactor_of
from builder.web.install.form import InstallationForm
from builder.web.page.workspace import Workspace

_SECRET = "s3cret-Walrus-Umbrella"
_INPUTS = {
    "bearer_token": {"apiToken": _SECRET},
    "api_key": {"apiKey": _SECRET},
    "basic": {"username": "ann", "password": _SECRET},
    "oauth2": {
        "tokenUrl": "/oauth/token",
        "clientId": "app",
        "clientSecret": _SECRET,
        "tokenParams": f"assertion={_SECRET}",
    },
    "custom": {
        "customAuthRequest": f'{{"endpoint": "/login", "body": {{"password": "{_SECRET}"}}}}',
        "customAuthRequestTemplate": f'{{"headers": {{"X-Session": "{_SECRET}"}}}}',
    },
    "none": {"customHeaders": f"X-Key: {_SECRET}", "customQueryParams": f"key={_SECRET}"},
}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Any:
    """Everything that any library logs during a test."""
    caplog.set_level(logging.DEBUG)
    text = io.StringIO()
    sink = logger.add(text, level="TRACE", backtrace=True, diagnose=True)
    yield lambda: text.getvalue() + caplog.text
    logger.remove(sink)


@pytest.mark.process
@pytest.mark.parametrize("auth_type", _INPUTS)
async def test_secrets_are_in_no_response_log_or_output(
    auth_type: str,
    post: Callable[..., Any],
    browser: httpx.AsyncClient,
    users: str,
    logged: Callable[[], str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    # Nothing listens on this address, so the responses include the engine's errors.
    inputs = {"baseUrl": "http://127.0.0.1:9", "authType": auth_type, "timeout": "1", **_INPUTS[auth_type]}
    texts = [
        await post("/connection", **inputs),
        await post("/connection/test", **inputs),
        await post("/endpoint", number="1", kind="/users"),
        await post("/endpoint/paste", number="1", pasted=users),
        await post("/port", client_id="me", client_secret=_SECRET),
        (await browser.get("/")).text,
        (await browser.get("/preview")).text,
    ]
    archive = zipfile.ZipFile(io.BytesIO((await browser.get("/archive")).raise_for_status().content))
    texts += [archive.read(name).decode() for name in archive.namelist()]
    out, err = capfd.readouterr()
    assert len(archive.namelist()) > 10
    assert not [text for text in [*texts, logged(), out, err] if _SECRET in text]


async def test_a_secret_that_the_api_repeats_is_masked(
    post: Callable[..., Any], browser: httpx.AsyncClient
) -> None:
    await post("/connection", baseUrl="https://api.example.com", authType="bearer_token", apiToken=_SECRET)
    await post("/endpoint", number="1", kind="/users")
    body = f'[{{"id": 1, "link": "https://api.example.com/1?key={_SECRET}"}}]'
    headers = f'Link: <https://api.example.com/users?page=2&key={_SECRET}>; rel="next"'
    found = await post("/endpoint/paste", number="1", pasted=body, pasted_headers=headers)
    assert "page=2" in found
    assert _SECRET not in found + (await browser.get("/")).text + (await browser.get("/preview")).text


async def test_an_empty_input_keeps_the_secret_until_it_is_removed() -> None:
    kept = read_connection(ConnectionForm(), {"authType": "bearer_token", "apiToken": _SECRET})
    again = read_connection(kept, {"authType": "bearer_token", "apiToken": ""})
    assert parse_connection(again).config["apiToken"] == _SECRET
    assert "apiToken" not in parse_connection(again.without_secret("apiToken")).config


async def test_removing_a_secret_empties_its_input(post: Callable[..., Any]) -> None:
    kept = await post("/connection", authType="bearer_token", apiToken=_SECRET)
    assert '<span id="kept-apiToken" hx-swap-oob="innerHTML" >Stored in memory only.</span>' in kept
    answer = await post("/connection/forget/apiToken", authType="bearer_token", apiToken=_SECRET)
    assert answer.lstrip().startswith('<div class="field" id="field-apiToken">')
    assert "Stored in memory" not in answer


async def test_the_client_secret_of_port_is_kept_until_it_is_removed(post: Callable[..., Any]) -> None:
    await post("/connection", baseUrl="https://api.example.com")
    assert 'data-mistake="client_secret"' in await post("/port", client_id="me", client_secret="")
    await post("/port", client_id="me", client_secret=_SECRET)
    assert 'data-mistake="client_secret"' not in await post("/port", client_id="me", client_secret="")
    await post("/port/forget")
    assert 'data-mistake="client_secret"' in await post("/port", client_id="me", client_secret="")


def test_the_repr_of_a_workspace_has_no_secrets() -> None:
    connection = read_connection(ConnectionForm(), {"authType": "basic", **_INPUTS["basic"]})
    workspace = Workspace(connection, installation=InstallationForm(client_secret=_SECRET))
    assert _SECRET not in repr(workspace)


def test_the_words_of_a_login_request_are_not_redacted() -> None:
    connection = read_connection(ConnectionForm(), {"authType": "custom", **_INPUTS["custom"]})
    assert redactor_of(connection)("endpoint password /login") == "endpoint password /login"
    assert redactor_of(connection)(f"a {_SECRET}") == "a ***"
