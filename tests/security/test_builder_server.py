"""The builder's server: entered secrets are in no response and no output."""

import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.leaks import leaks
from tests.servers import client_of

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
SECRET = 'Qs5:pass"word/ö+made up'
TOKEN = "Xk7+q/9=token&made-up"
CUSTOM, PARAMETER, PORT_S = "Hv8/header=made:up", "Pw2 param&made=up/", "Zt3+port.secret/made=up"
ALWAYS = {"customHeaders": f"X-Own: {CUSTOM}", "customQueryParams": f"sig={PARAMETER}"}
ALWAYS_SECRET = [CUSTOM, PARAMETER, PORT_S]
# The inputs of each authentication type, and the secrets among them.
SCHEMES: dict[str, tuple[dict[str, str], list[str]]] = {
    "none": ({}, []),
    "bearer_token": ({"apiToken": TOKEN}, [TOKEN]),
    "api_key": ({"apiKey": TOKEN, "apiKeyHeader": "X-Key"}, [TOKEN]),
    "api_key in the query": ({"apiKey": TOKEN, "apiKeyParam": "key"}, [TOKEN]),
    "basic": ({"username": "amy", "password": SECRET}, [SECRET]),
    "oauth2": ({"tokenUrl": "/login", "clientId": "app", "clientSecret": SECRET}, [SECRET]),
    "custom": (
        {
            "customAuthRequest": '{"endpoint": "/login", "body": {"password": "made-up-Walrus"}}',
            "customAuthRequestTemplate": '{"headers": {"X-Session": "{{.access_token}}"}}',
        },
        ["made-up-Walrus"],
    ),
}
_START_TIMEOUT_S = 30
PATHS = ("/users", "/refused", "/failed", "/people", "/nowhere")


@dataclass
class Page:
    """A browser that opened the address, and all responses that it received."""

    http: httpx.Client
    responses: list[str] = field(default_factory=list)

    def get(self, path: str) -> httpx.Response:
        return self._record(self.http.get(path))

    def post(self, path: str, **inputs: str) -> httpx.Response:
        return self._record(self.http.post(path, data=inputs))

    def _record(self, response: httpx.Response) -> httpx.Response:
        self.responses.append(f"{response.status_code}\n{response.headers}\n{response.text}")
        return response

    def record_archive(self) -> int:
        """Record the files of the archive, and return their number."""
        archive = zipfile.ZipFile(io.BytesIO(self.http.get("/archive").raise_for_status().content))
        self.responses += [f"{name}\n{archive.read(name).decode()}" for name in archive.namelist()]
        return len(archive.namelist())


@dataclass(frozen=True)
class Builder:
    """The server in its own process. Each test starts over with its single session."""

    http: httpx.Client
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8")


@contextmanager
def started(log: Path, *options: str, **environ: str) -> Iterator[str]:
    """Start the server and yield the first address that it prints."""
    command = [sys.executable, "-u", "-m", "builder.web", "--port", "0", *options]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **environ}
        )
    try:
        yield until(lambda: address_in(log), process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def until[T](found: Callable[[], T | None], process: subprocess.Popen[bytes]) -> T:
    """Wait for a result other than None."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while (result := found()) is None:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


def address_in(log: Path) -> str | None:
    found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+\s", log.read_text(encoding="utf-8"))
    return found[0].strip() if found else None


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    log = tmp_path_factory.mktemp("builder") / "log"
    with started(log) as address, client_of(address.partition("/?")[0]) as http:
        http.get(address).raise_for_status()
        found = re.search(r'"X-Builder-Token": "([^"]+)"', http.get("/").raise_for_status().text)
        assert found
        http.headers["X-Builder-Token"] = found[1]
        yield Builder(http, log)
    every_secret = [secret for _, secrets in SCHEMES.values() for secret in secrets]
    assert leaks(log.read_text(encoding="utf-8"), [*every_secret, *ALWAYS_SECRET]) == []


@pytest.fixture
def page(builder: Builder) -> Page:
    builder.http.post("/anew").raise_for_status()
    return Page(builder.http)


def reversed_lines(request: str) -> str:
    """Return the lines of a request in reverse, so that a truncated text has the last ones."""
    return "\n".join(reversed(request.splitlines()))


@pytest.fixture
def repeating(api: Any, web_reply: Any) -> Any:
    """An API that repeats the request in its responses."""
    api.answers |= {
        "/login": web_reply({"access_token": "Zr4.Access-made_up"}),
        "/users": web_reply([{"id": number, "name": f"User {number}"} for number in range(3)]),
        "/echo": lambda request: web_reply([{"id": 1, "request": reversed_lines(request)}]),
        "/refused": lambda request: web_reply({"error": reversed_lines(request)}, 400),
        "/failed": lambda request: web_reply({"error": reversed_lines(request)}, 500, {"Retry-After": "0"}),
        "/people": lambda request: web_reply(reversed_lines(request), 200, {"Content-Type": "text/html"}),
    }
    return api


@pytest.mark.parametrize("scheme", SCHEMES)
def test_entered_secret_is_in_no_response_and_no_output(
    scheme: str, page: Page, builder: Builder, repeating: Any
) -> None:
    inputs, secrets = SCHEMES[scheme]
    connection = {
        "baseUrl": repeating.url,
        "authType": scheme.split()[0],
        "maxRetries": "0",
        **ALWAYS,
        **inputs,
    }
    page.post("/connection", **connection).raise_for_status()
    page.post("/connection/test", **connection).raise_for_status()
    for path in PATHS:
        page.post("/endpoint", number="1", kind=path).raise_for_status()
        page.post("/endpoint/fetch", number="1", kind=path)
        page.get("/preview")
        if path == "/users":
            assert page.record_archive() > 10
            page.post("/port", client_id="me", client_secret=PORT_S, port_url=repeating.url)
            page.post("/installation", client_id="me", client_secret=PORT_S)
    page.post("/connection", **connection, timeout="soon")
    page.get("/")
    printed = builder.printed()
    entered_secrets = [*secrets, *ALWAYS_SECRET]
    assert leaks("\n".join(repeating.requests), [*secrets, CUSTOM, PARAMETER]) != []
    assert leaks(printed, entered_secrets) == []
    assert [found for text in page.responses if (found := leaks(text, entered_secrets))] == []


def test_a_repeated_request_is_shown_without_its_secrets(page: Page, repeating: Any) -> None:
    """Proves that the test above does not pass only because nothing is shown."""
    inputs, _ = SCHEMES["bearer_token"]
    page.post(
        "/connection", baseUrl=repeating.url, authType="bearer_token", maxRetries="0", **ALWAYS, **inputs
    )
    shown = page.post("/endpoint/fetch", number="1", kind="/refused").text
    assert "status 400 Bad Request" in shown
    assert "X-Own: ***" in shown


@pytest.mark.parametrize("scheme", ["basic", "custom"])
def test_secret_that_an_api_repeats_in_its_items_is_masked_on_the_page(
    scheme: str, page: Page, repeating: Any
) -> None:
    inputs, secrets = SCHEMES[scheme]
    page.post("/connection", baseUrl=repeating.url, authType=scheme, maxRetries="0", **ALWAYS, **inputs)
    page.post("/endpoint/fetch", number="1", kind="/echo").raise_for_status()
    page.get("/preview")
    assert leaks("\n".join(page.responses), [*secrets, *ALWAYS_SECRET]) == []


def test_the_browser_is_opened_without_a_token_in_its_arguments(tmp_path: Path) -> None:
    """All users of the machine see the arguments, but only the owner can read the file."""
    home, log, seen = tmp_path / "home", tmp_path / "log", tmp_path / "seen"
    home.mkdir()
    browser = tmp_path / "browser"
    browser.write_text(_BROWSER.format(python=sys.executable, seen=str(seen)))
    browser.chmod(0o700)
    with started(log, "--open", HOME=str(home), BROWSER=f"{browser} %s") as address:
        wait_for(seen)
        arguments, modes, status, page, left = json.loads(seen.read_text(encoding="utf-8"))
        with client_of(address.partition("/?")[0]) as http:
            assert http.get(address).status_code == 200, "the printed address is a different one"
    assert arguments[0].startswith("file://")
    assert "token" not in " ".join(arguments)
    assert modes == ["0o700", "0o600"]
    assert (status, left) == (200, [])
    assert "Open the builder" in page
    assert re.findall(r"token=(\S+)", log.read_text(encoding="utf-8")) != []
    assert list(home.iterdir()) == []


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


_BROWSER = """#!{python}
import json, os, re, stat, sys, threading, urllib.request
from pathlib import Path
from urllib.parse import unquote, urlsplit

def open_it():
    file = Path(unquote(urlsplit(sys.argv[1]).path))
    modes = [oct(stat.S_IMODE(each.stat().st_mode)) for each in (file.parent, file)]
    address = re.search(r'url=([^"]+)"', file.read_text())[1]
    with urllib.request.urlopen(address) as answer:
        found = sys.argv[1:], modes, answer.status, answer.read().decode(), os.listdir(file.parents[1])
    Path("{seen}.part").write_text(json.dumps(found))
    os.rename("{seen}.part", "{seen}")

if os.fork() == 0:  # a browser does not keep its caller waiting
    open_it()
"""
