"""Measure live events: the latency of changes while a resync runs, and a storm of 10,000 events.

The sample API changes its items and sends signed events, `ocean sail` receives them, and Port's sandbox has
the catalog. After each part, the catalog must not differ from the API: a resync must change nothing. The
memory is that of `ocean sail` and its workers. Run with `make bench-all`.
"""

import argparse
import re
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import yaml

from benchmarks.processes import children_of, memory_mib
from scripts.demo import (
    EXAMPLE,
    INSTALLATION,
    Integration,
    environment,
    free_port,
    install,
    integration,
    server,
)

CHANGES = 100
EVENTS = 10_000
PER_SECOND = 200.0
# A third of the events are duplicates or late.
DUPLICATES, REORDERED = 0.2, 0.17
# The shares of the events after which the memory is measured.
MEASURED_AT = (0.2, 0.6, 1)
# The API's latency while the latency of changes is measured: a resync then takes long.
API_LATENCY_S = 0.1
_POLL_S = 0.02
_TIMEOUT_S = 900.0

type Catalog = dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Setup:
    """The running processes."""

    port: httpx.Client
    api: httpx.Client
    ocean: Integration
    mapping: dict[str, Any]

    def catalog(self) -> Catalog:
        """Return all entities by blueprint and identifier."""
        blueprints = {
            entry["port"]["entity"]["mappings"]["blueprint"].strip('"') for entry in self.mapping["resources"]
        }
        entities: Catalog = {}
        for blueprint in blueprints:
            found = (
                self.port.get("/_sandbox/entities", params={"blueprint": blueprint}).raise_for_status().json()
            )
            for entity in found:
                content = (entity["title"], entity["properties"], entity["relations"])
                entities[f"{blueprint}/{entity['identifier']}"] = content
        return entities

    def title(self, blueprint: str, identifier: str) -> str | None:
        """Return the title of an entity. None: it does not exist."""
        response = self.port.get(f"/v1/blueprints/{blueprint}/entities/{identifier}")
        return response.json()["entity"]["title"] if response.is_success else None

    def metrics(self) -> dict[str, float]:
        """Return the metrics of live events."""
        text = httpx.get(f"{self.ocean.url}/metrics", follow_redirects=True, timeout=60).text
        lines = re.findall(r"^ocean_custom_live_events_(\S+) (\S+)", text, re.MULTILINE)
        return {name: float(value) for name, value in lines}

    @property
    def resync_state(self) -> str:
        """The state of the latest resync."""
        response = self.port.get(f"/v1/integration/{INSTALLATION}").raise_for_status()
        return str((response.json()["integration"].get("resyncState") or {}).get("status", ""))

    def start_resync(self) -> None:
        """Request a resync and wait until it runs."""
        self.port.patch(f"/v1/integration/{INSTALLATION}").raise_for_status()
        wait_for(lambda: self.resync_state == "running")

    def memory_mib(self) -> float:
        """Return the memory of the integration and its workers."""
        pid = self.ocean.process.pid
        return sum(memory_mib(each) for each in (pid, *children_of(pid)))


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until a condition holds. Raises SystemExit: it takes too long."""
    deadline = time.monotonic() + _TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("It takes too long")
        time.sleep(_POLL_S)


@contextmanager
def running() -> Iterator[Setup]:
    """Start the sandbox, the sample API and the integration, and wait for the first resync."""
    mapping = yaml.safe_load((EXAMPLE / "port-app-config.yml").read_text()) | {"entityDeletionThreshold": 1}
    secret = secrets.token_hex(16)
    with ExitStack() as stack:
        port_url, api_url = (
            stack.enter_context(server(f"sandbox.{name}_api")) for name in ("port", "sample")
        )
        port, api = (
            stack.enter_context(httpx.Client(base_url=url, timeout=60)) for url in (port_url, api_url)
        )
        install(port, mapping)
        environ = environment(port_url, api_url, secret) | {
            "OCEAN__EVENT_LISTENER": '{"type": "POLLING", "interval": 1}',
            "OCEAN__CACHING_STORAGE_MODE": "memory",
        }
        ocean = stack.enter_context(integration(environ, free_port(0)))
        setup = Setup(port, api, ocean, mapping)
        wait_for(lambda: setup.resync_state == "completed")
        webhook = {"url": f"{ocean.url}/integration/webhook", "scheme": "github", "secret": secret}
        api.post("/_control/webhook", json=webhook).raise_for_status()
        yield setup


def latency(setup: Setup) -> None:
    """Print the latency of changes while resyncs run."""
    setup.api.post("/_control/latency", json={"seconds": API_LATENCY_S}).raise_for_status()
    tickets = [ticket["id"] for ticket in setup.api.get("/none/none/api/tickets").raise_for_status().json()]
    seconds: list[float] = []
    for number in range(CHANGES):
        if setup.resync_state != "running":
            setup.start_resync()
        ticket, subject = tickets[number % len(tickets)], f"change {number}"
        item = {"id": ticket, "subject": subject}
        change = {"action": "updated", "collection": "tickets", "item": item}
        start = time.monotonic()
        setup.api.post("/_control/changes", json=change).raise_for_status()
        wait_for(lambda: setup.title("sampleTicket", str(ticket)) == subject)  # noqa: B023 - called at once
        seconds.append(time.monotonic() - start)
    setup.api.post("/_control/latency", json={"seconds": 0}).raise_for_status()
    quantiles = statistics.quantiles(seconds, n=20)
    print(
        f"{CHANGES} changes while resyncs run: median {statistics.median(seconds):.2f} s, "
        f"p95 {quantiles[-1]:.2f} s, longest {max(seconds):.2f} s"
    )


def storm(setup: Setup, events: int, per_second: float) -> None:
    """Print the memory and the counts of a storm of events."""
    plan = {"events": events, "per_second": per_second, "duplicates": DUPLICATES, "reordered": REORDERED}
    start = time.monotonic()
    setup.api.post("/_control/storm", json=plan).raise_for_status()
    memory = [f"{setup.memory_mib():.0f} MiB before"]
    for share in MEASURED_AT:
        count = int(events * share)
        wait_for(lambda: setup.api.get("/_control/storm").json()["sent"] >= count)  # noqa: B023 - called at once
        memory.append(f"{setup.memory_mib():.0f} MiB at {count:,} events")
    sent_s = time.monotonic() - start
    wait_for(lambda: setup.api.get("/_control/deliveries").json()["waiting"] == 0)
    wait_for(lambda: setup.metrics()["waiting"] == setup.metrics()["pending"] == 0)
    metrics = setup.metrics()
    sent = setup.api.get("/_control/storm").json()
    print(
        f"{sent['sent']:,} events in {sent_s:.0f} s, {sent['duplicates']:,} of them duplicates; "
        f"{time.monotonic() - start:.0f} s until the last change was written"
    )
    print(f"memory: {', '.join(memory)}")
    for name in sorted(metrics):
        if not name.startswith("latency_seconds_"):
            print(f"  {name} {metrics[name]:.0f}")


def check(setup: Setup) -> None:
    """Compare the catalog with that after a resync. Raises SystemExit: they differ."""
    before = setup.catalog()
    setup.start_resync()
    wait_for(lambda: setup.resync_state == "completed")
    after = setup.catalog()
    wrong = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    print(f"{len(before):,} entities, {len(wrong)} of them other than after a resync")
    for name in wrong[:5]:
        print(f"  {name}: {before.get(name)} instead of {after.get(name)}")
    if wrong:
        raise SystemExit(1)


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=("latency", "storm"), help="only this part")
    parser.add_argument("--events", type=int, default=EVENTS, help="of the storm")
    parser.add_argument("--per-second", type=float, default=PER_SECOND, help="events of the storm")
    options = parser.parse_args()
    with running() as setup:
        if options.part in (None, "latency"):
            latency(setup)
            check(setup)
        if options.part in (None, "storm"):
            storm(setup, options.events, options.per_second)
            check(setup)


if __name__ == "__main__":
    main()
