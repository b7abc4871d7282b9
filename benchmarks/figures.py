"""The tables and sentences of docs/benchmarks.md, made from the results file."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.readings import (
    MISSING,
    NAMES,
    Scenario,
    Scenarios,
    at_ports,
    growths,
    median,
    nested,
    table,
    values,
)
from benchmarks.series import paired_ratio, summary


def machines(scenarios: Scenarios) -> str:
    """Return a sentence for each machine, with its dates and load."""
    groups: dict[tuple[str, ...], list[Scenario]] = {}
    for each in scenarios.values():
        one = each["machine"]
        key = (str(one["cores"]), one["processor"], str(one["memory_gib"]), one["system"], one["python"])
        groups.setdefault(key, []).append(each)
    return "\n".join(_machine(key, found) for key, found in sorted(groups.items())) or MISSING


def _machine(key: tuple[str, ...], found: Sequence[Scenario]) -> str:
    cores, processor, memory, system, python = key
    dates = sorted({each["date"] for each in found})
    loads = [each["load"] for each in found]
    commits = ", ".join(sorted({each["versions"]["commit"] for each in found}))
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    return (
        f"Measured on {when} at commit {commits}: {cores} cores ({processor}), {memory} GiB, {system}, "
        f"Python {python}. Load of the machine after each scenario: {min(loads):.1f} to {max(loads):.1f}."
    )


def port_distance(scenarios: Scenarios) -> str:
    """Return the table of first and second resyncs by Port's latency."""
    rows = [
        [f"{latency_ms} ms", NAMES[name], *_distance_cells(each, name)]
        for latency_ms, each in at_ports(scenarios)
        for name in ("ours", "ours_two_processes")
        if values(each, name, "first", "seconds")
    ]
    head = (
        "Port at",
        "",
        "runs",
        "first sync",
        "entities/s",
        "second sync",
        "second / first: time",
        "processor",
        "written",
    )
    return table(head, rows) if rows else MISSING


def _distance_cells(scenario: Scenario, name: str) -> list[str]:
    def ratio(measure: str) -> str:
        pair = [values(scenario, name, which, measure) for which in ("second", "first")]
        return paired_ratio(*pair).text()

    first, second = (median(scenario, name, which, "seconds") for which in ("first", "second"))
    written = max(values(scenario, name, "second", "written"))
    return [
        str(len(values(scenario, name, "first", "seconds"))),
        f"{first.text()} s",
        f"{median(scenario, name, 'first', 'per_second').median:,.0f}",
        f"{second.text()} s",
        ratio("seconds"),
        ratio("cpu_s"),
        f"{written:,.0f}",
    ]


def stock_ratios(scenarios: Scenarios) -> str:
    """Return the table of paired ratios to Ocean's own classes and to another checkout."""
    rows = []
    for label, each in [*((f"Port at {ms} ms", one) for ms, one in at_ports(scenarios)), *nested(scenarios)]:
        for name in ("stock", "stock_paged", "against"):
            for which in ("first", "second"):
                if theirs := values(each, name, which, "seconds"):
                    ratio = paired_ratio(theirs, values(each, "ours", which, "seconds"))
                    rows.append(
                        [label, NAMES[name], which, f"{summary(theirs).text()} s", f"{ratio.text(1)} x"]
                    )
    return table(("", "compared with", "sync", "its time", "its time / ours"), rows) if rows else MISSING


def calls(scenarios: Scenarios) -> str:
    """Return the table of requests to Port by kind, of the last first and second resync at 50 ms."""
    each = scenarios.get("port-50")
    if not each:
        return MISSING
    first, second = (each["syncs"]["ours"][which][-1]["calls"] for which in ("first", "second"))
    names = sorted({*first, *second}, key=lambda name: (-first.get(name, 0), name))
    rows = [[f"`{name}`", str(first.get(name, 0)), str(second.get(name, 0))] for name in names]
    return table(("request to Port", "first sync", "second sync"), rows)


def conditional_requests(scenarios: Scenarios) -> str:
    """Return the table of a second resync with and without conditional requests."""
    each = scenarios.get("conditional")
    if not each:
        return MISSING
    rows = []
    for name in ("off", "auto"):
        pair = [values(each, name, which, "api_bytes") for which in ("second", "first")]
        second = [median(each, name, "second", measure) for measure in ("seconds", "cpu_s")]
        share = f"{paired_ratio(*pair).median * 100:.1f} %"
        rows.append([f"`{name}`", share, *(f"{one.text()} s" for one in second)])
    head = ("conditionalRequests", "bytes of the second sync", "its time", "its processor time")
    return table(head, rows)


def nested_endpoints(scenarios: Scenarios) -> str:
    """Return a sentence about the nested scenario and its bound."""
    each = scenarios.get("nested")
    if not each:
        return MISSING
    one = each["parameters"]
    ratio = {
        which: summary([s / one["bound_s"] for s in values(each, "ours", which, "seconds")])
        for which in ("first", "second")
    }
    return (
        f"{one['parents']:,} parents with {one['children']} children each, the API at "
        f"{one['api_latency_ms']} ms, {one['at_once']} requests at once: the {one['requests']:,} requests "
        f"must wait at least {one['bound_s']:.2f} s. The first resync takes {ratio['first'].text()} x as "
        f"long, the second {ratio['second'].text()} x."
    )


def extraction(scenarios: Scenarios) -> str:
    """Return the table of extraction alone."""
    rows = []
    for name in ("extraction-0", "extraction-50"):
        if each := scenarios.get(name):
            for tool, seconds in each["seconds"].items():
                ratio = paired_ratio(seconds, each["seconds"]["ours"]).text(1)
                cells = [
                    f"{each['parameters']['latency_ms']} ms",
                    NAMES[tool],
                    f"{summary(seconds).text()} s",
                ]
                rows.append([*cells, "" if tool == "ours" else f"{ratio} x"])
    return table(("API at", "", "time", "time / ours"), rows) if rows else MISSING


def growth(scenarios: Scenarios) -> str:
    """Return the table of growth."""
    rows = []
    for each in growths(scenarios):
        items = each["parameters"]["items"]
        first, deletion = (each["syncs"]["ours"][which][0] for which in ("first", "deletion"))
        rows.append(
            [
                f"{items:,}",
                f"{first['seconds']:,.1f} s",
                f"{first['seconds'] / items * 1e6:,.0f} µs",
                f"{first['peak_mib']:,.0f} MiB",
                f"{deletion['seconds']:,.1f} s",
                f"{deletion['peak_mib']:,.0f} MiB",
                f"{deletion['port_peak_mib']:,.0f} MiB",
            ]
        )
    head = ("entities", "first sync", "an entity", "most memory", "deletion", "most memory", "(the sandbox)")
    return table(head, rows) if rows else MISSING


def entity_memory(scenarios: Scenarios) -> str:
    """Return a sentence about the memory of each entity."""
    for each in reversed(growths(scenarios)):
        if empty := values(each, "ours", "no_entity", "peak_mib"):
            items = each["parameters"]["items"]
            full = values(each, "ours", "first", "peak_mib")
            kib = (full[0] - empty[0]) * 1024 / items
            return (
                f"A resync of {items:,} items of which none becomes an entity takes {empty[0]:.0f} MiB, and "
                f"{full[0]:.0f} MiB if each does: {kib:.2f} KiB for each entity."
            )
    return MISSING


def loop_gaps(scenarios: Scenarios) -> str:
    """Return the table of the longest gaps between two turns of the event loop."""
    rows = []
    for name, each in sorted(scenarios.items()):
        for which, syncs in each.get("syncs", {}).get("ours", {}).items():
            busiest = max(syncs, key=lambda sync: sync["busy_gap_s"])
            longest, load = max(sync["longest_gap_s"] for sync in syncs), max(sync["load"] for sync in syncs)
            where = f"`{busiest['busy_stack'][-1]}`" if busiest["busy_stack"] else ""
            gap = f"{busiest['busy_gap_s'] * 1000:.0f} ms"
            rows.append(
                [name, which.replace("_", " "), f"{longest * 1000:.0f} ms", gap, where, f"{load:.1f}"]
            )
    head = ("scenario", "sync", "longest gap", "most processor time in one", "where", "most load")
    return table(head, rows) if rows else MISSING


def program(name: str) -> Callable[[Scenarios], str]:
    """Return a function that returns the output of a program of its own."""

    def output(scenarios: Scenarios) -> str:
        each = scenarios.get(name)
        return "\n".join(["```text", *each["output"], "```"]) if each else MISSING

    return output


SECTIONS: Mapping[str, Callable[[Scenarios], str]] = {
    "machines": machines,
    "port-distance": port_distance,
    "stock-ratios": stock_ratios,
    "calls": calls,
    "conditional-requests": conditional_requests,
    "nested-endpoints": nested_endpoints,
    "extraction": extraction,
    "growth": growth,
    "entity-memory": entity_memory,
    "loop-gaps": loop_gaps,
    **{name: program(name) for name in ("partitions", "live_events", "sandbox")},
}
