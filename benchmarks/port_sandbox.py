"""Port's sandbox in a separate process, with the catalog that benchmarks write to."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.mappings import BLUEPRINT

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class ResyncState:
    """A resync as Ocean reports it to Port. start, end: Unix time, 0 if unknown."""

    status: str
    start: float
    end: float

    def ended_after(self, moment: float) -> bool:
        """Return whether a resync that started after this moment has ended."""
        return self.start > moment and self.end >= self.start and self.status != "running"


class Port:
    """Port's sandbox, in a separate process."""

    def __init__(self, url: str, pid: int) -> None:
        self.pid = pid
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=60)
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = self._http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Close the connections to the sandbox."""
        self._http.close()

    def install(self, identifier: str, mapping: dict[str, Any]) -> None:
        """Reset the catalog and create the blueprint and the mapping."""
        self._http.post("/_sandbox/reset").raise_for_status()
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = self._http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._http.post("/v1/blueprints", json=BLUEPRINT).raise_for_status()
        body = {
            "installationId": identifier,
            "installationAppType": "custom",
            "version": "0.1.0",
            "changelogDestination": {},
            "config": mapping,
        }
        self._http.post("/v1/integration?upsert=true", json=body).raise_for_status()

    def entities(self) -> int:
        """Return the number of entities in the catalog."""
        count: int = self._http.get("/v1/blueprints/benchItem/entities-count").json()["count"]
        return count

    def request_resync(self, identifier: str) -> None:
        """Request a resync, as a user does in Port."""
        self._http.patch(f"/v1/integration/{identifier}").raise_for_status()

    def state(self, identifier: str) -> ResyncState:
        """Return the state of the last resync."""
        state = self._http.get(f"/v1/integration/{identifier}").json()["integration"].get("resyncState") or {}
        start, end = (
            datetime.fromisoformat(state[name]).timestamp() if state.get(name) else 0.0
            for name in ("lastResyncStart", "lastResyncEnd")
        )
        return ResyncState(state.get("status", ""), start, end)


@contextmanager
def port_sandbox(latency_s: float = 0, database: Path | None = None) -> Iterator[Port]:
    """Start Port's sandbox. latency_s: seconds before each response. database: a file. None: in memory."""
    command = [sys.executable, "-m", "sandbox.port_api", "--port", "0", "--latency", str(latency_s)]
    command += ["--db", str(database)] if database else []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            port = Port("http://" + line.partition("http://")[2].split()[0].rstrip(";"), process.pid)
            try:
                yield port
            finally:
                port.close()
        finally:
            process.terminate()
