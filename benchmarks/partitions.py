"""Compare resyncs of a nested kind in one process with those in two and four, which divide its parents.

The API and Port's sandbox are separate processes. The API's latency is so long that waiting dominates, as it
does with real APIs: the processes share this machine's processors, which installations do not. The time is
that of the slowest process, as Ocean reports it, without its start. Each round has runs of one, two and four
processes, and the ratios are those of the same round. Run with `make bench` on an idle machine.
"""

import argparse
import os
import statistics
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.lean_api import lean_api
from benchmarks.sail import ROOT, Port, mapping_of, port_sandbox, synced

LATENCY_S = 0.5
# The default of maxConcurrentRequests.
CONCURRENCY = 10
PARENTS = 400
CHILDREN = 5
PROCESSES = (1, 2, 4)
ROUNDS = 3


@dataclass(frozen=True)
class Measured:
    """One run. seconds: of the slowest process. load: of the machine before the run."""

    processes: int
    seconds: float
    load: float


def run(port: Port, api: tuple[str, int], processes: int, entities: int) -> Measured:
    """Run the processes at once, from an empty catalog. Raises AssertionError: entities are missing."""
    names = [f"bench-{index}-of-{processes}" for index in range(processes)]
    port.install(names[0], mapping(0, processes))
    for index, name in enumerate(names):
        add(port, name, mapping(index, processes))
    load = os.getloadavg()[0]
    with ThreadPoolExecutor(processes) as threads:
        syncs = list(threads.map(lambda name: synced(ROOT, port, api, name), names))
    assert port.entities() == entities, (port.entities(), entities)
    return Measured(processes, max(sync.seconds for sync in syncs), load)


def mapping(index: int, of: int) -> dict[str, Any]:
    """Return the mapping of one of the installations."""
    parents = {"id": {"endpoint": "/parents", "data_path": ".parents", "field": ".id"}}
    partition = {"index": index, "of": of}
    return mapping_of(
        "/parents/{id}/children", data_path=".children", path_parameters=parents, partition=partition
    )


def add(port: Port, identifier: str, config: dict[str, Any]) -> None:
    """Save an integration with its mapping, and leave the catalog as it is."""
    with httpx.Client(base_url=port.url, timeout=60) as http:
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
        body = {
            "installationId": identifier,
            "installationAppType": "custom",
            "version": "0.1.0",
            "changelogDestination": {},
            "config": config,
        }
        headers = {"Authorization": f"Bearer {token}"}
        http.post("/v1/integration?upsert=true", json=body, headers=headers).raise_for_status()


def main() -> None:
    """Print a line for each number of processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parents", type=int, default=PARENTS)
    parser.add_argument("--latency", type=float, default=LATENCY_S, help="seconds")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    parents = options.parents
    sizes = {"items": 0, "parents": parents, "children": CHILDREN, "latency_s": options.latency}
    with port_sandbox() as port, lean_api(**sizes) as api:
        rounds = []
        for _ in range(options.rounds):
            rounds.append([run(port, api, processes, parents * CHILDREN) for processes in PROCESSES])
            seconds = ", ".join(f"{each.seconds:.1f} s with {each.processes}" for each in rounds[-1])
            print(f"round {len(rounds)}: {seconds}", flush=True)
    waiting = parents * options.latency / CONCURRENCY
    print(
        f"{parents} parents with {CHILDREN} children each, API at {options.latency * 1000:.0f} ms, "
        f"{CONCURRENCY} requests at once in each process, {os.cpu_count()} processors"
    )
    for place, processes in enumerate(PROCESSES):
        runs = [each[place] for each in rounds]
        ratio = statistics.median(each[0].seconds / each[place].seconds for each in rounds)
        print(
            f"{processes} processes: {statistics.median(each.seconds for each in runs):.1f} s "
            f"(waiting: {waiting / processes:.1f} s), {ratio:.2f} x as fast as one, "
            f"load {min(each.load for each in runs):.1f} to {max(each.load for each in runs):.1f}"
        )


if __name__ == "__main__":
    main()
