"""Run the demo: one real resync from a sample API into a sandbox for Port, and a table of the results.

Run it from the project's folder. The exit code is 0 if every kind was synced. In a terminal, sandbox, sample
API and builder keep running until Ctrl+C. Elsewhere, for example in CI, the demo ends after the resync.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
_STOP_TIMEOUT_S = 10
# The ports that the documentation and the builder name.
_SANDBOX_PORT, _SAMPLE_PORT = 3010, 3020


@dataclass(frozen=True)
class Row:
    """The result of one kind."""

    kind: str
    state: str
    items: int
    entities: int
    relations: int


@contextmanager
def deferred_interrupt() -> Iterator[None]:
    """Let Ctrl+C wait while a process starts: without its handle, nobody could end it."""
    received: list[int] = []
    previous = signal.signal(signal.SIGINT, lambda number, _: received.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if received:
        raise KeyboardInterrupt


@contextmanager
def server(module: str, port: int = 0) -> Iterator[str]:
    """Start a server on a port, or on any free port if the port is in use. Yield its URL."""
    with ExitStack() as processes:
        with deferred_interrupt():
            process, line = _start(module, port)
            if port and "http://" not in line:
                process.wait(timeout=_STOP_TIMEOUT_S)
                process, line = _start(module, 0)
            processes.callback(_end, process)
        if "http://" not in line:
            raise SystemExit(f"{module} did not start: {line}")
        yield "http://" + line.partition("http://")[2].split()[0]


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(timeout=_STOP_TIMEOUT_S)


def _start(module: str, port: int) -> tuple[subprocess.Popen[str], str]:
    """Return a server's process and the first line that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if port else None,
        text=True,
        start_new_session=True,  # Ctrl+C reaches only the demo, which then ends the servers
    )
    return process, process.stdout.readline() if process.stdout else ""


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
    with tempfile.TemporaryFile("w+") as log, ExitStack() as processes:
        with deferred_interrupt():
            process = subprocess.Popen(
                [ocean, "sail"], cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT, text=True
            )
            processes.callback(_end, process)
        while process.poll() is None:
            time.sleep(_POLL_INTERVAL_S)
            for record in kinds(port):
                is_over = record["syncState"] in ("completed", "failed")
                if is_over and record["kindIdentifier"] not in reported:
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


def stay(console: Console, port_url: str, api_url: str, builder_url: str) -> None:
    """Print the addresses, and wait for Ctrl+C."""
    console.print(
        "\nEverything keeps running on this machine until you press Ctrl+C:\n"
        f"  catalog     {port_url}/catalog/\n"
        f"  sample API  {api_url}\n"
        f"  builder     {builder_url}\n"
        f"Try it yourself: open the builder, and connect it to {api_url}/none/next-link",
        highlight=False,
        soft_wrap=True,
    )
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    console.print("\nStopping ...")


def open_browser(url: str) -> None:
    """Open a page in the background. Browsers in the terminal are not opened: they would take it over."""
    has_display = sys.platform == "darwin" or {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"} & os.environ.keys()
    if has_display:
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def parse_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the options. By default, the demo stays in a terminal, and opens the catalog if it stays."""
    parser = argparse.ArgumentParser(description="Sync a sample API into a sandbox for Port.")
    flag = argparse.BooleanOptionalAction
    parser.add_argument("--stay", action=flag, help="keep everything running (default: in a terminal)")
    parser.add_argument("--open", action=flag, help="open the catalog in the browser (default: with --stay)")
    options = parser.parse_args(arguments)
    if options.stay is None:
        is_terminal = sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")
        options.stay = bool(options.open) or is_terminal
    if options.open is None:
        options.open = options.stay
    return options


def run(options: argparse.Namespace, console: Console) -> None:
    """Run the demo. With `stay`, keep everything running. Raises SystemExit: a kind was not synced."""
    mapping = yaml.safe_load((EXAMPLE / "port-app-config.yml").read_text())
    with ExitStack() as stack:
        console.print("Starting a local sandbox for Port and a local sample API ...")
        port_url = stack.enter_context(server("sandbox.port_api", _SANDBOX_PORT if options.stay else 0))
        api_url = stack.enter_context(server("sandbox.sample_api", _SAMPLE_PORT if options.stay else 0))
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
        if options.open:
            open_browser(f"{port_url}/catalog/")
        if options.stay:
            stay(console, port_url, api_url, stack.enter_context(server("builder.web")))


def main() -> None:
    """Run the demo. Ctrl+C ends it, and so does the end of the terminal."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        run(parse_options(), Console(width=None if sys.stdout.isatty() else 120))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
