"""What was entered as a secret is in nothing that comes back, is logged or is printed."""

import io
import logging
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from loguru import logger

from builder.web.connecting import connection_reading, redactor_of
from builder.web.forms import read_connection, without_secret
from builder.web.workspace import ConnectionForm, InstallationForm, Workspace

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
    """All that is logged while a test runs, by whatever library."""
    caplog.set_level(logging.DEBUG)
    text = io.StringIO()
    sink = logger.add(text, level="TRACE", backtrace=True, diagnose=True)
    yield lambda: text.getvalue() + caplog.text
    logger.remove(sink)


@pytest.mark.process
@pytest.mark.parametrize("auth_type", _INPUTS)
async def test_a_secret_does_not_come_back(
    auth_type: str,
    post: Callable[..., Any],
    browser: httpx.AsyncClient,
    users: str,
    logged: Callable[[], str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    # Nobody answers at this address, so the errors of the engine are seen too.
    inputs = {"baseUrl": "http://127.0.0.1:9", "authType": auth_type, "timeout": "1", **_INPUTS[auth_type]}
    seen = [
        await post("/connection", **inputs),
        await post("/connection/test", **inputs),
        await post("/endpoint", number="1", kind="/users"),
        await post("/endpoint/paste", number="1", pasted=users),
        await post("/port", client_id="me", client_secret=_SECRET),
        (await browser.get("/")).text,
        (await browser.get("/preview")).text,
    ]
    archive = zipfile.ZipFile(io.BytesIO((await browser.get("/archive")).raise_for_status().content))
    seen += [archive.read(name).decode() for name in archive.namelist()]
    out, err = capfd.readouterr()
    assert len(archive.namelist()) > 10
    assert not [text for text in [*seen, logged(), out, err] if _SECRET in text]


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


async def test_an_empty_input_keeps_the_secret_and_forgetting_ends_it() -> None:
    kept = read_connection(ConnectionForm(), {"authType": "bearer_token", "apiToken": _SECRET})
    again = read_connection(kept, {"authType": "bearer_token", "apiToken": ""})
    assert connection_reading(again).config["apiToken"] == _SECRET
    assert "apiToken" not in connection_reading(without_secret(again, "apiToken")).config


async def test_forgetting_empties_the_input_and_says_that_nothing_is_kept(post: Callable[..., Any]) -> None:
    kept = await post("/connection", authType="bearer_token", apiToken=_SECRET)
    assert '<span id="kept-apiToken" hx-swap-oob="innerHTML" >Kept in memory only.</span>' in kept
    answer = await post("/connection/forget/apiToken", authType="bearer_token", apiToken=_SECRET)
    assert answer.lstrip().startswith('<div class="field" id="field-apiToken">')
    assert "Kept in memory" not in answer


async def test_port_s_secret_is_kept_until_it_is_forgotten(post: Callable[..., Any]) -> None:
    await post("/connection", baseUrl="https://api.example.com")
    assert 'data-mistake="client_secret"' in await post("/port", client_id="me", client_secret="")
    await post("/port", client_id="me", client_secret=_SECRET)
    assert 'data-mistake="client_secret"' not in await post("/port", client_id="me", client_secret="")
    await post("/port/forget")
    assert 'data-mistake="client_secret"' in await post("/port", client_id="me", client_secret="")


def test_a_workspace_shows_no_secret_to_whoever_prints_it() -> None:
    connection = read_connection(ConnectionForm(), {"authType": "basic", **_INPUTS["basic"]})
    workspace = Workspace(connection, installation=InstallationForm(client_secret=_SECRET))
    assert _SECRET not in repr(workspace)


def test_words_of_the_settings_are_not_taken_for_secrets() -> None:
    connection = read_connection(ConnectionForm(), {"authType": "custom", **_INPUTS["custom"]})
    assert redactor_of(connection)("endpoint password /login") == "endpoint password /login"
    assert redactor_of(connection)(f"a {_SECRET}") == "a ***"
