"""The charts of docs/benchmarks.md, made from the results file."""

from collections.abc import Callable, Mapping

from benchmarks.charts import Bar, Chart
from benchmarks.readings import MISSING, NAMES, PORT_LIMIT, Scenarios, at_ports, growths, values
from benchmarks.series import summary


def rate_chart(scenarios: Scenarios) -> Chart | None:
    """Return the chart of entities per second by Port's latency."""
    groups = []
    for latency_ms, each in at_ports(scenarios):
        bars = []
        for name, which in (("ours", "first"), ("ours", "second"), ("stock_paged", "first")):
            if rates := values(each, name, which, "per_second"):
                label = f"{latency_ms} ms, {'stock Ocean' if name != 'ours' else 'ours'}, {which}"
                median = summary(rates).median
                bars.append(Bar(label, median, f"{median:,.0f}"))
        groups.append(bars)
    mark = (PORT_LIMIT, f"Port's limit: {PORT_LIMIT:,}")
    return Chart("Entities per second, by Port's latency", groups, mark) if groups else None


def memory_chart(scenarios: Scenarios) -> Chart | None:
    """Return the chart of peak memory by the number of entities."""
    groups = []
    for each in growths(scenarios):
        syncs = [(which, each["syncs"]["ours"][which][0]["peak_mib"]) for which in ("first", "deletion")]
        label = f"{each['parameters']['items']:,}"
        groups.append([Bar(f"{label}, {which}", mib, f"{mib:,.0f} MiB") for which, mib in syncs])
    return (
        Chart("Peak memory, by the number of entities of 1 kB", groups, (512, "512 MiB")) if groups else None
    )


def extraction_chart(scenarios: Scenarios) -> Chart | None:
    """Return the chart of extraction alone at 50 ms."""
    each = scenarios.get("extraction-50")
    if not each:
        return None
    medians = {tool: summary(seconds).median for tool, seconds in each["seconds"].items()}
    groups = [[Bar(NAMES[tool].replace("`", ""), value, f"{value:.2f} s")] for tool, value in medians.items()]
    return Chart("Extraction alone: 10,000 items, API at 50 ms", groups)


CHARTS: Mapping[str, Callable[[Scenarios], Chart | None]] = {
    "benchmarks-rate": rate_chart,
    "benchmarks-extraction": extraction_chart,
    "benchmarks-memory": memory_chart,
}


def picture(name: str, scenarios: Scenarios) -> str:
    """Return the Markdown image of a chart."""
    chart = CHARTS[name](scenarios)
    return f"![{chart.title}](pictures/{name}.svg)" if chart else MISSING
