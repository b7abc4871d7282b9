"""Run the demo: one real resync from a sample API into a sandbox for Port, then changes that arrive live.

Run it from the project's folder. The exit code is 0 if every kind was synced and every change arrived. In a
terminal, everything keeps running until Ctrl+C. Elsewhere, for example in CI, the demo ends then.
"""

import argparse
import json
import os
import secrets
import signal
import socket
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
from typing import IO, Any

import httpx
import yaml
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "sample_company"
INSTALLATION = "ocean-custom-demo"
CREDENTIALS = {"clientId": "sandbox", "clientSecret": "sandbox"}
_POLL_INTERVAL_S = 0.5
_CHANGE_POLL_INTERVAL_S = 0.05
_CHANGE_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 10
_ENDED = ("completed", "failed")
_END_OF_LOG = 40
# The ports that the documentation and the builder name, and Ocean's.
_SANDBOX_PORT, _SAMPLE_PORT, _OCEAN_PORT = 3010, 3020, 8000


@dataclass(frozen=True)
class Row:
    """The result of one kind."""

    kind: str
    state: str
    items: int
    entities: int
    relations: int


@dataclass(frozen=True)
class Change:
    """A change in the sample API, and the entity that shows it. title: None if the entity is deleted."""

    text: str
    request: dict[str, Any]
    blueprint: str
    identifier: str
    title: str | None


@dataclass(frozen=True)
class Integration:
    """A running `ocean sail`. url: of its server."""

    process: subprocess.Popen[str]
    log: IO[str]
    url: str

    def end_of_log(self) -> str:
        """Return the last lines of its output."""
        self.log.seek(0)
        return "\n".join(self.log.read().splitlines()[-_END_OF_LOG:])


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
    try:
        process.wait(timeout=_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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


def free_port(preferred: int) -> int:
    """Return the preferred port, or any other that nothing listens on."""
    for port in (preferred, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("", port))
            return int(probe.getsockname()[1])
    raise SystemExit("No port is free")


def environment(port_url: str, api_url: str, webhook_secret: str) -> dict[str, str]:
    """Return the environment that Helm or Docker passes to the image, without its port."""
    settings = {
        "BASE_URL": f"{api_url}/bearer/cursor",
        "AUTH_TYPE": "bearer_token",
        "AUTH_VALUE": "sample-token",
        "PAGINATION_TYPE": "cursor",
        "CURSOR_PATH": "meta.after_cursor",
        "HAS_MORE_PATH": "meta.has_more",
        "PAGE_SIZE": "50",
        "WEBHOOK_VERIFY": "github",
        "WEBHOOK_SECRET": webhook_secret,
    }
    return {
        **os.environ,
        "OCEAN__PORT__BASE_URL": port_url,
        "OCEAN__PORT__CLIENT_ID": CREDENTIALS["clientId"],
        "OCEAN__PORT__CLIENT_SECRET": CREDENTIALS["clientSecret"],
        "OCEAN__INTEGRATION__IDENTIFIER": INSTALLATION,
        # Unlike ONCE, it keeps the integration running.
        "OCEAN__EVENT_LISTENER": '{"type": "POLLING"}',
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        **{f"OCEAN__INTEGRATION__CONFIG__{name}": value for name, value in settings.items()},
    }


@contextmanager
def integration(environ: dict[str, str], server_port: int) -> Iterator[Integration]:
    """Run `ocean sail` until the block ends."""
    url = f"http://127.0.0.1:{server_port}"
    environ = {**environ, "OCEAN__BASE_URL": url, "APPLICATION__PORT": str(server_port)}
    ocean = Path(sys.executable).with_name("ocean")
    with tempfile.TemporaryFile("w+") as log, ExitStack() as processes:
        with deferred_interrupt():
            process = subprocess.Popen(
                [ocean, "sail"], cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT, text=True
            )
            processes.callback(_end, process)
        yield Integration(process, log, url)


def latest_sync(port: httpx.Client) -> tuple[str, list[dict[str, Any]]]:
    """Return the state of the latest resync, and its record of each kind in mapping order."""
    syncs = port.get("/_sandbox/syncs", params={"integration": INSTALLATION}).raise_for_status().json()
    records = [record for record in syncs[0]["kinds"] if not record["kind"].startswith("__")]
    return str(syncs[0]["resyncState"].get("status", "")), records


def resync(console: Console, port: httpx.Client, ocean: Integration) -> None:
    """Wait until the first resync has ended, and print a line for each finished kind."""
    reported: set[str] = set()
    state = ""
    while state not in _ENDED and ocean.process.poll() is None:
        time.sleep(_POLL_INTERVAL_S)
        state, records = latest_sync(port)
        for record in records:
            if record["syncState"] in _ENDED and record["kindIdentifier"] not in reported:
                reported.add(record["kindIdentifier"])
                console.print(f"  {record['kind']}: {record['syncState']}", highlight=False)


def rows(port: httpx.Client, mapping: dict[str, Any]) -> Iterator[Row]:
    """Yield the result of each kind, counted in the catalog."""
    _, found = latest_sync(port)
    records = {record["kindIndex"]: record for record in found}
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


def changes(api: httpx.Client) -> Iterator[Change]:
    """Yield a renamed project, a new ticket, and a deleted one."""
    name, subject = "Renamed a moment ago", "Created a moment ago"
    item: dict[str, Any] = {"project_id": "P-001", "project_name": name}
    request = {"action": "updated", "collection": "projects", "item": item}
    yield Change(f"project P-001 renamed to {name!r}", request, "sampleProject", "P-001", name)
    newest = max(ticket["id"] for ticket in api.get("/none/none/api/tickets").raise_for_status().json())
    item = {"id": newest + 1, "subject": subject}
    request = {"action": "created", "collection": "tickets", "item": item}
    yield Change(f"ticket {newest + 1} created", request, "sampleTicket", str(newest + 1), subject)
    request = {"action": "deleted", "collection": "tickets", "item": {"id": newest}}
    yield Change(f"ticket {newest} deleted", request, "sampleTicket", str(newest), None)


def title_in_catalog(port: httpx.Client, change: Change) -> str | None:
    """Return the title of the entity of a change, or None if it does not exist."""
    found = port.get("/_sandbox/entities", params={"blueprint": change.blueprint}).raise_for_status().json()
    return next((entity["title"] for entity in found if entity["identifier"] == change.identifier), None)


def show_changes(console: Console, port: httpx.Client, api: httpx.Client, ocean: Integration) -> None:
    """Change the sample API, and print how long each change takes to arrive in the catalog.

    Raises SystemExit: a change did not arrive.
    """
    for change in changes(api):
        start = time.monotonic()
        api.post("/_control/changes", json=change.request).raise_for_status()
        while title_in_catalog(port, change) != change.title:
            if time.monotonic() - start > _CHANGE_TIMEOUT_S or ocean.process.poll() is not None:
                console.print(ocean.end_of_log(), highlight=False, markup=False)
                deliveries = api.get("/_control/deliveries").raise_for_status().json()
                raise SystemExit(
                    f"The change did not arrive: {change.text}. Deliveries: {deliveries['latest'][:3]}"
                )
            time.sleep(_CHANGE_POLL_INTERVAL_S)
        seconds = time.monotonic() - start
        console.print(f"  {change.text}: in the catalog after {seconds:.1f} s", highlight=False)


def stay(console: Console, addresses: dict[str, str], api_url: str) -> None:
    """Print the addresses, and wait for Ctrl+C."""
    lines = "\n".join(f"  {name:<15}{address}" for name, address in addresses.items())
    console.print(
        f"\nEverything keeps running on this machine until you press Ctrl+C:\n{lines}\n"
        "Try it yourself: rename a project on the control page, and look at it in the catalog.\n"
        f"Or open the builder, and connect it to {api_url}/none/next-link",
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
    parser = argparse.ArgumentParser(description="Sync a sample API into a sandbox for Port, then change it.")
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
    """Run the demo. With `stay`, keep everything running. Raises SystemExit: something did not arrive."""
    mapping = yaml.safe_load((EXAMPLE / "port-app-config.yml").read_text())
    secret = secrets.token_hex(16)
    with ExitStack() as stack:
        console.print("Starting a local sandbox for Port and a local sample API ...")
        port_url = stack.enter_context(server("sandbox.port_api", _SANDBOX_PORT if options.stay else 0))
        api_url = stack.enter_context(server("sandbox.sample_api", _SAMPLE_PORT if options.stay else 0))
        port = stack.enter_context(httpx.Client(base_url=port_url, timeout=30))
        api = stack.enter_context(httpx.Client(base_url=api_url, timeout=30))
        install(port, mapping)
        console.print(f"Syncing {api_url} into {port_url} with a real `ocean sail` ...", highlight=False)
        start = time.monotonic()
        environ = environment(port_url, api_url, secret)
        ocean = stack.enter_context(integration(environ, free_port(_OCEAN_PORT if options.stay else 0)))
        resync(console, port, ocean)
        results = list(rows(port, mapping))
        console.print(results_table(results, time.monotonic() - start))
        if any(row.state != "completed" for row in results):
            console.print(ocean.end_of_log(), highlight=False, markup=False)
            raise SystemExit("The demo did not sync everything. The end of the log is above")
        webhook = f"{ocean.url}/integration/webhook"
        console.print(
            f"Changing the sample API, which sends signed webhooks to {webhook} ...", highlight=False
        )
        api.post("/_control/webhook", json={"url": webhook, "secret": secret}).raise_for_status()
        show_changes(console, port, api, ocean)
        if options.open:
            open_browser(f"{port_url}/catalog/")
        if options.stay:
            builder_url = stack.enter_context(server("builder.web"))
            addresses = {
                "catalog": f"{port_url}/catalog/",
                "control page": f"{api_url}/_control/ of the sample API",
                "sample API": api_url,
                "builder": builder_url,
                "webhook": f"{webhook} with the secret {secret}",
            }
            stay(console, addresses, api_url)


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
