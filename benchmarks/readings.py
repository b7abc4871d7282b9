"""The values of a results file, by scenario, contestant and measure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.series import Summary, summary

type Scenario = Mapping[str, Any]
type Scenarios = Mapping[str, Scenario]

MISSING = "*Not measured yet.*"
PORT_LIMIT = 2333
NAMES = {
    "ours": "Ocean Custom",
    "ours_two_processes": "Ocean Custom, a process for each resync",
    "stock": "Ocean's own classes",
    "stock_paged": "Ocean's own classes, each page a batch",
    "against": "the checkout it is compared with",
    "with_httpx_and_orjson": "the floor",
    "with_dlt": "dlt, `rest_api` source",
    "with_airbyte": "Airbyte's CDK",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def values(scenario: Scenario, name: str, which: str, measure: str) -> list[float]:
    """Return a measure of all syncs of a contestant. `per_second`: entities per second."""
    syncs = scenario["syncs"].get(name, {}).get(which, [])
    if measure == "per_second":
        return [sync["entities"] / sync["seconds"] for sync in syncs]
    return [float(sync[measure]) for sync in syncs]


def median(scenario: Scenario, name: str, which: str, measure: str) -> Summary:
    """Return the summary of a measure of all syncs of a contestant."""
    return summary(values(scenario, name, which, measure))


def at_ports(scenarios: Scenarios) -> list[tuple[int, Scenario]]:
    """Return the scenarios with Port at a latency, in milliseconds, in order."""
    found = [each for name, each in scenarios.items() if name.startswith("port-")]
    return sorted(((each["parameters"]["port_latency_ms"], each) for each in found), key=lambda pair: pair[0])


def nested(scenarios: Scenarios) -> list[tuple[str, Scenario]]:
    """Return the nested scenario with its label, if it was measured."""
    return [("nested", scenarios["nested"])] if "nested" in scenarios else []


def growths(scenarios: Scenarios) -> list[Scenario]:
    """Return the scenarios of growth by their number of entities."""
    found = [each for name, each in scenarios.items() if name.startswith("growth-")]
    return sorted(found, key=lambda each: int(each["parameters"]["items"]))
