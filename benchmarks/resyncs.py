"""Series of whole resyncs: a first one, and a second one in which nothing has changed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.lean_api import lean_api
from benchmarks.mappings import mapping_of, nested_mapping
from benchmarks.port_sandbox import ROOT, Port, port_sandbox
from benchmarks.results import Results
from benchmarks.sail import ONCE, Sync, remove_state, sailing
from benchmarks.series import alternate

PREFIX = "OCEAN__INTEGRATION__CONFIG__"


@dataclass(frozen=True)
class Contestant:
    """A project that is measured. two_processes: the second resync runs in a process of its own."""

    project: Path = ROOT
    environ: Mapping[str, str] = field(default_factory=dict)
    two_processes: bool = False


@dataclass(frozen=True)
class Scenario:
    """A catalog to be synced. api: fields of the lean API's Sizes. entities: the expected number."""

    name: str
    api: Mapping[str, Any]
    mapping: Mapping[str, Any]
    entities: int
    port_latency_s: float = 0
    environ: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


def port_at(latency_ms: int) -> Scenario:
    """Return the scenario of 10,000 items on 100 pages, with Port at this latency."""
    parameters = {"items": 10_000, "pages": 100, "port_latency_ms": latency_ms}
    return Scenario(
        f"port-{latency_ms}",
        {"items": 10_000},
        mapping_of(),
        10_000,
        latency_ms / 1000,
        parameters=parameters,
    )


def nested(parents: int = 2000, children: int = 5, latency_s: float = 0.05, at_once: int = 20) -> Scenario:
    """Return the scenario of parents with children.

    bound_s: the waiting that cannot be avoided. The first page of parents comes alone, then all other
    requests in groups of `at_once`.
    """
    requests = parents // 100 + parents
    bound_s = latency_s * (1 + -(-(requests - 1) // at_once))
    return Scenario(
        "nested",
        {"parents": parents, "children": children, "latency_s": latency_s},
        nested_mapping(),
        parents * children,
        environ={f"{PREFIX}MAX_CONCURRENT_REQUESTS": str(at_once)},
        parameters={
            "parents": parents,
            "children": children,
            "api_latency_ms": round(latency_s * 1000),
            "at_once": at_once,
            "requests": requests,
            "bound_s": bound_s,
        },
    )


def conditional() -> Scenario:
    """Return the scenario of an API with ETags."""
    parameters = {"items": 10_000, "pages": 100}
    return Scenario(
        "conditional", {"items": 10_000, "etags": True}, mapping_of(), 10_000, parameters=parameters
    )


def two_syncs(
    scenario: Scenario, contestant: Contestant, port: Port, api: tuple[str, int]
) -> dict[str, Sync]:
    """Run a first and a second resync of a new installation."""
    identifier = f"bench-{uuid4().hex[:12]}"
    port.install(identifier, dict(scenario.mapping))
    environ = {**scenario.environ, **contestant.environ}
    if contestant.two_processes:
        syncs = {}
        for which in ("first", "second"):
            last = port.state(identifier).start
            with sailing(
                contestant.project, port, api, identifier, listener=ONCE, environ=environ
            ) as running:
                syncs[which] = running.next_sync(last)
    else:
        with sailing(contestant.project, port, api, identifier, environ=environ) as running:
            syncs = {"first": running.next_sync(), "second": running.second_sync()}
    remove_state(port, identifier)
    for which, sync in syncs.items():
        if sync.entities != scenario.entities:
            raise SystemExit(f"{scenario.name}, {which}: {sync.entities} of {scenario.entities} entities")
    return syncs


def record_resyncs(
    results: Results, scenario: Scenario, contestants: Mapping[str, Contestant], runs: Mapping[str, int]
) -> None:
    """Measure the contestants in alternation, and save the scenario after each run."""
    series: dict[str, dict[str, list[dict[str, Any]]]] = {name: {} for name in contestants}
    with port_sandbox(scenario.port_latency_s) as port, lean_api(**scenario.api) as api:
        measures = {
            name: lambda _, contestant=contestant: two_syncs(scenario, contestant, port, api)
            for name, contestant in contestants.items()
        }
        for name, syncs in alternate(measures, runs):
            for which, sync in syncs.items():
                series[name].setdefault(which, []).append(asdict(sync))
                print(f"  {name}, {which}: {line(sync)}", flush=True)
    results.record(scenario.name, {"parameters": dict(scenario.parameters), "syncs": series})


def line(sync: Sync) -> str:
    """Return the most important measurements of a resync."""
    return (
        f"{sync.seconds:.2f} s ({sync.per_second:,.0f} entities/s), processor {sync.cpu_s:.2f} s, "
        f"{sync.written:,} written, {sum(sync.calls.values())} requests to Port, "
        f"{sync.api_bytes / 1e6:.2f} MB from the API, {sync.peak_mib:.0f} MiB, "
        f"longest gap {sync.longest_gap_s * 1000:.0f} ms ({sync.busy_gap_s * 1000:.0f} busy), "
        f"load {sync.load:.1f}"
    )
