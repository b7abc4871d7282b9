"""The builder as a server: secrets that are typed into it are in no answer, and in nothing it prints."""

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
# What is typed into the page, and which of it is secret.
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
_LONGEST_START_S = 30
PATHS = ("/users", "/refused", "/failed", "/people", "/nowhere")


@dataclass
class Page:
    """A browser that opened the address, and everything that it was given."""

    http: httpx.Client
    seen: list[str] = field(default_factory=list)

    def get(self, path: str) -> httpx.Response:
        return self._kept(self.http.get(path))

    def post(self, path: str, **inputs: str) -> httpx.Response:
        return self._kept(self.http.post(path, data=inputs))

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        self.seen.append(f"{answer.status_code}\n{answer.headers}\n{answer.text}")
        return answer

    def keep_archive(self) -> int:
        """How many files it holds."""
        archive = zipfile.ZipFile(io.BytesIO(self.http.get("/archive").raise_for_status().content))
        self.seen += [f"{name}\n{archive.read(name).decode()}" for name in archive.namelist()]
        return len(archive.namelist())


@dataclass(frozen=True)
class Builder:
    """The server in a process of its own, with one memory for all tests: each begins it anew."""

    http: httpx.Client
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8")


@contextmanager
def started(log: Path, *options: str, **environ: str) -> Iterator[str]:
    """The server, and the address that it prints first."""
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
    """What is there in the end."""
    deadline = time.monotonic() + _LONGEST_START_S
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


def told_back(asked: str) -> str:
    """A request, with what stands last in it first."""
    return "\n".join(reversed(asked.splitlines()))


@pytest.fixture
def repeating(api: Any, web_reply: Any) -> Any:
    """An API whose errors say what it was asked."""
    api.answers |= {
        "/login": web_reply({"access_token": "Zr4.Access-made_up"}),
        "/users": web_reply([{"id": number, "name": f"User {number}"} for number in range(3)]),
        "/told": lambda asked: web_reply([{"id": 1, "told": told_back(asked)}]),
        "/refused": lambda asked: web_reply({"error": told_back(asked)}, 400),
        "/failed": lambda asked: web_reply({"error": told_back(asked)}, 500, {"Retry-After": "0"}),
        "/people": lambda asked: web_reply(told_back(asked), 200, {"Content-Type": "text/html"}),
    }
    return api


@pytest.mark.parametrize("scheme", SCHEMES)
def test_secret_that_is_typed_comes_back_nowhere(
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
            assert page.keep_archive() > 10
            page.post("/port", client_id="me", client_secret=PORT_S, port_url=repeating.url)
            page.post("/installation", client_id="me", client_secret=PORT_S)
    page.post("/connection", **connection, timeout="soon")
    page.get("/")
    printed = builder.printed()
    wanted = [*secrets, *ALWAYS_SECRET]
    assert leaks("\n".join(repeating.requests), [*secrets, CUSTOM, PARAMETER]) != []
    assert leaks(printed, wanted) == []
    assert [found for text in page.seen if (found := leaks(text, wanted))] == []


def test_what_an_api_repeats_is_shown_but_for_the_secrets(page: Page, repeating: Any) -> None:
    """Else the test above would find nothing because nothing was shown."""
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
    page.post("/endpoint/fetch", number="1", kind="/told").raise_for_status()
    page.get("/preview")
    assert leaks("\n".join(page.seen), [*secrets, *ALWAYS_SECRET]) == []


def test_the_browser_is_opened_without_a_token_in_its_arguments(tmp_path: Path) -> None:
    """Everybody on the machine sees the arguments; the file that they name is for its owner alone."""
    home, log, seen = tmp_path / "home", tmp_path / "log", tmp_path / "seen"
    home.mkdir()
    browser = tmp_path / "browser"
    browser.write_text(_BROWSER.format(python=sys.executable, seen=str(seen)))
    browser.chmod(0o700)
    with started(log, "--open", HOME=str(home), BROWSER=f"{browser} %s") as address:
        wait_for(seen)
        arguments, modes, status, page, left = json.loads(seen.read_text(encoding="utf-8"))
        with client_of(address.partition("/?")[0]) as http:
            assert http.get(address).status_code == 200, "the printed address is another"
    assert arguments[0].startswith("file://")
    assert "token" not in " ".join(arguments)
    assert modes == ["0o700", "0o600"]
    assert (status, left) == (200, [])
    assert "Open the builder" in page
    assert re.findall(r"token=(\S+)", log.read_text(encoding="utf-8")) != []
    assert list(home.iterdir()) == []


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + _LONGEST_START_S
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
