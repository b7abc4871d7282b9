"""Run the demo: one real resync from a sample API into a sandbox for Port, and a table of the results.

Run it from the project's folder. The exit code is 0 if every kind was synced.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "sample_company"
INSTALLATION = "ocean-custom-demo"
CREDENTIALS = {"clientId": "sandbox", "clientSecret": "sandbox"}
_POLL_INTERVAL_S = 0.5


@dataclass(frozen=True)
class Row:
    """The result of one kind."""

    kind: str
    state: str
    items: int
    entities: int
    relations: int


@contextmanager
def server(module: str) -> Iterator[str]:
    """Start a sandbox server on a free port. Yield its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if "http://" not in line:
            raise SystemExit(f"{module} did not start: {line}")
        yield "http://" + line.partition("http://")[2].split()[0]
    finally:
        process.terminate()
        process.wait(timeout=10)


def install(port: httpx.Client, mapping: dict[str, Any]) -> None:
    """Create the blueprints and the mapping in Port, as a user does."""
    token = port.post("/v1/auth/access_token", json=CREDENTIALS).raise_for_status().json()["accessToken"]
    port.headers["Authorization"] = f"Bearer {token}"
    for blueprint in json.loads((EXAMPLE / "blueprints.json").read_text()):
        port.post("/v1/blueprints", json=blueprint).raise_for_status()
    integration = {
        "installationId": INSTALLATION,
        "installationAppType": "custom",
        "version": "1.0.0",
        "changelogDestination": {},
        "config": mapping,
    }
    port.post("/v1/integration", params={"upsert": "true"}, json=integration).raise_for_status()


def environment(port_url: str, api_url: str) -> dict[str, str]:
    """Return the environment that Helm or Docker passes to the image."""
    settings = {
        "BASE_URL": f"{api_url}/bearer/cursor",
        "AUTH_TYPE": "bearer_token",
        "AUTH_VALUE": "sample-token",
        "PAGINATION_TYPE": "cursor",
        "CURSOR_PATH": "meta.after_cursor",
        "HAS_MORE_PATH": "meta.has_more",
        "PAGE_SIZE": "50",
    }
    return {
        **os.environ,
        "OCEAN__PORT__BASE_URL": port_url,
        "OCEAN__PORT__CLIENT_ID": CREDENTIALS["clientId"],
        "OCEAN__PORT__CLIENT_SECRET": CREDENTIALS["clientSecret"],
        "OCEAN__INTEGRATION__IDENTIFIER": INSTALLATION,
        "OCEAN__EVENT_LISTENER": '{"type": "ONCE"}',
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        "APPLICATION__PORT": "0",
        **{f"OCEAN__INTEGRATION__CONFIG__{name}": value for name, value in settings.items()},
    }


def kinds(port: httpx.Client) -> list[dict[str, Any]]:
    """Return the sync's record of each kind, in mapping order."""
    syncs = port.get("/_sandbox/syncs", params={"integration": INSTALLATION}).raise_for_status().json()
    return [record for record in syncs[0]["kinds"] if not record["kind"].startswith("__")]


def resync(console: Console, port: httpx.Client, environ: dict[str, str]) -> str:
    """Run `ocean sail` to its end and print a line for each finished kind. Return its output."""
    reported: set[str] = set()
    ocean = Path(sys.executable).with_name("ocean")
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [ocean, "sail"], cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT, text=True
        )
        while process.poll() is None:
            time.sleep(_POLL_INTERVAL_S)
            for record in kinds(port):
                if (
                    record["syncState"] in ("completed", "failed")
                    and record["kindIdentifier"] not in reported
                ):
                    reported.add(record["kindIdentifier"])
                    console.print(f"  {record['kind']}: {record['syncState']}", highlight=False)
        log.seek(0)
        return log.read()


def rows(port: httpx.Client, mapping: dict[str, Any]) -> Iterator[Row]:
    """Yield the result of each kind, counted in the catalog."""
    records = {record["kindIndex"]: record for record in kinds(port)}
    for index, resource in enumerate(mapping["resources"]):
        blueprint = resource["port"]["entity"]["mappings"]["blueprint"].strip('"')
        entities = port.get("/_sandbox/entities", params={"blueprint": blueprint}).raise_for_status().json()
        related = sum(bool(target) for entity in entities for target in entity["relations"].values())
        record = records.get(index, {})
        yield Row(
            resource["kind"], record.get("syncState", "not synced"), _items(record), len(entities), related
        )


def _items(record: dict[str, Any]) -> int:
    extract = record.get("metrics", {}).get("phase", {}).get("extract", {}).get("object_count_type", {})
    return int(extract.get("raw_extracted", {}).get("object_count", 0))


def results_table(results: list[Row], seconds: float) -> Table:
    """Return a table of the results."""
    table = Table(title=f"{len(results)} endpoints in {seconds:.1f} s", title_justify="left")
    table.add_column("kind (the endpoint path)", overflow="fold")
    for name in ("items", "entities", "relations"):
        table.add_column(name, justify="right")
    table.add_column("sync")
    for row in results:
        table.add_row(row.kind, str(row.items), str(row.entities), str(row.relations), row.state)
    return table


def main() -> None:
    """Run the demo."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    mapping = yaml.safe_load((EXAMPLE / "port-app-config.yml").read_text())
    with ExitStack() as stack:
        console.print("Starting a local sandbox for Port and a local sample API ...")
        port_url = stack.enter_context(server("sandbox.port_api"))
        api_url = stack.enter_context(server("sandbox.sample_api"))
        port = stack.enter_context(httpx.Client(base_url=port_url, timeout=30))
        install(port, mapping)
        console.print(f"Syncing {api_url} into {port_url} with a real `ocean sail` ...", highlight=False)
        start = time.monotonic()
        log = resync(console, port, environment(port_url, api_url))
        results = list(rows(port, mapping))
        console.print(results_table(results, time.monotonic() - start))
    if any(row.state != "completed" for row in results):
        console.print("\n".join(log.splitlines()[-40:]), highlight=False, markup=False)
        raise SystemExit("The demo did not sync everything. The end of the log is above")


if __name__ == "__main__":
    main()
