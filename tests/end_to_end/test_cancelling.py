"""A resync that is cancelled leaves no task, file or connection behind, and deletes nothing."""

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
_LONGEST_S = 20
_EXIT_S = 5
# Of what nobody ended or looked at.
_COMPLAINTS = ("was destroyed", "never retrieved", "never awaited", "ResourceWarning")
_CONCURRENCY = 10
_PROJECTS = 15
_MORE_THAN_A_BATCH = 600
# More than the client keeps in memory.
_HUGE = b"[" + b"{}," * 10_000_000


@dataclass
class SlowApi:
    """Answers by path; a path that is among `held` gets no answer until the client has left.

    open: connections; waiting: requests that get no answer.
    """

    url: str = ""
    held: Callable[[str], bool] = lambda _: False
    statuses: Json = field(default_factory=dict)
    projects: int = _PROJECTS + 1
    open: int = 0
    waiting: int = 0
    asked: list[str] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def until(self, reached: Callable[["SlowApi"], bool]) -> None:
        """Raises AssertionError: the API was not seen so within some seconds."""
        with self.changed:
            assert self.changed.wait_for(lambda: reached(self), _LONGEST_S), self

    def count(self, name: str, change: int) -> None:
        """One more, or one less, of what is open or waiting."""
        with self.changed:
            setattr(self, name, getattr(self, name) + change)
            self.changed.notify_all()

    def note(self, path: str) -> None:
        with self.changed:
            self.asked.append(path)
            self.changed.notify_all()

    def body(self, path: str) -> Any:
        """Projects on two pages, their tasks, or pages whose number is known."""
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
    """Counts its connections, from their arrival until the socket is closed."""

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
        """Nothing: a client that leaves is what the tests are about."""


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
                self.connection.recv(1)  # nothing, once the client has left
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
            """Nothing: the tests look at the counts."""

    return Handler


@pytest.fixture
def api() -> Iterator[SlowApi]:
    """The slow API, running."""
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
    """What is extracted, and when the cancelling comes.

    is_at_work: the consumer is at work on the first batch then; else it waits for one.
    """

    kind: str
    selector: Json
    reached: Callable[[SlowApi], bool]
    held: Callable[[str], bool] = lambda _: False
    statuses: Json = field(default_factory=dict)
    settings: Json = field(default_factory=dict)
    is_at_work: bool = False


MOMENTS = {
    "children under way": Moment(
        _TASKS,
        _NESTED,
        lambda api: api.waiting == _CONCURRENCY,
        held=lambda path: path.endswith("/tasks") and path != "/projects/0/tasks",
    ),
    "parents' next page under way": Moment(
        _TASKS,
        _NESTED,
        lambda api: api.waiting == 1 and len(api.asked) == _PROJECTS + 2,
        held=lambda path: "page=2" in path,
    ),
    "pages ahead under way": Moment(
        "/counted",
        {"data_path": ".items", "pagination": {"type": "page"}},
        lambda api: api.waiting == _CONCURRENCY,
        held=lambda path: "page=1&" not in path,
    ),
    "a batch not yet worked off": Moment(
        _TASKS,
        _NESTED,
        lambda api: api.waiting == 1,
        held=lambda path: path == "/projects/9/tasks",
        is_at_work=True,
    ),
    "all waiting for the rate limit": Moment(
        _TASKS,
        _NESTED,
        lambda api: any(path.endswith("/tasks") for path in api.asked),
        statuses={f"/projects/{number}/tasks": 429 for number in range(_PROJECTS)},
    ),
    "all waiting for the login": Moment(
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
    "a huge body half read": Moment("/huge", {}, lambda api: api.waiting == 1),
}


async def _extract(moment: Moment, api: SlowApi, directory: Path, working: asyncio.Event) -> None:
    """Sets `working` once the consumer has the batch that it never ends its work on."""
    config = {"base_url": api.url, "max_concurrent_requests": _CONCURRENCY, **moment.settings}
    settings = Settings.from_config(config, {})
    # Twice, so that the parents' listing is kept on disk.
    resources = [read_resource(moment.kind, moment.selector, settings.pagination) for _ in range(2)]
    async with (
        open_extractor(settings, resources, directory=directory) as extractor,
        aclosing(extractor.batches(resources[0])) as batches,
    ):
        async for _ in batches:
            if moment.is_at_work:
                working.set()
                await asyncio.Event().wait()


@pytest.fixture
async def complaints() -> list[Json]:
    """What the event loop complains of, like an error that nobody looked at."""
    heard: list[Json] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    return heard


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
async def test_cancelled_extraction_leaves_nothing_behind(
    moment: Moment, api: SlowApi, tmp_path: Path, complaints: list[Json]
) -> None:
    api.held, api.statuses = moment.held, moment.statuses
    tasks_before, files_before = asyncio.all_tasks(), len(os.listdir("/dev/fd"))
    working = asyncio.Event()
    extraction = asyncio.create_task(_extract(moment, api, tmp_path, working))
    await asyncio.to_thread(api.until, moment.reached)
    if moment.is_at_work:
        await working.wait()
    extraction.cancel()
    with pytest.raises(asyncio.CancelledError):
        await extraction
    assert asyncio.all_tasks() == tasks_before
    del extraction
    gc.collect()
    await asyncio.to_thread(api.until, lambda api: api.open == 0)
    # The server's own end of a connection closes a little later than ours.
    await asyncio.to_thread(_wait_for, lambda: len(os.listdir("/dev/fd")) == files_before)
    assert os.listdir(tmp_path) == []
    assert complaints == []


async def test_extractor_that_closes_ends_what_nobody_reads_any_more(
    api: SlowApi, tmp_path: Path, complaints: list[Json]
) -> None:
    """Ocean drops the batches of a resync that it aborts while it maps one; it does not close them."""
    api.held = MOMENTS["children under way"].held
    tasks_before = asyncio.all_tasks()
    settings = Settings.from_config({"base_url": api.url, "max_concurrent_requests": _CONCURRENCY}, {})
    resource = read_resource(_TASKS, _NESTED, settings.pagination)
    async with open_extractor(settings, [resource], directory=tmp_path) as extractor:
        batches = extractor.batches(resource)
        await anext(batches)
        await asyncio.to_thread(api.until, lambda api: api.waiting == _CONCURRENCY)
    assert asyncio.all_tasks() == tasks_before
    await asyncio.to_thread(api.until, lambda api: api.open == 0)
    await batches.aclose()
    gc.collect()
    assert complaints == []


@dataclass(frozen=True)
class Sailing:
    """`ocean sail`, going on while the test does."""

    process: subprocess.Popen[bytes]
    log: Path
    folder: Path

    def left_open(self) -> list[str]:
        """Files without a name that it still holds, where the system tells."""
        return [path for path in open_files(process=self.process.pid).values() if path.endswith("(deleted)")]

    def check_that_it_stops(self) -> None:
        """Soon after SIGTERM, as Kubernetes sends it; no process, file or complaint of it is left."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=_LONGEST_S)
        assert time.monotonic() - began < _EXIT_S
        with pytest.raises(ProcessLookupError):
            os.killpg(self.process.pid, 0)
        assert os.listdir(self.folder) == []
        log = self.log.read_text(encoding="utf-8")
        assert [words for words in _COMPLAINTS if words in log] == []


@pytest.fixture
def sail(tmp_path: Path) -> Iterator[Callable[[Any], Sailing]]:
    """Starts `ocean sail` for an installation, with a temporary folder and a process group of its own."""
    with ExitStack() as processes:

        def start(installation: Any) -> Sailing:
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
            return Sailing(process, log, folder)

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
_WHOLE = {"project": _PROJECTS + 1, "task": _MORE_THAN_A_BATCH + 3 * _PROJECTS}


def _synced(install: Install, port: Any, api: SlowApi) -> Any:
    """An installation whose first resync was complete; a project is gone since, and tasks get no answer."""
    port.prepare(_MAPPING)
    installation = install({"baseUrl": api.url})
    first = installation.sync(_MAPPING)
    assert first.failed == [], first.log
    assert port.counts() == _WHOLE
    api.projects -= 1
    api.held = lambda path: path.endswith("/tasks") and path != "/projects/0/tasks"
    return installation


def test_sigterm_in_the_middle_of_a_resync_ends_it_and_loses_nothing(
    install: Install, port: Any, api: SlowApi, sail: Callable[[Any], Sailing]
) -> None:
    installation = _synced(install, port, api)
    sailing = sail(installation)
    api.until(lambda api: api.waiting == _CONCURRENCY)
    sailing.check_that_it_stops()
    api.until(lambda api: api.open == 0)
    assert port.counts() == _WHOLE
    assert _resync_state(port, installation) == "aborted"


def test_newer_resync_takes_the_place_of_one_that_is_under_way(
    install: Install, port: Any, api: SlowApi, sail: Callable[[Any], Sailing]
) -> None:
    """A mapping is saved in Port meanwhile; Ocean ends the older resync before it starts the newer one."""
    installation = _synced(install, port, api)
    installation.environ["OCEAN__EVENT_LISTENER"] = '{"type": "POLLING", "interval": 1}'
    sailing = sail(installation)
    api.until(lambda api: api.waiting == _CONCURRENCY)
    api.held = lambda _: False
    port.install(installation.identifier, {**_MAPPING, "createMissingRelatedEntities": False})
    _wait_for(lambda: _resync_state(port, installation) == "completed")
    _check_that_only_the_newer_one_counts(port, api, sailing)


def test_resync_that_a_message_asks_for_takes_the_place_of_one_that_is_under_way(
    install: Install, port: Any, api: SlowApi, sail: Callable[[Any], Sailing]
) -> None:
    """Here Ocean starts the newer one while the older one ends."""
    installation = _synced(install, port, api)
    number = installation.environment()["APPLICATION__PORT"]
    address = f"http://127.0.0.1:{number}"
    listener = json.dumps({"type": "WEBHOOK", "app_host": address})
    installation.environ |= {"APPLICATION__PORT": number, "OCEAN__EVENT_LISTENER": listener}
    sailing = sail(installation)
    _wait_for(lambda: _is_ready(address))
    with ThreadPoolExecutor() as messages:
        older = messages.submit(httpx.post, f"{address}/resync", timeout=_LONGEST_S)
        api.until(lambda api: api.waiting == _CONCURRENCY)
        api.held = lambda _: False
        newer = httpx.post(f"{address}/resync", timeout=_LONGEST_S)
    assert (older.result().is_success, newer.is_success) == (False, True)
    _check_that_only_the_newer_one_counts(port, api, sailing)


def _check_that_only_the_newer_one_counts(port: Any, api: SlowApi, sailing: Sailing) -> None:
    """While the integration goes on: nothing is open, and what is gone from the API is from the catalog."""
    api.until(lambda api: api.open == 0)
    assert sailing.left_open() == []
    assert port.counts() == {"project": _PROJECTS, "task": _WHOLE["task"] - 3}
    sailing.check_that_it_stops()


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
    deadline = time.monotonic() + _LONGEST_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
