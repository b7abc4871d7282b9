"""A whole `ocean sail` at DEBUG with each authentication scheme shows no secret.

The tests search its output, metrics, requests to Port, arguments and files. If they run as root, they also
search everything that another user of the machine can read meanwhile.
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
PROXY_PASSWORD = "Ky3.proxy-made-up"
ACCESS = "Zr4.Access-made_up"
CLIENT = {"clientId": "amy", "clientSecret": PASSWORD, "tokenUrl": "/login"}
SCHEMES: dict[str, tuple[Json, list[str]]] = {
    "none": ({}, []),
    "bearer_token": ({"authType": "bearer_token", "authValue": TOKEN}, [TOKEN]),
    "api_key": ({"authType": "api_key", "apiKey": TOKEN}, [TOKEN]),
    "api_key_param": ({"authType": "api_key", "apiKey": TOKEN, "apiKeyParam": "key"}, [TOKEN]),
    "basic": ({"authType": "basic", "username": "amy", "password": PASSWORD}, [PASSWORD]),
    "signature": (
        {
            "authType": "signature",
            "authValue": TOKEN,
            "signature": {
                "signed": "{{.target}}",
                "headers": {"Authorization": "{{.secret}} {{.signature}}"},
            },
        },
        [TOKEN],
    ),
    "aws": (
        {
            "authType": "aws",
            "aws": {"region": "eu-central-1", "service": "execute-api"},
            "awsAccessKeyId": "AKIDMADEUP",
            "awsSecretAccessKey": PASSWORD,
            "awsSessionToken": TOKEN,
        },
        ["AKIDMADEUP", PASSWORD, TOKEN],
    ),
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
# Ocean's processing modes, each with the sandbox's name for it.
MODES = {"ocean-core": "ocean", "dsp": "dsp"}
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
# Other folders in which Ocean and Python leave files.
SHARED = ("/tmp/ocean", "/dev/shm")  # noqa: S108 - only read
ONLOOKER = Path(__file__).with_name("onlooker.py")
# Paths whose responses repeat the request, each in a different way.
REPEATING = ("/refused", "/failed", "/page_for_people", "/linked", "/elsewhere")


def reversed_lines(request: str) -> str:
    """Return a request's lines in reverse order. A message shows only the first 200 characters."""
    return "\n".join(reversed(request.splitlines()))


@pytest.fixture
def repeating(api: Any, stranger: Any, web_reply: Any) -> Any:
    """Return an API whose errors repeat their request."""
    api.answers |= {
        "/login": web_reply({"access_token": ACCESS}),
        "/good": web_reply({"items": [{"id": number} for number in range(30)]}),
        "/refused": lambda request: web_reply({"error": reversed_lines(request)}, 400),
        "/failed": lambda request: web_reply({"error": reversed_lines(request)}, 500, {"Retry-After": "0"}),
        "/page_for_people": lambda request: web_reply(
            reversed_lines(request), 200, {"Content-Type": "text/html"}
        ),
        "/linked": lambda request: web_reply(
            {"items": [{"id": 1}], "next": f"{stranger.url}/?{request.split()[1]}"}
        ),
        "/elsewhere": lambda request: web_reply({reversed_lines(request): 1}),
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
    """`ocean sail` in its own process group, and everything that is visible of it.

    by_others: texts that another user read, by source. Empty unless the tests run as root.
    """

    def __init__(self, installation: Any) -> None:
        self._environ = installation.environment()
        self.arguments: set[str] = set()
        self.metrics = ""
        self.by_others: dict[str, list[str]] = {}

    def sail(self, log: Path) -> str:
        """Run it to its end and return its output."""
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
            output_text, _ = onlooker.communicate(timeout=60)
        self.by_others = json.loads(output_text)

    def _look(self, group: int) -> None:
        self.arguments |= set(_arguments(group))
        with suppress(httpx.HTTPError):
            self.metrics += httpx.get(f"http://127.0.0.1:{self._environ['APPLICATION__PORT']}/metrics").text


def _arguments(group: int) -> Iterator[str]:
    """Yield the arguments of each process of a group (Linux)."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(folder.name)) == group:
                yield (folder / "cmdline").read_bytes().decode().replace("\0", " ")


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Return a temporary folder that everybody may read, like the system's own."""
    with tempfile.TemporaryDirectory(prefix="ocean-custom-tests-") as made:
        folder = Path(made)
        folder.chmod(0o1777)
        yield folder


@pytest.fixture
def processing(port: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """Set who maps items to entities: Ocean, or Port (DSP)."""
    port.http.patch("/_sandbox/settings", json={"processing": MODES[request.param]}).raise_for_status()
    yield request.param
    port.http.patch("/_sandbox/settings", json={"processing": "ocean"}).raise_for_status()


@dataclass(frozen=True)
class Prepared:
    """An installation whose API repeats requests in its errors. secrets: those of its settings."""

    installation: Any
    secrets: list[str]

    def check(self, log: str) -> None:
        """Assert that the resync failed for each kind whose API repeats the secrets."""
        states = dict(self.installation.port.states(self.installation.identifier))
        assert states == {"/good": "completed", **dict.fromkeys(REPEATING, "failed")}, log
        assert "DEBUG" in log


@pytest.fixture
def prepare(install: Callable[..., Any], port: Any, proxy: Any, repeating: Any, shared_folder: Path) -> Any:
    """Return a function that prepares an installation for a scheme and a processing mode."""

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
def test_no_secret_leaves_the_run(
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
    """The scheme makes no difference here: one static secret, and one login in the other mode."""
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
    """The API repeats the request in its items. The mapping does not use that field."""
    api.answers["/echo"] = lambda request: web_reply({"items": [{"id": 1, "request": request}]})
    mapping = {"resources": [entry("/echo")]}
    port.prepare(mapping)
    environ = {"OCEAN__PORT__BASE_URL": proxy.url, "MADE_UP": VARIABLE}
    run = install({"baseUrl": api.url, **ALWAYS, **SCHEMES["bearer_token"][0]}, environ=environ).sync(mapping)
    assert run.failed == [], run.log
    assert leaks("\n".join(api.requests), ALWAYS_SECRET) != []
    assert leaks(proxy.text, [TOKEN, *ALWAYS_SECRET]) == []


def test_proxy_password_and_credentials_that_a_proxy_repeats_are_masked(
    install: Callable[..., Any], port: Any, proxy: Any, api: Any, web_reply: Any, leaks: Any
) -> None:
    """A proxy for plain http repeats the request in its error, including its own credentials."""

    def refusal(request: str) -> Any:
        lines = request.splitlines()
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
    secrets = [PROXY_PASSWORD, f"amy:{PROXY_PASSWORD}", TOKEN, *ALWAYS_SECRET]
    assert leaks("\n".join(api.requests), [TOKEN]) != []
    assert "Proxy-Authorization: Basic" in api.requests[0]
    assert f"The proxy {api.place} can read the credentials: requests to http://api.example.com" in run.log
    assert "Proxy-Authorization: Basic ***" in run.log
    assert leaks(run.log, secrets) == []
    assert leaks(proxy.text, secrets) == []


def test_token_of_a_login_is_in_no_example(
    install: Callable[..., Any], port: Any, proxy: Any, api: Any, web_reply: Any, leaks: Any
) -> None:
    """Nor in Ocean's log, not even in part."""
    api.answers["/login"] = web_reply({"access_token": ACCESS})
    api.answers["/echo"] = lambda request: web_reply({"items": [{"id": 1, "request": request}]})
    mapping = {"resources": [entry("/echo")]}
    port.prepare(mapping)
    environ = {"OCEAN__PORT__BASE_URL": proxy.url, "MADE_UP": VARIABLE, "APPLICATION__LOG_LEVEL": "DEBUG"}
    run = install({"baseUrl": api.url, **ALWAYS, **SCHEMES["oauth2"][0]}, environ=environ).sync(mapping)
    assert run.failed == [], run.log
    assert leaks("\n".join(api.requests), [ACCESS]) != []
    assert "Bearer ***" in proxy.text
    assert leaks(f"{proxy.text}\n{run.log}", [ACCESS, PASSWORD, *ALWAYS_SECRET]) == []
