"""Compare complete `ocean sail` resyncs with Ocean's own mapping and entity diff.

Ocean's own runs with our batches, and with batches of one page of 100 items, like an integration that
yields each page. The scenarios are 10,000 items of 13 fields on 100 pages, the same with 50 ms latency to
Port, and 200 parents with 20 children each at 50 ms. Each has a first sync and a second one without
changes. Startup does not count. The output also shows the processor time of the simulated API and Port, and
the peak memory of the integration and its workers. The results are medians. Run with `make bench`.
"""

import argparse
import json
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.lean_api import lean_api
from benchmarks.sail import ROOT, Sync, mapping_of, port_sandbox, stock_project, synced

RUNS = 5
PAGES = {"items": 10_000}
NESTED = {"parents": 200, "children": 20, "latency_s": 0.05}
CHILDREN = mapping_of(
    "/parents/{id}/children",
    data_path=".children",
    # 20 is a common page size limit. Without a total, a second page of each child would be requested.
    pagination={"total_path": ".total"},
    path_parameters={"id": {"endpoint": "/parents", "data_path": ".parents", "field": ".id"}},
)


@dataclass(frozen=True)
class Scenario:
    """A scenario. api: sizes of the lean API. entities: the expected number."""

    api: dict[str, Any]
    mapping: dict[str, Any]
    entities: int
    port_latency_s: float = 0


SCENARIOS = {
    "10,000 items over 100 pages": Scenario(PAGES, mapping_of(), 10_000),
    "the same, Port at 50 ms": Scenario(PAGES, mapping_of(), 10_000, port_latency_s=0.05),
    "200 parents x 20 children, API at 50 ms": Scenario(NESTED, CHILDREN, 4_000),
}


def line(name: str, syncs: list[Sync]) -> str:
    """Return the medians of syncs as a table row."""
    median = {
        field: statistics.median(getattr(sync, field) for sync in syncs)
        for field in ("seconds", "per_second", "port_s", "api_s", "peak_mib")
    }
    return (
        f"{name:<36} {median['seconds']:>7.2f} s {median['per_second']:>7.0f} entities/s  "
        f"(stand-ins: Port {median['port_s']:.2f} s, API {median['api_s']:.2f} s of processor time)  "
        f"{median['peak_mib']:>5.0f} MiB"
    )


def measured(scenario: Scenario, projects: dict[str, Path], runs: int) -> dict[tuple[str, str], list[Sync]]:
    """Return the first and second syncs of each project. Raises AssertionError: entities are missing."""
    syncs: dict[tuple[str, str], list[Sync]] = {}
    with port_sandbox(scenario.port_latency_s) as port, lean_api(**scenario.api) as api:
        for number in range(runs):
            for name, project in projects.items():
                port.install(f"bench-{number}", scenario.mapping)
                for which in ("first", "second"):
                    found = synced(project, port, api, f"bench-{number}")
                    assert found.entities == scenario.entities, found
                    syncs.setdefault((name, which), []).append(found)
                    print(json.dumps({"project": name, "sync": which, **found.__dict__}), file=sys.stderr)
    return syncs


def main() -> None:
    """Print a line for each project and sync, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only-ours", action="store_true")
    options = parser.parse_args()
    with stock_project() as stock, stock_project(batch_items=100) as paged:
        others = {} if options.only_ours else {"stock Ocean": stock, "stock Ocean, one batch per page": paged}
        projects = {"ours": ROOT, **others}
        for title, scenario in SCENARIOS.items():
            syncs = measured(scenario, projects, options.runs)
            print(f"{title}:")
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
