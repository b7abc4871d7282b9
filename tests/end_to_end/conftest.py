"""Real processes for the tests of the whole: the Port sandbox, the sample API, `ocean sail`."""

import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest

ROOT = Path(__file__).parents[2]
# Each client of a run loads the certificates of all that it trusts. The world's authorities take 35 ms of the
# processor; runs speak plain HTTP here, and trust one authority, whose key nobody has.
_AUTHORITY = Path(__file__).with_name("authority.pem")
SHARED = Path(os.environ.get("SHARED", ROOT.parent / "shared"))
_LONGEST_RUN_S = 120


@contextmanager
def _server(module: str, *arguments: str) -> Iterator[str]:
    """A server of the sandbox, as its own process; its address is in the one line that it prints."""
    command = [sys.executable, "-m", module, "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, f"{module} did not start: {line!r}"
        yield "http://" + line.partition("http://")[2].split()[0].rstrip(";")
    finally:
        process.terminate()
        process.wait(timeout=10)
        assert process.stdout is not None
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def trusting_few() -> dict[str, str]:
    """Variables by which the clients of a process trust that authority alone."""
    return {"SSL_CERT_FILE": str(_AUTHORITY)}


def client_of(url: str) -> httpx.Client:
    """A client for plain HTTP, which trusts no authority: to load their certificates takes time."""
    return httpx.Client(base_url=url, timeout=30, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@dataclass(frozen=True)
class Command:
    """`ocean` or `ocean-custom`, run by a process that has loaded it already (tests/fork_server.py).

    one_output: whether its standard error is the end of the same file, as in a terminal.
    """

    name: str
    server: subprocess.Popen[str]
    one_output: bool

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path = ROOT
    ) -> subprocess.CompletedProcess[str]:
        """One run in this folder, to its end. Raises TimeoutExpired: it took too long."""
        command = [self.name, *arguments]
        with tempfile.TemporaryDirectory() as files:
            output, result = Path(files, "output"), Path(files, "result")
            errors = output if self.one_output else Path(files, "errors")
            output.touch()
            errors.touch()
            os.mkfifo(result)
            request = {
                "arguments": arguments,
                "environment": {**environment, **trusting_few()},
                "folder": str(folder),
                "output": str(output),
                "errors": str(errors),
                "result": str(result),
            }
            assert self.server.stdin is not None
            self.server.stdin.write(json.dumps(request) + "\n")  # at once, as threads may run commands
            self.server.stdin.flush()
            with result.open("rb", buffering=0) as told:
                process = int(told.readline())
                ended, _, _ = select.select([told], [], [], _LONGEST_RUN_S)
                if not ended:
                    os.kill(process, signal.SIGKILL)
                code = int(told.readline())
            said, complained = (each.read_text("utf-8", errors="replace") for each in (output, errors))
        if not ended:
            raise subprocess.TimeoutExpired(command, _LONGEST_RUN_S, output=said, stderr=complained)
        return subprocess.CompletedProcess(command, code, stdout=said, stderr=complained)


@dataclass(frozen=True)
class PortSandbox:
    """The sandbox that stands for Port: what a test sets up in it, and what it holds afterwards."""

    url: str
    http: httpx.Client

    def reset(self) -> None:
        self.http.post("/_sandbox/reset").raise_for_status()

    def prepare(self, mapping: Mapping[str, Any], relations: Mapping[str, Mapping[str, str]] = {}) -> None:
        """Blueprints for all that the mapping names, without rules for its properties."""
        body = {**mapping, "relations": relations}
        self.http.post("/_sandbox/blueprints-for-mapping", json=body).raise_for_status()

    def install(self, identifier: str, mapping: Mapping[str, Any], kind: str = "custom") -> None:
        """The integration with its mapping, as a user saves it in Port."""
        token = self.http.post(
            "/v1/auth/access_token", json={"clientId": "sandbox", "clientSecret": "sandbox"}
        ).json()["accessToken"]
        body = {
            "installationId": identifier,
            "installationAppType": kind,
            "version": "0.1.0",
            "changelogDestination": {},
            "config": dict(mapping),
        }
        self.http.post(
            "/v1/integration?upsert=true", json=body, headers={"Authorization": f"Bearer {token}"}
        ).raise_for_status()

    def entities(self, blueprint: str) -> dict[str, dict[str, Any]]:
        """Entities by identifier."""
        answer = self.http.get("/_sandbox/entities", params={"blueprint": blueprint}).raise_for_status()
        return {entity["identifier"]: entity for entity in answer.json()}

    def counts(self) -> dict[str, int]:
        """Entities by blueprint."""
        counts: dict[str, int] = self.http.get("/_sandbox/catalog").raise_for_status().json()
        return counts

    def states(self, identifier: str) -> list[tuple[str, str]]:
        """Kind and sync state of each mapping entry, in order."""
        syncs = self.http.get("/_sandbox/syncs", params={"integration": identifier}).raise_for_status().json()
        kinds = [record for record in syncs[0]["kinds"] if not record["kind"].startswith("__")]
        return [(record["kind"], record["syncState"]) for record in kinds]


@dataclass(frozen=True)
class Run:
    """One `ocean sail`: what it printed and how each kind ended."""

    exit_code: int
    log: str
    states: list[tuple[str, str]]

    @property
    def failed(self) -> list[str]:
        return [kind for kind, state in self.states if state != "completed"]


@dataclass
class Installation:
    """One installation of the integration: its settings, and its mapping in the sandbox."""

    port: PortSandbox
    ocean: Command
    settings: dict[str, Any]
    mapping: dict[str, Any] = field(default_factory=dict)
    kind: str = "custom"
    identifier: str = field(default_factory=lambda: f"it-{uuid4().hex[:8]}")
    environ: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What the Helm chart would set."""
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
            # The disk cache is one for all processes of a machine.
            "OCEAN__CACHING_STORAGE_MODE": "memory",
            "APPLICATION__PORT": str(_free_port()),
            **trusting_few(),
            **config,
            **self.environ,
        }

    def sync(self, mapping: Mapping[str, Any] | None = None) -> Run:
        """One resync through a real `ocean sail`, with this mapping from now on."""
        if mapping is not None:
            self.mapping = dict(mapping)
        self.port.install(self.identifier, self.mapping, self.kind)
        done = self.sail()
        return Run(done.returncode, done.stdout, self.port.states(self.identifier))

    def sync_incrementally(self, mapping: Mapping[str, Any] | None = None) -> Run:
        """One incremental run, as the chart's second CronJob makes it."""
        self.environ |= {"OCEAN__INTEGRATION__INCREMENTAL_SYNC_ENABLED": "true"}
        try:
            return self.sync(mapping)
        finally:
            del self.environ["OCEAN__INTEGRATION__INCREMENTAL_SYNC_ENABLED"]

    def probe(self, mapping: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        """`ocean probe` of this mapping."""
        self.port.install(self.identifier, mapping, self.kind)
        return self.sail("probe")

    def sail(self, command: str = "sail") -> subprocess.CompletedProcess[str]:
        """`ocean sail`, or another command of Ocean's, to its end."""
        return self.ocean.run([command], self.environment())


def _snake(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="session")
def port_server() -> Iterator[str]:
    with _server("sandbox.port_api") as url:
        yield url


@pytest.fixture
def port(port_server: str) -> Iterator[PortSandbox]:
    """An empty sandbox."""
    with client_of(port_server) as http:
        sandbox = PortSandbox(port_server, http)
        sandbox.reset()
        yield sandbox


@pytest.fixture(scope="session")
def sample_server() -> Iterator[str]:
    with _server("sandbox.sample_api") as url:
        yield url


@pytest.fixture
def sample(sample_server: str) -> Iterator[httpx.Client]:
    """The sample API's control; its data is new."""
    with client_of(sample_server) as control:
        control.post("/_control/reset").raise_for_status()
        yield control


@contextmanager
def _loaded(name: str, *, one_output: bool) -> Iterator[Command]:
    program = [sys.executable, str(ROOT / "tests" / "fork_server.py"), name]
    with subprocess.Popen(program, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield Command(name, server, one_output)
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture(scope="session")
def ocean_command() -> Iterator[Command]:
    with _loaded("ocean", one_output=True) as command:
        yield command


@pytest.fixture(scope="session")
def our_command() -> Iterator[Command]:
    """`ocean-custom`."""
    with _loaded("ocean-custom", one_output=False) as command:
        yield command


@pytest.fixture
def install(port: PortSandbox, ocean_command: Command) -> Any:
    """A new installation for settings."""

    def make(settings: dict[str, Any], **more: Any) -> Installation:
        return Installation(port, ocean_command, settings, **more)

    return make


@dataclass
class LoopbackApi:
    """An API of the test's own: JSON by request target; what is not among the answers is a 404."""

    answers: dict[str, Any]
    url: str = ""
    request_lines: list[str] = field(default_factory=list)

    @property
    def targets(self) -> list[str]:
        """Paths with their queries in the order of arrival, as they came; a character is a byte."""
        return [line.split(" ")[1] for line in self.request_lines]


def _handler(api: LoopbackApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            # `path` would hold no double slash at its beginning; `requestline` is what came.
            api.request_lines.append(self.requestline)
            target = api.targets[-1]
            content = json.dumps(api.answers.get(target, {"error": "not found"})).encode()
            self.send_response(200 if target in api.answers else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing: the tests look at the requests."""

    return Handler


@pytest.fixture
def loopback() -> Iterator[Any]:
    """Starts an API that answers by a table: `loopback({"/users?page=1": [...]})`."""
    with ExitStack() as servers:

        def serve(answers: Mapping[str, Any]) -> LoopbackApi:
            api = LoopbackApi(dict(answers))
            server = servers.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), _handler(api)))
            Thread(target=server.serve_forever, daemon=True).start()
            servers.callback(server.shutdown)
            api.url = f"http://127.0.0.1:{server.server_port}"
            return api

        yield serve


@pytest.fixture(scope="session")
def contracts() -> Iterator[httpx.Client]:
    """The simulator of public APIs; the client's base URL is where it answers."""
    folder = SHARED / "contracts"
    if not folder.is_dir():
        pytest.skip(f"the simulated contracts are not beside the project ({folder.name} is missing)")
    port = _free_port()
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
