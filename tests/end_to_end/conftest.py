"""Fixtures that start real processes: the Port sandbox, the sample API and `ocean sail`."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.loopback_server import NOT_FOUND, Request, Response, serving
from tests.servers import ROOT, Command, client_of, trusting_few

SHARED = Path(os.environ.get("SHARED", ROOT.parent / "shared"))


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass(frozen=True)
class PortSandbox:
    """A sandbox that stands for Port. Tests prepare it and inspect its catalog."""

    url: str
    http: httpx.Client

    def reset(self) -> None:
        self.http.post("/_sandbox/reset").raise_for_status()

    def prepare(self, mapping: Mapping[str, Any], relations: Mapping[str, Mapping[str, str]] = {}) -> None:
        """Create the blueprints that the mapping names. Their properties accept any value."""
        body = {**mapping, "relations": relations}
        self.http.post("/_sandbox/blueprints-for-mapping", json=body).raise_for_status()

    def install(self, identifier: str, mapping: Mapping[str, Any], kind: str = "custom") -> None:
        """Save an integration with its mapping, as a user does in Port."""
        body = {
            "installationId": identifier,
            "installationAppType": kind,
            "version": "0.1.0",
            "changelogDestination": {},
            "config": dict(mapping),
        }
        self.http.post(
            "/v1/integration?upsert=true", json=body, headers=self._authorization()
        ).raise_for_status()

    def request_resync(self, identifier: str) -> None:
        """Request a resync of an integration, as a user does in Port."""
        path = f"/v1/integration/{identifier}"
        self.http.patch(path, headers=self._authorization()).raise_for_status()

    def _authorization(self) -> dict[str, str]:
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = self.http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
        return {"Authorization": f"Bearer {token}"}

    def entities(self, blueprint: str) -> dict[str, dict[str, Any]]:
        """Return the entities of a blueprint by identifier."""
        answer = self.http.get("/_sandbox/entities", params={"blueprint": blueprint}).raise_for_status()
        return {entity["identifier"]: entity for entity in answer.json()}

    def counts(self) -> dict[str, int]:
        """Return the number of entities by blueprint."""
        counts: dict[str, int] = self.http.get("/_sandbox/catalog").raise_for_status().json()
        return counts

    def states(self, identifier: str) -> list[tuple[str, str]]:
        """Return the kind and the sync state of each mapping entry, in order."""
        syncs = self.http.get("/_sandbox/syncs", params={"integration": identifier}).raise_for_status().json()
        kinds = [record for record in syncs[0]["kinds"] if not record["kind"].startswith("__")]
        return [(record["kind"], record["syncState"]) for record in kinds]


@dataclass(frozen=True)
class Run:
    """The result of one `ocean sail`: its output and the state of each kind."""

    exit_code: int
    log: str
    states: list[tuple[str, str]]

    @property
    def failed(self) -> list[str]:
        return [kind for kind, state in self.states if state != "completed"]


_STATE = Path("/tmp/ocean/state")  # noqa: S108 - where the integration keeps it


@dataclass
class Installation:
    """An installation of the integration: its settings, and its mapping in the sandbox."""

    port: PortSandbox
    ocean: Command
    settings: dict[str, Any]
    mapping: dict[str, Any] = field(default_factory=dict)
    kind: str = "custom"
    identifier: str = field(default_factory=lambda: f"it-{uuid4().hex[:8]}")
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The folder that the integration keeps for the next resync."""
        names = (self.port.url, "sandbox", self.kind, self.identifier)
        return _STATE / sha256("\0".join(names).encode()).digest()[:16].hex()

    def environment(self) -> dict[str, str]:
        """Return the environment that the Helm chart would set."""
        prefix = "OCEAN__INTEGRATION__CONFIG__"
        config = {f"{prefix}{_snake(name)}": _text(value) for name, value in self.settings.items()}
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("OCEAN__", "APPLICATION__"))
        }
        return {
            **kept,
            "OCEAN__PORT__BASE_URL": self.port.url,
            "OCEAN__PORT__CLIENT_ID": "sandbox",
            "OCEAN__PORT__CLIENT_SECRET": "sandbox",
            "OCEAN__INTEGRATION__IDENTIFIER": self.identifier,
            "OCEAN__INTEGRATION__TYPE": self.kind,
            "OCEAN__EVENT_LISTENER": '{"type": "ONCE"}',
            "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
            # All processes on a machine share the disk cache.
            "OCEAN__CACHING_STORAGE_MODE": "memory",
            "APPLICATION__PORT": str(free_port()),
            **trusting_few(),
            **config,
            **self.environ,
        }

    def sync(self, mapping: Mapping[str, Any] | None = None) -> Run:
        """Run one resync with a real `ocean sail`. A new mapping replaces the installation's."""
        if mapping is not None:
            self.mapping = dict(mapping)
        self.port.install(self.identifier, self.mapping, self.kind)
        done = self.sail()
        return Run(done.returncode, done.stdout, self.port.states(self.identifier))

    def sync_incrementally(self, mapping: Mapping[str, Any] | None = None) -> Run:
        """Run one incremental resync, like the chart's second CronJob."""
        self.environ |= {"OCEAN__INTEGRATION__INCREMENTAL_SYNC_ENABLED": "true"}
        try:
            return self.sync(mapping)
        finally:
            del self.environ["OCEAN__INTEGRATION__INCREMENTAL_SYNC_ENABLED"]

    def probe(self, mapping: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        """Run `ocean probe` with this mapping."""
        self.port.install(self.identifier, mapping, self.kind)
        return self.sail("probe")

    def sail(self, command: str = "sail") -> subprocess.CompletedProcess[str]:
        """Run `ocean sail`, or another command of Ocean, until it ends."""
        return self.ocean.run([command], self.environment())


def _snake(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture
def port(port_server: str) -> Iterator[PortSandbox]:
    """Return an empty sandbox."""
    with client_of(port_server) as http:
        sandbox = PortSandbox(port_server, http)
        sandbox.reset()
        yield sandbox


@pytest.fixture
def sample(sample_server: str) -> Iterator[httpx.Client]:
    """Return a client for the sample API, whose data is reset."""
    with client_of(sample_server) as control:
        control.post("/_control/reset").raise_for_status()
        yield control


@pytest.fixture
def install(port: PortSandbox, ocean_command: Command) -> Iterator[Any]:
    """Return a function that creates an installation with these settings."""
    made: list[Installation] = []

    def make(settings: dict[str, Any], **more: Any) -> Installation:
        made.append(Installation(port, ocean_command, settings, **more))
        return made[-1]

    yield make
    for installation in made:
        shutil.rmtree(installation.state, ignore_errors=True)


@dataclass
class LoopbackApi:
    """An API that answers with JSON by request target, and with 404 for other targets.

    targets: the requested paths with their queries, in order.
    """

    answers: dict[str, Any]
    url: str = ""
    targets: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        self.targets.append(request.target)
        return Response(self.answers.get(request.target)) if request.target in self.answers else NOT_FOUND


@pytest.fixture
def loopback() -> Iterator[Any]:
    """Return a function that starts an API from a table: `loopback({"/users?page=1": [...]})`."""
    with ExitStack() as servers:

        def serve(answers: Mapping[str, Any]) -> LoopbackApi:
            api = LoopbackApi(dict(answers))
            api.url = servers.enter_context(serving(api.answer))
            return api

        yield serve


@pytest.fixture(scope="session")
def contracts() -> Iterator[httpx.Client]:
    """Return a client for the simulator of public APIs."""
    folder = SHARED / "contracts"
    if not folder.is_dir():
        pytest.skip(f"the folder of the simulated contracts is missing ({folder.name})")
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "simulator_public:app",
        "--app-dir",
        str(folder),
        "--port",
        str(port),
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        with client_of(f"http://127.0.0.1:{port}") as simulator:
            _wait_for(simulator, "/_contracts")
            yield simulator
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(server: httpx.Client, path: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            server.get(path).raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
