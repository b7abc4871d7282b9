"""A cancelled resync leaves no task, file or connection open, and deletes nothing."""

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from tests.open_files import open_files

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Install = Callable[..., Any]

_ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 20
_EXIT_S = 5
# Warnings about tasks and files that were not closed, and about errors that were not handled.
_WARNINGS = ("was destroyed", "never retrieved", "never awaited", "ResourceWarning")
_CONCURRENCY = 10
_PROJECTS = 15
_MORE_THAN_A_BATCH = 600
# Larger than a body that the client keeps in memory.
_HUGE = b"[" + b"{}," * 10_000_000


@dataclass
class SlowApi:
    """An API that answers by path. Requests whose path is `held` get no response.

    open: the number of connections. waiting: the number of held requests.
    """

    url: str = ""
    held: Callable[[str], bool] = lambda _: False
    statuses: Json = field(default_factory=dict)
    projects: int = _PROJECTS + 1
    open: int = 0
    waiting: int = 0
    paths: list[str] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def wait_until(self, reached: Callable[["SlowApi"], bool]) -> None:
        """Wait until the condition holds. Raises AssertionError: after 20 s."""
        with self.changed:
            assert self.changed.wait_for(lambda: reached(self), _TIMEOUT_S), self

    def count(self, name: str, change: int) -> None:
        """Change a counter. name: `open` or `waiting`."""
        with self.changed:
            setattr(self, name, getattr(self, name) + change)
            self.changed.notify_all()

    def note(self, path: str) -> None:
        with self.changed:
            self.paths.append(path)
            self.changed.notify_all()

    def body(self, path: str) -> Any:
        """Return projects on two pages, the tasks of a project, or a page of a listing with a total."""
        if path == "/projects":
            return {"items": [{"id": number} for number in range(_PROJECTS)], "next": "/projects?page=2"}
        if path == "/projects?page=2":
            return {"items": [{"id": number} for number in range(_PROJECTS, self.projects)]}
        if path.endswith("/tasks"):
            project = path.split("/")[2]
            count = _MORE_THAN_A_BATCH if project == "0" else 3
            return [{"id": f"{project}-{number}"} for number in range(count)]
        return {"items": [{"id": path}], "total_pages": 50}


class _Server(ThreadingHTTPServer):
    """A server that counts its open connections."""

    request_queue_size = 2 * _CONCURRENCY

    def __init__(self, api: SlowApi) -> None:
        super().__init__(("127.0.0.1", 0), _handler(api))
        self._api = api
        api.url = f"http://127.0.0.1:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self._api.count("open", 1)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._api.count("open", -1)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect. The tests do this on purpose."""


def _handler(api: SlowApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            api.note(self.path)
            if self.path == "/huge":
                self._start(200, len(_HUGE) + 1)
                self.wfile.write(_HUGE)
            if self.path == "/huge" or api.held(self.path):
                api.count("waiting", 1)
                self.connection.recv(1)  # returns when the client disconnects
                api.count("waiting", -1)
                self.close_connection = True
                return
            content = json.dumps(api.body(self.path)).encode()
            self._start(api.statuses.get(self.path, 200), len(content))
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def _start(self, status: int, length: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(length))
            if status == httpx.codes.TOO_MANY_REQUESTS:
                self.send_header("Retry-After", "3000")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    return Handler


@pytest.fixture
def api() -> Iterator[SlowApi]:
    """Start the slow API."""
    slow = SlowApi()
    with _Server(slow) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield slow
        server.shutdown()


_LISTING = {"data_path": ".items", "pagination": {"type": "next_link"}}
_PARENTS = {"endpoint": "/projects", "field": ".id", **_LISTING}
_TASKS = "/projects/{project}/tasks"
_NESTED = {"path_parameters": {"project": _PARENTS}}


@dataclass(frozen=True)
class Moment:
    """An extraction and the moment of its cancellation.

    reached: returns whether the moment has come. is_consuming: the consumer holds the first batch at that
    moment. Otherwise it waits for a batch.
    """

    kind: str
    selector: Json
    reached: Callable[[SlowApi], bool]
    held: Callable[[str], bool] = lambda _: False
    statuses: Json = field(default_factory=dict)
    settings: Json = field(default_factory=dict)
    is_consuming: bool = False


MOMENTS = {
    "children in progress": Moment(
        _TASKS,
        _NESTED,
        lambda api: api.waiting == _CONCURRENCY,
        held=lambda path: path.endswith("/tasks") and path != "/projects/0/tasks",
    ),
    "the parents' next page in progress": Moment(
        _TASKS,
        _NESTED,
        lambda api: api.waiting == 1 and len(api.paths) == _PROJECTS + 2,
        held=lambda path: "page=2" in path,
    ),
    "prefetched pages in progress": Moment(
        "/counted",
        {"data_path": ".items", "pagination": {"type": "page"}},
        lambda api: api.waiting == _CONCURRENCY,
        held=lambda path: "page=1&" not in path,
    ),
    "a batch in use": Moment(
        _TASKS,
        _NESTED,
        lambda api: api.waiting == 1,
        held=lambda path: path == "/projects/9/tasks",
        is_consuming=True,
    ),
    "all requests waiting for the rate limit": Moment(
        _TASKS,
        _NESTED,
        lambda api: any(path.endswith("/tasks") for path in api.paths),
        statuses={f"/projects/{number}/tasks": 429 for number in range(_PROJECTS)},
    ),
    "all requests waiting for the login": Moment(
        _TASKS,
        _NESTED,
        lambda api: api.waiting == 1,
        held=lambda path: path == "/token",
        settings={
            "auth_type": "oauth2",
            "token_url": "/token",
            "client_id": "made-up",
            "client_secret": "made-up-secret",
        },
    ),
    "a large body half read": Moment("/huge", {}, lambda api: api.waiting == 1),
}


async def _extract(moment: Moment, api: SlowApi, directory: Path, consuming: asyncio.Event) -> None:
    """Extract the moment's kind. Set `consuming` when the consumer has the batch that it holds."""
    config = {"base_url": api.url, "max_concurrent_requests": _CONCURRENCY, **moment.settings}
    settings = Settings.from_config(config, {})
    # Two resources share the parents' listing, so it is stored on disk.
    resources = [read_resource(moment.kind, moment.selector, settings.pagination) for _ in range(2)]
    async with (
        open_extractor(settings, resources, directory=directory) as extractor,
        aclosing(extractor.batches(resources[0])) as batches,
    ):
        async for _ in batches:
            if moment.is_consuming:
                consuming.set()
                await asyncio.Event().wait()


@pytest.fixture
async def loop_errors() -> list[Json]:
    """Return a list of the errors that the event loop reports, such as exceptions never retrieved."""
    errors: list[Json] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    return errors


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
async def test_a_cancelled_extraction_leaves_no_task_file_or_connection(
    moment: Moment, api: SlowApi, tmp_path: Path, loop_errors: list[Json]
) -> None:
    api.held, api.statuses = moment.held, moment.statuses
    tasks_before, files_before = asyncio.all_tasks(), len(os.listdir("/dev/fd"))
    consuming = asyncio.Event()
    extraction = asyncio.create_task(_extract(moment, api, tmp_path, consuming))
    await asyncio.to_thread(api.wait_until, moment.reached)
    if moment.is_consuming:
        await consuming.wait()
    extraction.cancel()
    with pytest.raises(asyncio.CancelledError):
        await extraction
    assert asyncio.all_tasks() == tasks_before
    del extraction
    gc.collect()
    await asyncio.to_thread(api.wait_until, lambda api: api.open == 0)
    # The server closes its end of a connection a little later than the client.
    await asyncio.to_thread(_wait_for, lambda: len(os.listdir("/dev/fd")) == files_before)
    assert os.listdir(tmp_path) == []
    assert loop_errors == []


async def test_closing_the_extractor_ends_abandoned_batches(
    api: SlowApi, tmp_path: Path, loop_errors: list[Json]
) -> None:
    """If Ocean aborts a resync while it maps a batch, it drops the generator without closing it."""
    api.held = MOMENTS["children in progress"].held
    tasks_before = asyncio.all_tasks()
    settings = Settings.from_config({"base_url": api.url, "max_concurrent_requests": _CONCURRENCY}, {})
    resource = read_resource(_TASKS, _NESTED, settings.pagination)
    async with open_extractor(settings, [resource], directory=tmp_path) as extractor:
        batches = extractor.batches(resource)
        await anext(batches)
        await asyncio.to_thread(api.wait_until, lambda api: api.waiting == _CONCURRENCY)
    assert asyncio.all_tasks() == tasks_before
    await asyncio.to_thread(api.wait_until, lambda api: api.open == 0)
    await batches.aclose()
    gc.collect()
    assert loop_errors == []


@dataclass(frozen=True)
class OceanProcess:
    """A running `ocean sail`. folder: its temporary folder."""

    process: subprocess.Popen[bytes]
    log: Path
    folder: Path

    def deleted_open_files(self) -> list[str]:
        """Return the deleted files that the process still has open, if the system reports them."""
        return [path for path in open_files(process=self.process.pid).values() if path.endswith("(deleted)")]

    def check_that_it_stops(self) -> None:
        """Send SIGTERM, as Kubernetes does. Check that the process ends soon and leaves nothing behind."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=_TIMEOUT_S)
        assert time.monotonic() - began < _EXIT_S
        with pytest.raises(ProcessLookupError):
            os.killpg(self.process.pid, 0)
        assert os.listdir(self.folder) == []
        log = self.log.read_text(encoding="utf-8")
        assert [words for words in _WARNINGS if words in log] == []


@pytest.fixture
def sail(tmp_path: Path) -> Iterator[Callable[[Any], OceanProcess]]:
    """Return a function that starts `ocean sail` with its own temporary folder and process group."""
    with ExitStack() as processes:

        def start(installation: Any) -> OceanProcess:
            folder = tmp_path / "temporary"
            folder.mkdir()
            log = tmp_path / "log"
            process = subprocess.Popen(
                [str(Path(sys.executable).with_name("ocean")), "sail"],
                cwd=_ROOT,
                env={**installation.environment(), "TMPDIR": str(folder)},
                stdout=processes.enter_context(log.open("wb")),
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            processes.callback(process.wait)
            processes.callback(process.kill)
            return OceanProcess(process, log, folder)

        yield start


def _entry(kind: str, blueprint: str, **selector: Any) -> Json:
    mappings = {"identifier": ".id", "blueprint": f'"{blueprint}"'}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


_MAPPING = {
    "entityDeletionThreshold": 1,
    "resources": [_entry("/projects", "project", **_LISTING), _entry(_TASKS, "task", **_NESTED)],
}
_ALL_ENTITIES = {"project": _PROJECTS + 1, "task": _MORE_THAN_A_BATCH + 3 * _PROJECTS}


def _synced(install: Install, port: Any, api: SlowApi) -> Any:
    """Return an installation after a complete resync. Then a project is removed, and tasks are held."""
    port.prepare(_MAPPING)
    installation = install({"baseUrl": api.url})
    first = installation.sync(_MAPPING)
    assert first.failed == [], first.log
    assert port.counts() == _ALL_ENTITIES
    api.projects -= 1
    api.held = lambda path: path.endswith("/tasks") and path != "/projects/0/tasks"
    return installation


def test_sigterm_ends_a_running_resync_and_deletes_nothing(
    install: Install, port: Any, api: SlowApi, sail: Callable[[Any], OceanProcess]
) -> None:
    installation = _synced(install, port, api)
    ocean = sail(installation)
    api.wait_until(lambda api: api.waiting == _CONCURRENCY)
    ocean.check_that_it_stops()
    api.wait_until(lambda api: api.open == 0)
    assert port.counts() == _ALL_ENTITIES
    assert _resync_state(port, installation) == "aborted"


def test_saving_the_mapping_replaces_the_running_resync(
    install: Install, port: Any, api: SlowApi, sail: Callable[[Any], OceanProcess]
) -> None:
    """Ocean ends the older resync before it starts the newer one."""
    installation = _synced(install, port, api)
    installation.environ["OCEAN__EVENT_LISTENER"] = '{"type": "POLLING", "interval": 1}'
    ocean = sail(installation)
    api.wait_until(lambda api: api.waiting == _CONCURRENCY)
    api.held = lambda _: False
    port.install(installation.identifier, {**_MAPPING, "createMissingRelatedEntities": False})
    _wait_for(lambda: _resync_state(port, installation) == "completed")
    _check_the_newer_resync(port, api, ocean)


def test_a_resync_webhook_replaces_the_running_resync(
    install: Install, port: Any, api: SlowApi, sail: Callable[[Any], OceanProcess]
) -> None:
    """Ocean starts the newer resync while the older one ends."""
    installation = _synced(install, port, api)
    number = installation.environment()["APPLICATION__PORT"]
    address = f"http://127.0.0.1:{number}"
    listener = json.dumps({"type": "WEBHOOK", "app_host": address})
    installation.environ |= {"APPLICATION__PORT": number, "OCEAN__EVENT_LISTENER": listener}
    ocean = sail(installation)
    _wait_for(lambda: _is_ready(address))
    with ThreadPoolExecutor() as messages:
        older = messages.submit(httpx.post, f"{address}/resync", timeout=_TIMEOUT_S)
        api.wait_until(lambda api: api.waiting == _CONCURRENCY)
        api.held = lambda _: False
        newer = httpx.post(f"{address}/resync", timeout=_TIMEOUT_S)
    assert (older.result().is_success, newer.is_success) == (False, True)
    _check_the_newer_resync(port, api, ocean)


def _check_the_newer_resync(port: Any, api: SlowApi, ocean: OceanProcess) -> None:
    """Check that nothing is left open, and that the catalog no longer has the removed project."""
    api.wait_until(lambda api: api.open == 0)
    assert ocean.deleted_open_files() == []
    assert port.counts() == {"project": _PROJECTS, "task": _ALL_ENTITIES["task"] - 3}
    ocean.check_that_it_stops()


def _resync_state(port: Any, installation: Any) -> str:
    answer = port.http.get("/_sandbox/syncs", params={"integration": installation.identifier})
    state: str = answer.raise_for_status().json()[0]["resyncState"]["status"]
    return state


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready").is_success
    except httpx.TransportError:
        return False


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
