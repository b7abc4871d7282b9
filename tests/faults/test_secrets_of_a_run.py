"""A whole `ocean sail` at DEBUG, with each way of authentication: where do the secrets come out?

Looked through are its output, its metrics, all that it says to Port, its arguments and what it leaves behind.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
TOKEN = "Xk7+q/9=token&made-up"
PASSWORD = 'Qs5:pass"word/ö+made up'
CUSTOM, PARAMETER, VARIABLE = "Hv8/header=made:up", "Pw2 param&made=up/", "Vn6+variable,made.up"
ALWAYS_SECRET = [CUSTOM, PARAMETER, VARIABLE]
ALWAYS = {
    "customHeaders": {"X-Own": CUSTOM, "X-Var": "${MADE_UP}"},
    "customQueryParams": {"sig": PARAMETER},
    "maxRetries": 1,
}
SCHEMES: dict[str, tuple[Json, list[str]]] = {
    "bearer_token": ({"authType": "bearer_token", "authValue": TOKEN}, [TOKEN]),
    "api_key": ({"authType": "api_key", "apiKey": TOKEN, "apiKeyParam": "key"}, [TOKEN]),
    "basic": ({"authType": "basic", "username": "amy", "password": PASSWORD}, [PASSWORD]),
    "oauth2": (
        {"authType": "oauth2", "clientId": "amy", "clientSecret": PASSWORD, "tokenUrl": "/login"},
        [PASSWORD],
    ),
    "custom": (
        {
            "authType": "custom",
            "customAuthRequest": {"endpoint": "/login", "body": {"user": "amy", "password": PASSWORD}},
            "customAuthRequestTemplate": {"headers": {"X-Session": "{{.access_token}}"}},
        },
        [PASSWORD],
    ),
}
# What answers with what it was asked, each in its way.
REPEATING = ("/refused", "/failed", "/page_for_people", "/linked", "/elsewhere")


def told_back(asked: str) -> str:
    """A request, with what stands last in it first: a message shows 200 letters."""
    return "\n".join(reversed(asked.splitlines()))


@pytest.fixture
def repeating(api: Any, stranger: Any, web_reply: Any) -> Any:
    """An API whose errors repeat what they were asked."""
    api.answers |= {
        "/login": web_reply({"access_token": "Zr4.Access-made_up"}),
        "/good": web_reply({"items": [{"id": number} for number in range(30)]}),
        "/refused": lambda asked: web_reply({"error": told_back(asked)}, 400),
        "/failed": lambda asked: web_reply({"error": told_back(asked)}, 500, {"Retry-After": "0"}),
        "/page_for_people": lambda asked: web_reply(told_back(asked), 200, {"Content-Type": "text/html"}),
        "/linked": lambda asked: web_reply(
            {"items": [{"id": 1}], "next": f"{stranger.url}/?{asked.split()[1]}"}
        ),
        "/elsewhere": lambda asked: web_reply({told_back(asked): 1}),
    }
    return api


def entry(path: str) -> Json:
    mappings = {"identifier": ".id", "blueprint": '"item"'}
    return {
        "kind": path,
        "selector": {"query": "true", "data_path": ".items", "pagination": {"type": "next_link"}},
        "port": {"entity": {"mappings": mappings}},
    }


class Watched:
    """`ocean sail` in a process group of its own, and all that can be seen of it."""

    def __init__(self, installation: Any, folder: Path) -> None:
        self._environ = {**installation.environment(), "TMPDIR": str(folder)}
        self._folder = folder
        self.arguments: set[str] = set()
        self.metrics = ""

    def sail(self) -> str:
        """Its output, once it has ended."""
        log = self._folder.with_name("log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(Path(sys.executable).with_name("ocean")), "sail"],
                cwd=ROOT,
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            while True:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.1)
                    break
                self._look(process.pid)
        return log.read_text(encoding="utf-8")

    def _look(self, group: int) -> None:
        self.arguments |= set(_arguments(group))
        with suppress(httpx.HTTPError):
            self.metrics += httpx.get(f"http://127.0.0.1:{self._environ['APPLICATION__PORT']}/metrics").text

    @property
    def left(self) -> str:
        """Names and contents of the files that it left in its temporary folder."""
        files = [file for file in self._folder.rglob("*") if file.is_file()]
        return "\n".join(f"{file}\n{file.read_bytes().decode(errors='replace')}" for file in files)


def _arguments(group: int) -> Iterator[str]:
    """Of each process of a group (Linux)."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(folder.name)) == group:
                yield (folder / "cmdline").read_bytes().decode().replace("\0", " ")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_secret_comes_out_nowhere(
    scheme: str,
    install: Callable[..., Any],
    port: Any,
    proxy: Any,
    repeating: Any,
    tmp_path: Path,
    leaks: Any,
) -> None:
    own, secrets = SCHEMES[scheme]
    mapping = {"resources": [entry(path) for path in ("/good", *REPEATING)]}
    port.prepare(mapping)
    environ = {
        "OCEAN__PORT__BASE_URL": proxy.url,
        "APPLICATION__LOG_LEVEL": "DEBUG",
        "MADE_UP": VARIABLE,
    }
    installation = install({"baseUrl": repeating.url, **ALWAYS, **own}, environ=environ)
    port.install(installation.identifier, mapping)
    folder = tmp_path / "temporary"
    folder.mkdir()
    watched = Watched(installation, folder)
    log = watched.sail()
    states = dict(port.states(installation.identifier))
    assert states == {"/good": "completed", **dict.fromkeys(REPEATING, "failed")}, log
    wanted = [*secrets, *ALWAYS_SECRET]
    assert leaks("\n".join(repeating.requests), wanted) != []
    assert "DEBUG" in log
    assert "duration_seconds" in watched.metrics
    assert any("ocean sail" in arguments for arguments in watched.arguments)
    seen = {
        "output": log,
        "metrics": watched.metrics,
        "arguments": "\n".join(watched.arguments),
        "files": watched.left,
        "Port": proxy.text,
    }
    assert {where: found for where, text in seen.items() if (found := leaks(text, wanted))} == {}


def test_secret_in_an_item_is_in_no_example(
    install: Callable[..., Any], port: Any, proxy: Any, api: Any, web_reply: Any, leaks: Any
) -> None:
    """An API that shows in its items what it was asked; the mapping takes nothing of that."""
    api.answers["/told"] = lambda asked: web_reply({"items": [{"id": 1, "request": asked}]})
    mapping = {"resources": [entry("/told")]}
    port.prepare(mapping)
    environ = {"OCEAN__PORT__BASE_URL": proxy.url, "MADE_UP": VARIABLE}
    run = install({"baseUrl": api.url, **ALWAYS, **SCHEMES["bearer_token"][0]}, environ=environ).sync(mapping)
    assert run.failed == [], run.log
    assert leaks("\n".join(api.requests), ALWAYS_SECRET) != []
    assert leaks(proxy.text, [TOKEN, *ALWAYS_SECRET]) == []
