"""Fixtures with real processes and a browser: the sandbox, the sample API, `ocean sail` and Chromium."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import yaml
from playwright.sync_api import Page

from sandbox.port_api.port import Port, PortSettings
from tests.browser import chromium
from tests.servers import Command, client_of

ROOT = Path(__file__).parents[4]
COMPANY = ROOT / "examples" / "sample_company"
INSTALLATION = "company"
_MANY = 100_000
_FEW = 1_000


@contextmanager
def running_server(module: str, *options: str) -> Iterator[str]:
    """Start a server of the sandbox in a process and yield its URL."""
    command = [sys.executable, "-m", module, "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http://" in line, f"{module} did not start: {line!r}"
            yield "http://" + line.partition("http://")[2].split()[0]
        finally:
            process.terminate()


@dataclass
class Window:
    """A browser window that records external requests, errors and warnings of its pages."""

    page: Page
    opened: str = ""
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self._record_console(message.type, message.text))
        self.page.on("request", lambda request: self._record_external(request.url))

    def open(self, url: str, *, width: int = 1280, scheme: Any = "light") -> Page:
        """Open a page with this width and color scheme."""
        self.opened = url
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.goto(url)
        return self.page

    def leave(self) -> list[str]:
        """Close the page and return the recorded problems."""
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.goto("about:blank")
        found, self.problems = self.problems, []
        return found

    def _record_console(self, level: str, text: str) -> None:
        # Chromium logs 4xx statuses of rejected forms, which the tests expect.
        if level in ("error", "warning") and "status of 4" not in text:
            self.problems.append(text)

    def _record_external(self, url: str) -> None:
        if url != "about:blank" and httpx.URL(url).netloc != httpx.URL(self.opened).netloc:
            self.problems.append(f"external request to {url}")


@pytest.fixture(scope="module")
def shared_window() -> Iterator[Window]:
    """A window of Chromium.

    It has module scope because a window takes a second to open and the browser longer. A wider scope is
    impossible: no other event loop can run in this process while Playwright runs.
    """
    with chromium() as browser:
        yield Window(browser.new_page())


@pytest.fixture
def window(shared_window: Window) -> Iterator[Window]:
    """The window. Recorded problems fail the test."""
    yield shared_window
    assert shared_window.leave() == []


@contextmanager
def _catalog(
    folder: Path, blueprints: list[dict[str, Any]], make: Any, fill: Any, count: int
) -> Iterator[str]:
    file = str(folder / "port.db")
    state = Port(PortSettings(database=file))
    for blueprint in blueprints:
        state.blueprints.create(blueprint)
    fill(
        state,
        make(state, "service", "svc/payment", title="Payment"),
        *(make(state, "event", f"e-{number:06}", **_event(number)) for number in range(count)),
    )
    state.store.close()
    with running_server("sandbox.port_api", "--db", file) as url:
        yield url


@pytest.fixture(scope="module")
def large_catalog(
    tmp_path_factory: pytest.TempPathFactory,
    blueprints: list[dict[str, Any]],
    make: Callable[..., Any],
    fill: Callable[..., None],
) -> Iterator[str]:
    """The URL of a sandbox with one service and 100,000 events, of which every fourth relates to it."""
    with _catalog(tmp_path_factory.mktemp("large"), blueprints, make, fill, _MANY) as url:
        yield url


@pytest.fixture(scope="module")
def small_catalog(
    tmp_path_factory: pytest.TempPathFactory,
    blueprints: list[dict[str, Any]],
    make: Callable[..., Any],
    fill: Callable[..., None],
) -> Iterator[str]:
    """The URL of a sandbox with one service and 1,000 events, of which every fourth relates to it."""
    with _catalog(tmp_path_factory.mktemp("small"), blueprints, make, fill, _FEW) as url:
        yield url


def _event(number: int) -> dict[str, Any]:
    return {
        "title": f"Event {number}",
        "properties": {
            "name": f"name {number * 7919 % _MANY:06}",
            "level": "high" if number % 10 == 0 else "low",
            "count": number % 1000,
            "open": number % 2 == 0,
        },
        "relations": {"about": "svc/payment"} if number % 4 == 0 else {},
    }


@dataclass
class Company:
    """A sandbox, the sample API, and an integration between them."""

    url: str
    sample: httpx.Client
    port: httpx.Client
    ocean: Command
    processes: ExitStack

    @property
    def mapping_url(self) -> str:
        return f"{self.url}/catalog/integrations/{INSTALLATION}/mapping"

    def config(self) -> Any:
        """Return the stored mapping."""
        response = self.port.get(f"/v1/integration/{INSTALLATION}").raise_for_status()
        return response.json()["integration"]["config"]

    def change(self, config: Any) -> None:
        """Replace the mapping as another user."""
        self.port.patch(f"/v1/integration/{INSTALLATION}/config", json={"config": config}).raise_for_status()

    def slow_down(self, seconds: float) -> None:
        """Set the latency of the sample API."""
        self.sample.post("/_control/latency", json={"seconds": seconds}).raise_for_status()

    def sail(self) -> Thread:
        """Start one resync with `ocean sail`. The test waits for its end."""
        run = Thread(target=self.ocean.run, args=(["sail"], self._environment("ONCE")))
        run.start()
        self.processes.callback(run.join)
        return run

    def poll(self) -> None:
        """Start `ocean sail`, which polls for resync requests every second."""
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("ocean")), "sail"],
            cwd=ROOT,
            env=self._environment("POLLING"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.enter_context(process)
        self.processes.callback(process.terminate)

    def _environment(self, listener: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OCEAN__")}
        return {
            **kept,
            "OCEAN__PORT__BASE_URL": self.url,
            "OCEAN__PORT__CLIENT_ID": "sandbox",
            "OCEAN__PORT__CLIENT_SECRET": "sandbox",
            "OCEAN__INTEGRATION__IDENTIFIER": INSTALLATION,
            "OCEAN__EVENT_LISTENER": json.dumps({"type": listener, "interval": 1}),
            "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
            "OCEAN__CACHING_STORAGE_MODE": "memory",
            "OCEAN__INTEGRATION__CONFIG__BASE_URL": f"{self.sample.base_url}/bearer/cursor",
            "OCEAN__INTEGRATION__CONFIG__AUTH_TYPE": "bearer_token",
            "OCEAN__INTEGRATION__CONFIG__AUTH_VALUE": "sample-token",
            "OCEAN__INTEGRATION__CONFIG__PAGINATION_TYPE": "cursor",
            "APPLICATION__PORT": "0",
        }


@pytest.fixture(scope="session")
def company_servers() -> Iterator[tuple[str, str]]:
    """The URLs of a sandbox and the sample API."""
    with running_server("sandbox.port_api") as url, running_server("sandbox.sample_api") as sample_url:
        yield url, sample_url


@pytest.fixture
def company(company_servers: tuple[str, str], ocean_command: Command) -> Iterator[Company]:
    """The sample company's example, installed but not yet synced."""
    url, sample_url = company_servers
    with (
        client_of(sample_url) as sample,
        client_of(url) as port,
        ExitStack() as processes,
    ):
        sample.post("/_control/reset").raise_for_status()
        port.post("/_sandbox/reset").raise_for_status()
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = port.post("/v1/auth/access_token", json=credentials).raise_for_status().json()["accessToken"]
        port.headers["Authorization"] = f"Bearer {token}"
        for blueprint in json.loads((COMPANY / "blueprints.json").read_text()):
            port.post("/v1/blueprints", json=blueprint).raise_for_status()
        body = {
            "installationId": INSTALLATION,
            "installationAppType": "custom",
            "version": "0.1.0",
            "changelogDestination": {},
            "config": yaml.safe_load((COMPANY / "port-app-config.yml").read_text()),
        }
        port.post("/v1/integration?upsert=true", json=body).raise_for_status()
        yield Company(url, sample, port, ocean_command, processes)
