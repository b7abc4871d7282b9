"""A readable table of the outcomes of the matrix of faults and pagination types."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

_STYLES = ("none", "offset", "page", "cursor", "next_link", "header_link", "auto")
_CELL = "cell"


def write_table(reporter: pytest.TerminalReporter) -> None:
    """Write the table of the cells that ran, on any worker. Write nothing if there were none."""
    reports = [report for found in reporter.stats.values() for report in found]
    cells = [
        value
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name == _CELL
    ]
    if not cells:
        return
    reporter.section("faults x pagination types")
    for line in table(cells):
        reporter.write_line(line)


def table(cells: list[Any]) -> Iterator[str]:
    """Yield the lines of the table. cells: fault, pagination type and outcome of each."""
    yield _row("", _STYLES)
    for fault in sorted({fault for fault, _, _ in cells}):
        outcomes = {style: outcome for name, style, outcome in cells if name == fault}
        yield _row(fault, [outcomes.get(style, "-") for style in _STYLES])
    ends = Counter(outcome for _, _, outcome in cells)
    yield (
        f"tried {ends.total()}, survived {ends['whole'] + ends['error']} ({ends['whole']} read whole, "
        f"{ends['error']} ended in an error, which deletes nothing), wrongly deleted {ends['lost']}, "
        f"hung {ends['hung']}, known limits {ends['limit']}"
    )


def _row(name: str, cells: Iterable[str]) -> str:
    return f"{name:28}" + "".join(f"{cell:12.11}" for cell in cells).rstrip()
