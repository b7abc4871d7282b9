"""Complete `ocean sail` resyncs for benchmarks, measured from outside."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.processes import children_of, memory_mib, processor_s

ROOT = Path(__file__).parents[1]
FIELDS = {
    "key": (".key", "string"),
    "description": (".description", "string"),
    "state": (".state", "string"),
    "url": (".url", "string"),
    "created_at": (".created_at", "string"),
    "updated_at": (".updated_at", "string"),
    "owner": (".owner.login", "string"),
    "email": (".owner.email", "string"),
    "labels": (".labels", "array"),
    "score": (".score", "number"),
    "active": (".active", "boolean"),
    "first_label": ('.labels[0] // "none"', "string"),
    "parent": (".parent.id | tostring", "string"),
}
BLUEPRINT = {
    "identifier": "benchItem",
    "title": "Item",
    "schema": {"properties": {name: {"type": kind} for name, (_, kind) in FIELDS.items()}},
}


@dataclass(frozen=True)
class Sync:
    """The measurements of a resync. seconds: its duration as Ocean reports it."""

    entities: int
    seconds: float
    port_s: float
    api_s: float
    peak_mib: float

    @property
    def per_second(self) -> float:
        """Entities per second."""
        return self.entities / self.seconds


class Port:
    """Port's sandbox, in a separate process."""

    def __init__(self, url: str, pid: int) -> None:
        self.pid = pid
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=60)
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = self._http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
        self._http.headers["Authorization"] = f"Bearer {token}"

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

    def is_completed(self, identifier: str) -> bool:
        """Return whether the last resync succeeded."""
        return bool(self._state(identifier)["status"] == "completed")

    def resync_s(self, identifier: str) -> float:
        """Return the duration of the last resync in seconds."""
        state = self._state(identifier)
        start, end = (datetime.fromisoformat(state[name]) for name in ("lastResyncStart", "lastResyncEnd"))
        return (end - start).total_seconds()

    def _state(self, identifier: str) -> dict[str, Any]:
        integration = self._http.get(f"/v1/integration/{identifier}").json()["integration"]
        state: dict[str, Any] = integration["resyncState"]
        return state


def mapping_of(kind: str = "/items", query: str = "true", **selector: object) -> dict[str, Any]:
    """Return the mapping of the lean API's items. query: selects the items that become entities."""
    entity = {
        "identifier": ".id | tostring",
        "title": ".name",
        "blueprint": '"benchItem"',
        "properties": {name: expression for name, (expression, _) in FIELDS.items()},
    }
    wanted = {"query": query, "data_path": ".items", **selector}
    return {"resources": [{"kind": kind, "selector": wanted, "port": {"entity": {"mappings": entity}}}]}


def synced(project: Path, port: Port, api: tuple[str, int], identifier: str) -> Sync:
    """Run `ocean sail` in a project folder and return its measurements."""
    before = processor_s(port.pid), processor_s(api[1])
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OCEAN__")},
        "PYTHONPATH": str(project),
        "OCEAN__PORT__BASE_URL": port.url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": identifier,
        "OCEAN__EVENT_LISTENER": '{"type": "ONCE"}',
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        "OCEAN__CACHING_STORAGE_MODE": "memory",
        "OCEAN__INTEGRATION__CONFIG__BASE_URL": api[0],
        "OCEAN__INTEGRATION__CONFIG__PAGINATION_TYPE": "page",
        "OCEAN__INTEGRATION__CONFIG__SIZE_PARAM": "per_page",
        "OCEAN__INTEGRATION__CONFIG__PAGE_SIZE": "100",
        "APPLICATION__PORT": "0",
    }
    with tempfile.TemporaryFile() as log:
        ocean = Path(sys.executable).with_name("ocean")
        process = subprocess.Popen([ocean, "sail"], cwd=project, env=environ, stdout=log, stderr=log)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, sum(memory_mib(pid) for pid in [process.pid, *children_of(process.pid)]))
            time.sleep(0.05)
        log.seek(0)
        assert port.is_completed(identifier), log.read().decode()[-3000:]
    return Sync(
        port.entities(),
        port.resync_s(identifier),
        processor_s(port.pid) - before[0],
        processor_s(api[1]) - before[1],
        peak,
    )


@contextmanager
def stock_project(*, batch_items: int | None = None) -> Iterator[Path]:
    """Create a copy of the project with Ocean's own mapping and entity diff.

    batch_items: the size of batches. None: our size.
    """
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "custom"
        ignored = shutil.ignore_patterns(".*", "tests", "benchmarks", "docs", "__pycache__")
        shutil.copytree(ROOT, project, ignore=ignored)
        shutil.copytree(ROOT / ".port", project / ".port")
        integration = project / "integration.py"
        text = integration.read_text().replace("ConcurrentEntityDiff, ", "")
        lines = text.splitlines(keepends=True)
        ours = ("EntityProcessor", "ConcurrentEntityDiff")
        integration.write_text("".join(line for line in lines if not any(name in line for name in ours)))
        if batch_items is not None:
            batches = project / "extraction" / "batches.py"
            text = batches.read_text()
            changed = re.sub(r"^BATCH_ITEMS = .*$", f"BATCH_ITEMS = {batch_items}", text, flags=re.MULTILINE)
            assert changed != text
            batches.write_text(changed)
        yield project


@contextmanager
def port_sandbox(latency_s: float = 0) -> Iterator[Port]:
    """Start Port's sandbox. latency_s: seconds before each response."""
    command = [sys.executable, "-m", "sandbox.port_api", "--port", "0", "--latency", str(latency_s)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        try:
            yield Port("http://" + line.partition("http://")[2].split()[0].rstrip(";"), process.pid)
        finally:
            process.terminate()
