"""A whole resync by `ocean sail`, ours beside Ocean's own way of mapping, in the same run: in our batches,
and in batches of a page of 100, as an integration gives them that yields each page.

10,000 items of 13 fields over 100 pages, and 200 parents with 20 children each at 50 ms: a first sync and a
second one with nothing changed; start-up is not counted. Beside the time: the processor time that the API
and Port stand-ins took of it, and the most memory that the integration and its workers held. Medians of the
runs. Run with `make bench`.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks.lean_api import lean_api
from benchmarks.sail import ROOT, Port, Sync, mapping_of, port_sandbox, stock_project, synced

RUNS = 5
PAGES = {"items": 10_000}
NESTED = {"parents": 200, "children": 20, "latency_s": 0.05}
CHILDREN = mapping_of(
    "/parents/{id}/children",
    data_path=".children",
    # 20 is a size that APIs cap their pages at: without this, each child is asked for a second page.
    pagination={"total_path": ".total"},
    path_parameters={"id": {"endpoint": "/parents", "data_path": ".parents", "field": ".id"}},
)
SCENARIOS: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "10,000 items over 100 pages": (PAGES, mapping_of(), 10_000),
    "200 parents x 20 children, 50 ms": (NESTED, CHILDREN, 4_000),
}


def line(name: str, syncs: list[Sync]) -> str:
    """The medians of some syncs, as a row of a table."""
    median = {
        field: statistics.median(getattr(sync, field) for sync in syncs)
        for field in ("seconds", "per_second", "port_s", "api_s", "peak_mib")
    }
    return (
        f"{name:<36} {median['seconds']:>7.2f} s {median['per_second']:>7.0f} entities/s  "
        f"(stand-ins: Port {median['port_s']:.2f} s, API {median['api_s']:.2f} s of processor time)  "
        f"{median['peak_mib']:>5.0f} MiB"
    )


def measured(
    scenario: str, projects: dict[str, Path], port: Port, runs: int
) -> dict[tuple[str, str], list[Sync]]:
    """The syncs of each project, first and second. Raises AssertionError: not all entities came."""
    sizes, mapping, count = SCENARIOS[scenario]
    syncs: dict[tuple[str, str], list[Sync]] = {}
    with lean_api(**sizes) as api:
        for number in range(runs):
            for name, project in projects.items():
                port.install(f"bench-{number}", mapping)
                for which in ("first", "second"):
                    found = synced(project, port, api, f"bench-{number}")
                    assert found.entities == count, found
                    syncs.setdefault((name, which), []).append(found)
                    print(json.dumps({"way": name, "sync": which, **found.__dict__}), file=sys.stderr)
    return syncs


def main() -> None:
    """Prints a line for each way and sync, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only-ours", action="store_true")
    asked = parser.parse_args()
    with port_sandbox() as port, stock_project() as stock, stock_project(batch_items=100) as paged:
        others = {} if asked.only_ours else {"Ocean's processor": stock, "the same, a batch a page": paged}
        projects = {"ours": ROOT, **others}
        for scenario in SCENARIOS:
            syncs = measured(scenario, projects, port, asked.runs)
            print(f"{scenario}:")
            for (name, which), found in syncs.items():
                print("  " + line(f"{name}, {which} sync", found))
            for name, which in syncs:
                ours, theirs = (
                    statistics.median(sync.seconds for sync in syncs[each, which]) for each in ("ours", name)
                )
                if name != "ours":
                    print(f"  {which} sync: {theirs / ours:.1f} x as many entities a second as {name}")


if __name__ == "__main__":
    main()
