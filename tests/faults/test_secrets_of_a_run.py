"""A whole `ocean sail` at DEBUG, with each way of authentication: where do the secrets come out?

Looked through are its output, its metrics, all that it says to Port, its arguments and what it leaves behind;
and, where the tests are root's, all that another user of the machine sees of it meanwhile.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.process, pytest.mark.no_cover]

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
PROXY_PASSWORD = "Ky3.proxy-made-up"
ACCESS = "Zr4.Access-made_up"
CLIENT = {"clientId": "amy", "clientSecret": PASSWORD, "tokenUrl": "/login"}
SCHEMES: dict[str, tuple[Json, list[str]]] = {
    "none": ({}, []),
    "bearer_token": ({"authType": "bearer_token", "authValue": TOKEN}, [TOKEN]),
    "api_key": ({"authType": "api_key", "apiKey": TOKEN}, [TOKEN]),
    "api_key_param": ({"authType": "api_key", "apiKey": TOKEN, "apiKeyParam": "key"}, [TOKEN]),
    "basic": ({"authType": "basic", "username": "amy", "password": PASSWORD}, [PASSWORD]),
    "oauth2": ({"authType": "oauth2", **CLIENT}, [PASSWORD, ACCESS]),
    "oauth2_basic": ({"authType": "oauth2", "tokenAuth": "basic", **CLIENT}, [PASSWORD, ACCESS]),
    "custom": (
        {
            "authType": "custom",
            "customAuthRequest": {"endpoint": "/login", "body": {"user": "amy", "password": PASSWORD}},
            "customAuthRequestTemplate": {"headers": {"X-Session": "{{.access_token}}"}},
        },
        [PASSWORD, ACCESS],
    ),
}
# Ocean's processing mode, the sandbox's, and whether Ocean maps and sends metrics itself.
MODES = {"ocean-core": "ocean", "dsp": "dsp"}
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
# Where Ocean and Python leave things besides.
SHARED = ("/tmp/ocean", "/dev/shm")  # noqa: S108 - looked at only
ONLOOKER = Path(__file__).with_name("onlooker.py")
# What answers with what it was asked, each in its way.
REPEATING = ("/refused", "/failed", "/page_for_people", "/linked", "/elsewhere")


def told_back(asked: str) -> str:
    """A request, with what stands last in it first: a message shows 200 letters."""
    return "\n".join(reversed(asked.splitlines()))


@pytest.fixture
def repeating(api: Any, stranger: Any, web_reply: Any) -> Any:
    """An API whose errors repeat what they were asked."""
    api.answers |= {
        "/login": web_reply({"access_token": ACCESS}),
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
    """`ocean sail` in a process group of its own, and all that can be seen of it.

    by_others: what another user saw, by its kind; empty where we are not root.
    """

    def __init__(self, installation: Any) -> None:
        self._environ = installation.environment()
        self.arguments: set[str] = set()
        self.metrics = ""
        self.by_others: dict[str, list[str]] = {}

    def sail(self, log: Path) -> str:
        """Its output, once it has ended."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(Path(sys.executable).with_name("ocean")), "sail"],
                cwd=ROOT,
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            with self._seen_by_others(process.pid):
                while True:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=0.1)
                        break
                    self._look(process.pid)
        return log.read_text(encoding="utf-8")

    @contextmanager
    def _seen_by_others(self, group: int) -> Iterator[None]:
        if not IS_ROOT:
            yield
            return
        places = [self._environ["TMPDIR"], *SHARED]
        program = [sys.executable, str(ONLOOKER), str(group), self._environ["APPLICATION__PORT"], *places]
        with subprocess.Popen(program, cwd="/", stdout=subprocess.PIPE, text=True) as onlooker:
            yield
            said, _ = onlooker.communicate(timeout=60)
        self.by_others = json.loads(said)

    def _look(self, group: int) -> None:
        self.arguments |= set(_arguments(group))
        with suppress(httpx.HTTPError):
            self.metrics += httpx.get(f"http://127.0.0.1:{self._environ['APPLICATION__PORT']}/metrics").text


def _arguments(group: int) -> Iterator[str]:
    """Of each process of a group (Linux)."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(folder.name)) == group:
                yield (folder / "cmdline").read_bytes().decode().replace("\0", " ")


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A temporary folder like the system's own: everybody may look into it."""
    with tempfile.TemporaryDirectory(prefix="ocean-custom-tests-") as made:
        folder = Path(made)
        folder.chmod(0o1777)
        yield folder


@pytest.fixture
def processing(port: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """Who makes entities of what is read: Ocean, or Port (DSP)."""
    port.http.patch("/_sandbox/settings", json={"processing": MODES[request.param]}).raise_for_status()
    yield request.param
    port.http.patch("/_sandbox/settings", json={"processing": "ocean"}).raise_for_status()


@dataclass(frozen=True)
class Prepared:
    """An installation whose API repeats in its errors what it was asked. secrets: those of its settings."""

    installation: Any
    secrets: list[str]

    def check(self, log: str) -> None:
        """The resync has sent its secrets to the API, and failed where the API repeats them."""
        states = dict(self.installation.port.states(self.installation.identifier))
        assert states == {"/good": "completed", **dict.fromkeys(REPEATING, "failed")}, log
        assert "DEBUG" in log


@pytest.fixture
def prepare(install: Callable[..., Any], port: Any, proxy: Any, repeating: Any, shared_folder: Path) -> Any:
    """Prepares an installation for a scheme and a processing mode."""

    def prepare(scheme: str, processing: str) -> Prepared:
        own, secrets = SCHEMES[scheme]
        mapping = {"resources": [entry(path) for path in ("/good", *REPEATING)]}
        port.prepare(mapping)
        environ = {
            "OCEAN__PORT__BASE_URL": proxy.url,
            "OCEAN__PROCESSING_MODE": processing,
            "APPLICATION__LOG_LEVEL": "DEBUG",
            "MADE_UP": VARIABLE,
            "TMPDIR": str(shared_folder),
        }
        installation = install({"baseUrl": repeating.url, **ALWAYS, **own}, environ=environ)
        port.install(installation.identifier, mapping)
        return Prepared(installation, [*secrets, *ALWAYS_SECRET])

    return prepare


def left_in(folder: Path) -> str:
    """Return names and contents of the files below a folder."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return "\n".join(f"{file}\n{file.read_bytes().decode(errors='replace')}" for file in files)


@pytest.mark.parametrize("processing", MODES, indirect=True)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_secret_comes_out_nowhere(
    scheme: str, processing: str, prepare: Any, proxy: Any, repeating: Any, shared_folder: Path, leaks: Any
) -> None:
    prepared = prepare(scheme, processing)
    log = prepared.installation.sail().stdout
    prepared.check(log)
    assert leaks("\n".join(repeating.requests), prepared.secrets) != []
    assert ("/lakehouse/" in proxy.text or "/raw" in proxy.text) == (processing == "dsp")
    seen = {"output": log, "files": left_in(shared_folder), "Port": proxy.text}
    assert {where: found for where, text in seen.items() if (found := leaks(text, prepared.secrets))} == {}


@pytest.mark.parametrize(
    ("scheme", "processing"), [("bearer_token", "ocean-core"), ("custom", "dsp")], indirect=["processing"]
)
def test_running_process_shows_no_secret(
    scheme: str, processing: str, prepare: Any, shared_folder: Path, tmp_path: Path, leaks: Any
) -> None:
    """What a process shows does not depend on the scheme: a static secret, and a login in the other mode."""
    prepared = prepare(scheme, processing)
    watched = Watched(prepared.installation)
    log = watched.sail(tmp_path / "log")
    prepared.check(log)
    assert any("ocean sail" in arguments for arguments in watched.arguments)
    assert watched.metrics
    seen = {
        "output": log,
        "metrics": watched.metrics,
        "arguments": "\n".join(watched.arguments),
        "files": left_in(shared_folder),
        **{f"{name}, by another user": "\n".join(texts) for name, texts in watched.by_others.items()},
    }
    assert {where: found for where, text in seen.items() if (found := leaks(text, prepared.secrets))} == {}
    if IS_ROOT:
        assert {"cmdline", "status", "answers"} <= watched.by_others.keys()
        assert not {"environ", "open files"} & watched.by_others.keys()


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


def test_password_of_a_proxy_and_what_it_reads_come_out_nowhere(
    install: Callable[..., Any], port: Any, proxy: Any, api: Any, web_reply: Any, leaks: Any
) -> None:
    """One that repeats in its refusal what it was sent, its own credentials too, on the way to plain http."""

    def refusal(asked: str) -> Any:
        lines = asked.splitlines()
        return web_reply(sorted(lines, key=lambda line: not line.startswith("Proxy-Authorization")), 403)

    api.answers["http://api.example.com/items"] = refusal
    mapping = {"resources": [entry("/items")]}
    port.prepare(mapping)
    environ = {
        "OCEAN__PORT__BASE_URL": proxy.url,
        "APPLICATION__LOG_LEVEL": "DEBUG",
        "MADE_UP": VARIABLE,
        "HTTP_PROXY": f"http://amy:{PROXY_PASSWORD}@{api.place}",
        "NO_PROXY": "127.0.0.1,localhost",
    }
    settings = {"baseUrl": "http://api.example.com", **ALWAYS, **SCHEMES["bearer_token"][0]}
    run = install(settings, environ=environ).sync(mapping)
    assert run.failed == ["/items"], run.log
    wanted = [PROXY_PASSWORD, f"amy:{PROXY_PASSWORD}", TOKEN, *ALWAYS_SECRET]
    assert leaks("\n".join(api.requests), [TOKEN]) != []
    assert "Proxy-Authorization: Basic" in api.requests[0]
    assert f"The proxy {api.place} can read the credentials: requests to http://api.example.com" in run.log
    assert "Proxy-Authorization: Basic ***" in run.log
    assert leaks(run.log, wanted) == []
    assert leaks(proxy.text, wanted) == []


def test_token_that_a_login_gave_is_in_no_example(
    install: Callable[..., Any], port: Any, proxy: Any, api: Any, web_reply: Any, leaks: Any
) -> None:
    """Nor in Ocean's log, to the last letter."""
    api.answers["/login"] = web_reply({"access_token": ACCESS})
    api.answers["/told"] = lambda asked: web_reply({"items": [{"id": 1, "request": asked}]})
    mapping = {"resources": [entry("/told")]}
    port.prepare(mapping)
    environ = {"OCEAN__PORT__BASE_URL": proxy.url, "MADE_UP": VARIABLE, "APPLICATION__LOG_LEVEL": "DEBUG"}
    run = install({"baseUrl": api.url, **ALWAYS, **SCHEMES["oauth2"][0]}, environ=environ).sync(mapping)
    assert run.failed == [], run.log
    assert leaks("\n".join(api.requests), [ACCESS]) != []
    assert "Bearer ***" in proxy.text
    assert leaks(f"{proxy.text}\n{run.log}", [ACCESS, PASSWORD, *ALWAYS_SECRET]) == []
