"""Complete `ocean sail` resyncs for benchmarks, measured from outside."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from benchmarks.mappings import mapping_of
from benchmarks.port_sandbox import ROOT, Port, ResyncState, port_sandbox
from benchmarks.processes import SAMPLE_S, Usage, peak_mib, processor_s, sampled

__all__ = ["ROOT", "Integration", "Port", "Sync", "mapping_of", "port_sandbox", "sailing", "synced"]
ONCE = '{"type": "ONCE"}'
POLLING = '{"type": "POLLING", "interval": 1}'
POLL_S = 0.1
TIMEOUT_S = 600.0
EXIT_S = 30
STATE = Path("/tmp/ocean/state")  # noqa: S108 - fixed by Ocean
LAUNCHER = Path(__file__).with_name("watched_sail.py")
# A request that starts just before Ocean notes the start belongs to the resync.
_EARLY_S = 0.02


@dataclass(frozen=True)
class Sync:
    """The measurements of a resync.

    seconds: its duration as Ocean reports it. cpu_s: processor time of the integration and its workers.
    port_s, api_s: processor time of the simulated Port and API. peak_mib: memory of the integration and its
    workers. longest_gap_s: between two turns of the event loop; of this, busy_gap_s is the longest in which
    the loop's thread itself used the processor. calls: requests to Port by kind. load: of the machine.
    """

    entities: int
    seconds: float
    cpu_s: float
    port_s: float
    api_s: float
    peak_mib: float
    port_peak_mib: float
    written: int
    api_bytes: int
    api_requests: int
    longest_gap_s: float
    busy_gap_s: float
    busy_stack: list[str]
    calls: dict[str, int]
    load: float

    @property
    def per_second(self) -> float:
        """Entities per second."""
        return self.entities / self.seconds


@dataclass(frozen=True)
class Integration:
    """A running `ocean sail`."""

    identifier: str
    port: Port
    api: tuple[str, int]
    process: subprocess.Popen[bytes]
    usage: Usage
    records: Path
    log: Path

    def next_sync(self, after: float = 0, *, timeout_s: float = TIMEOUT_S) -> Sync:
        """Wait for the end of the first resync that starts after this Unix time. Return its measurements.

        Raises SystemExit: it failed, or takes too long.
        """
        before = self._others()
        deadline = time.monotonic() + timeout_s
        while not (state := self.port.state(self.identifier)).ended_after(after):
            has_exited = self.process.poll() is not None
            if time.monotonic() > deadline or (
                has_exited and not self.port.state(self.identifier).ended_after(after)
            ):
                raise SystemExit(f"The resync has not ended:\n{self.log.read_text()[-3000:]}")
            time.sleep(POLL_S)
        if state.status != "completed":
            raise SystemExit(f"The resync ended as {state.status}:\n{self.log.read_text()[-3000:]}")
        time.sleep(2 * SAMPLE_S)
        return self._sync(state, before)

    def second_sync(self, *, timeout_s: float = TIMEOUT_S) -> Sync:
        """Request a resync in the same process, and return its measurements."""
        last = self.port.state(self.identifier).start
        self.port.request_resync(self.identifier)
        return self.next_sync(last, timeout_s=timeout_s)

    def calls(self, state: ResyncState) -> list[dict[str, Any]]:
        """Return the requests to Port during a resync."""
        return [each for each in self._recorded(state) if "method" in each]

    def gaps(self, state: ResyncState) -> list[dict[str, Any]]:
        """Return the gaps between turns of the event loop during a resync."""
        return [each for each in self._recorded(state) if "gap_s" in each]

    def _recorded(self, state: ResyncState) -> list[dict[str, Any]]:
        with self.records.open() as lines:
            records = map(json.loads, lines)
            return [each for each in records if state.start - _EARLY_S <= each["at"] <= state.end]

    def _others(self) -> tuple[float, float, dict[str, int]]:
        """Return the processor time of the simulated Port and API, and the API's statistics."""
        return processor_s(self.port.pid), processor_s(self.api[1]), api_statistics(self.api[0])

    def _sync(self, state: ResyncState, before: tuple[float, float, dict[str, int]]) -> Sync:
        calls, gaps = self.calls(state), self.gaps(state)
        idle: dict[str, Any] = {"cpu_s": 0, "stack": []}
        busiest = max(gaps, key=lambda gap: float(gap["cpu_s"]), default=idle)
        port_s, api_s, statistics = self._others()
        return Sync(
            entities=self.port.entities(),
            seconds=state.end - state.start,
            cpu_s=self.usage.processor_between(state.start, state.end),
            port_s=port_s - before[0],
            api_s=api_s - before[1],
            peak_mib=self.usage.peak_between(state.start, state.end),
            port_peak_mib=peak_mib(self.port.pid),
            written=sum(each["entities"] for each in calls if each["path"].endswith("/entities/bulk")),
            api_bytes=statistics["bytes"] - before[2]["bytes"],
            api_requests=statistics["requests"] - before[2]["requests"],
            longest_gap_s=max((gap["gap_s"] for gap in gaps), default=0),
            busy_gap_s=busiest["cpu_s"],
            busy_stack=[_without_folder(line) for line in busiest["stack"][-6:]],
            calls=dict(Counter(kind_of_call(each["method"], each["path"]) for each in calls)),
            load=os.getloadavg()[0],
        )


def _without_folder(line: str) -> str:
    """Return a line of a stack without the folder of the project or of Python."""
    return re.sub(r"^/\S*/(?=\S+/\S+:\d)", "", line)


def kind_of_call(method: str, path: str) -> str:
    """Return the method and path of a request to Port, with placeholders for names."""
    path = re.sub(r"^/v1/blueprints/(?!entities/)[^/]+", "/v1/blueprints/{blueprint}", path)
    path = re.sub(r"\}/entities/(?!bulk$)[^/]+$", "}/entities/{entity}", path)
    path = re.sub(r"^/v1/integration/[^/]+", "/v1/integration/{id}", path)
    path = re.sub(r"/kinds/.+/examples$", "/kinds/{kind}/examples", path)
    path = re.sub(r"^/ingest/(\w+)/[^/]+", r"/ingest/\1/{key}", path)
    path = re.sub(r"/syncMetrics/.+", "/syncMetrics/{kind}", path)
    return f"{method} {path}"


def api_statistics(url: str) -> dict[str, int]:
    """Return the numbers of requests and bytes that the lean API has counted."""
    counts: dict[str, int] = httpx.get(f"{url}/_stats").json()
    return counts


def environment(port: Port, api_url: str, identifier: str, listener: str) -> dict[str, str]:
    """Return the environment of the integration."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("OCEAN__")},
        "OCEAN__PORT__BASE_URL": port.url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": identifier,
        "OCEAN__EVENT_LISTENER": listener,
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        "OCEAN__CACHING_STORAGE_MODE": "memory",
        "OCEAN__INTEGRATION__CONFIG__BASE_URL": api_url,
        "OCEAN__INTEGRATION__CONFIG__PAGINATION_TYPE": "page",
        "OCEAN__INTEGRATION__CONFIG__SIZE_PARAM": "per_page",
        "OCEAN__INTEGRATION__CONFIG__PAGE_SIZE": "100",
        "APPLICATION__PORT": str(free_port()),
    }


@contextmanager
def sailing(
    project: Path,
    port: Port,
    api: tuple[str, int],
    identifier: str,
    *,
    listener: str = POLLING,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Integration]:
    """Run `ocean sail` in a project folder during the block. environ: additional variables."""
    variables = environment(port, api[0], identifier, listener) | {"PYTHONPATH": str(project), **environ}
    with tempfile.TemporaryDirectory() as folder:
        log, records = Path(folder) / "sail.log", Path(folder) / "records.jsonl"
        records.touch()
        # -P: the launcher's folder has modules with the names of ours.
        command = [sys.executable, "-P", str(LAUNCHER), str(records), "sail"]
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=project, env=variables, stdout=output, stderr=output)
        try:
            with sampled(process.pid) as usage:
                yield Integration(identifier, port, api, process, usage, records, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=EXIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def remove_state(port: Port, identifier: str) -> None:
    """Remove what an installation has kept for its next resync (see ocean_adapter/state_folder.py)."""
    names = (port.url, "sandbox", "custom", identifier)
    shutil.rmtree(STATE / sha256("\0".join(names).encode()).digest()[:16].hex(), ignore_errors=True)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def synced(project: Path, port: Port, api: tuple[str, int], identifier: str) -> Sync:
    """Run one resync in a process of its own, and return its measurements."""
    with sailing(project, port, api, identifier, listener=ONCE) as running:
        return running.next_sync(port.state(identifier).start)
