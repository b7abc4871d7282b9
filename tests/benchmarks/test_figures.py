"""The figures and charts that are made from a results file."""

import socket
from pathlib import Path
from typing import Any

import pytest

from benchmarks.figure_charts import CHARTS, picture
from benchmarks.figures import SECTIONS
from benchmarks.readings import MISSING, values
from benchmarks.results import Results, read_results
from scripts.write_benchmarks import with_figures


def _sync(seconds: float, **more: Any) -> dict[str, Any]:
    return {
        "entities": 10_000,
        "seconds": seconds,
        "cpu_s": seconds,
        "peak_mib": 100.0,
        "port_peak_mib": 50.0,
        "written": 0,
        "api_bytes": 1000,
        "longest_gap_s": 0.2,
        "busy_gap_s": 0.1,
        "busy_stack": ["mapping/mapper.py:1 map"],
        "calls": {"POST /v1/entities/search": 200},
        "load": 0.5,
        **more,
    }


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Return results of each kind of scenario, as a run saves them."""
    found = read_results(tmp_path / "results.json", {"commit": "abc1234"})
    ours = {"first": [_sync(4.0, written=10_000), _sync(8.0)], "second": [_sync(1.0), _sync(2.0)]}
    stock = {"first": [_sync(40.0)], "second": [_sync(30.0)]}
    found.record(
        "port-50",
        {"parameters": {"port_latency_ms": 50}, "syncs": {"ours": ours, "stock_paged": stock}},
    )
    bound = {"parents": 2000, "children": 5, "api_latency_ms": 50, "at_once": 20, "requests": 2020}
    found.record("nested", {"parameters": {**bound, "bound_s": 4.0}, "syncs": {"ours": ours}})
    off = {"first": [_sync(4.0)], "second": [_sync(4.0)]}
    auto = {"first": [_sync(4.0)], "second": [_sync(2.0, api_bytes=20)]}
    found.record("conditional", {"parameters": {}, "syncs": {"off": off, "auto": auto}})
    growth = {
        "first": [_sync(100.0, peak_mib=210.0)],
        "deletion": [_sync(50.0)],
        "no_entity": [_sync(9.0, peak_mib=10.0)],
    }
    found.record("growth-102400", {"parameters": {"items": 102_400}, "syncs": {"ours": growth}})
    seconds = {"ours": [1.0, 2.0], "with_dlt": [8.0, 16.0]}
    found.record("extraction-50", {"parameters": {"latency_ms": 50}, "seconds": seconds})
    found.record("sandbox", {"output": ["500 requests/s"]})
    return read_results(found.path)


def _figures(name: str, results: Results) -> str:
    return SECTIONS[name](results.scenarios)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "port-distance",
            "| Ocean Custom | 2 | 6.00 (4.00 to 8.00) s | 1,875 | 1.50 (1.00 to 2.00) s | 0.25 | 0.25 |",
        ),
        (
            "stock-ratios",
            "| Port at 50 ms | Ocean's own classes, each page a batch | first | 40.00 s | 10.0 x |",
        ),
        ("calls", "| `POST /v1/entities/search` | 200 | 200 |"),
        ("conditional-requests", "| `auto` | 2.0 % | 2.00 s | 2.00 s |"),
        (
            "nested-endpoints",
            "takes 1.50 (1.00 to 2.00) x as long, the second 0.38",
        ),
        ("extraction", "| 50 ms | dlt, `rest_api` source | 12.00 (8.00 to 16.00) s | 8.0 x |"),
        ("growth", "| 102,400 | 100.0 s | 977 µs | 210 MiB | 50.0 s | 100 MiB | 50 MiB |"),
        ("entity-memory", "10 MiB, and 210 MiB if each does: 2.00 KiB for each entity."),
        ("loop-gaps", "| port-50 | second | 200 ms | 100 ms | `mapping/mapper.py:1 map` | 0.5 |"),
        ("sandbox", "```text\n500 requests/s\n```"),
    ],
)
def test_figures_come_from_the_results(name: str, expected: str, results: Results) -> None:
    assert expected in _figures(name, results)


def test_the_machine_has_no_name(results: Results) -> None:
    text = results.path.read_text(encoding="utf-8")
    assert socket.gethostname() not in text
    assert str(Path.home()) not in text
    assert "at commit abc1234:" in _figures("machines", results)


@pytest.mark.parametrize("name", SECTIONS)
def test_figures_without_results_say_so(name: str) -> None:
    assert SECTIONS[name]({}) == MISSING


def test_each_chart_has_the_measured_values(results: Results) -> None:
    charts = {name: make(results.scenarios) for name, make in CHARTS.items()}
    assert all(charts.values())
    rate = charts["benchmarks-rate"]
    assert rate
    assert [bar.text for bar in rate.groups[0]] == ["1,875", "7,500", "250"]
    title = "Entities per second, by Port's latency"
    assert picture("benchmarks-rate", results.scenarios) == f"![{title}](pictures/benchmarks-rate.svg)"


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_without_results_is_not_shown(name: str) -> None:
    assert picture(name, {}) == MISSING


def test_a_new_run_replaces_only_its_scenario(results: Results) -> None:
    results.record("sandbox", {"output": ["600 requests/s"]})
    found = read_results(results.path).scenarios
    assert found["sandbox"]["output"] == ["600 requests/s"]
    assert values(found["port-50"], "ours", "first", "seconds") == [4.0, 8.0]


def test_results_of_another_format_are_not_read(results: Results) -> None:
    text = results.path.read_text(encoding="utf-8")
    results.path.write_text(text.replace('"format": 1', '"format": 0'), encoding="utf-8")
    assert not read_results(results.path).scenarios


def test_only_text_between_markers_is_replaced(results: Results) -> None:
    page = "# Title\n\n<!-- figures: sandbox -->\nold\n<!-- end of figures -->\n\nThe end.\n"
    once = with_figures(page, results.scenarios)
    assert once.startswith("# Title\n\n<!-- figures: sandbox -->\n\n```text\n500 requests/s\n```\n\n<!-- end")
    assert once.endswith("<!-- end of figures -->\n\nThe end.\n")
    assert with_figures(once, results.scenarios) == once


def test_an_unknown_marker_is_an_error() -> None:
    with pytest.raises(SystemExit, match="no figures nothing"):
        with_figures("<!-- figures: nothing -->\n<!-- end of figures -->", {})
