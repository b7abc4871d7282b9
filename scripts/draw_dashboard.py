"""Draw the panels of monitoring/dashboard.json as one SVG picture, with the answers of a Prometheus to them.

It stands for Grafana where there is none: same queries, same places, plainer drawing.
    python -m scripts.draw_dashboard http://127.0.0.1:9090 docs/pictures/monitoring.svg --minutes 10
"""

import argparse
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import httpx

_DASHBOARD = Path(__file__).parents[1] / "monitoring" / "dashboard.json"
_COLUMN, _ROW, _GAP = 60, 30, 8
_HEAD, _LEGEND, _MOST_NAMES, _LONGEST_NAME = 26, 170, 8, 20
_STEPS = 240
_COLORS = ("#3b82f6", "#f59e0b", "#10b981", "#a855f7", "#ef4444", "#06b6d4", "#84cc16", "#6b7280")
_THRESHOLDS = {"green": "#15803d", "red": "#b91c1c", "orange": "#b45309", "blue": "#1d4ed8"}
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#374151}"
    ".title{font-weight:600}.row{font-size:16px;font-weight:600}"
    ".stat{font-size:26px;font-weight:600;fill:#fff}.box{fill:none;stroke:#d1d5db}.grid{stroke:#e5e7eb}"
    "@media(prefers-color-scheme:dark){text{fill:#d1d5db}.box{stroke:#4b5563}.grid{stroke:#374151}}"
)


@dataclass(frozen=True)
class Series:
    """A line of a panel. points: pairs of Unix time and value, in order."""

    name: str
    labels: dict[str, str]
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Source:
    """A Prometheus, and the span of time to ask for."""

    http: httpx.Client
    start: float
    end: float

    def series(self, target: dict[str, Any]) -> list[Series]:
        """Return the answer to a panel's query. NaN is left out."""
        query = target["expr"].replace("$__rate_interval", "1m").replace("$identifier", ".+")
        span = {"start": self.start, "end": self.end, "step": (self.end - self.start) / _STEPS}
        answer = self.http.get("/api/v1/query_range", params={"query": query, **span}).raise_for_status()
        return [
            Series(
                _named(target["legendFormat"], found["metric"]),
                found["metric"],
                [(at, float(text)) for at, text in found["values"] if text != "NaN"],
            )
            for found in answer.json()["data"]["result"]
        ]


def _named(template: str, labels: dict[str, str]) -> str:
    """Return the name of a line, without the installation if there are other labels."""
    parts = template.replace("{{identifier}} ", "")
    return re.sub(r"\{\{(\w+)\}\}", lambda name: labels.get(name[1], ""), parts) or "all"


def shown(value: float, unit: str) -> str:
    """Return a value as a person reads it."""
    match unit:
        case "s" if value >= 120:
            return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"
        case "s":
            return f"{value:.3g} s"
        case "bytes":
            return f"{value / 2**20:.0f} MiB"
        case "percentunit":
            return f"{value:.0%}"
        case "reqps" | "eps":
            return f"{value:.2g}/s"
    return f"{value:.4g}"


def _stat(panel: dict[str, Any], series: Sequence[Series], width: float, height: float) -> Iterator[str]:
    values = [each.points[-1][1] for each in series if each.points]
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    color = "#6b7280"
    for step in steps if values else ():
        if step["value"] is None or max(values) >= step["value"]:
            color = _THRESHOLDS[step["color"]]
    text = ", ".join(shown(value, panel["fieldConfig"]["defaults"]["unit"]) for value in values) or "no data"
    yield f'<rect x="4" y="{_HEAD}" width="{width - 8}" height="{height - _HEAD - 4}" rx="4" fill="{color}"/>'
    yield f'<text class="stat" x="16" y="{(height + _HEAD) / 2 + 8}">{escape(text)}</text>'


def _table(series: Sequence[Series]) -> Iterator[str]:
    colors = {"complete": "#10b981", "doubtful": "#f59e0b", "failed": "#ef4444"}
    rows = sorted((each.labels for each in series), key=lambda labels: int(labels["index"]))
    for number, labels in enumerate(rows):
        y = _HEAD + 18 + number * 20
        yield f'<text x="12" y="{y}">{escape(labels["kind"])}</text>'
        color = colors[labels["verdict"]]
        yield f'<text x="520" y="{y}" style="fill:{color}">{labels["verdict"]}</text>'


def _lines(
    panel: dict[str, Any], series: Sequence[Series], source: Source, size: tuple[float, float]
) -> Iterator[str]:
    width, height = size
    right, bottom = width - _LEGEND, height - 12
    most = max((value for each in series for _, value in each.points), default=0) or 1
    unit = panel["fieldConfig"]["defaults"]["unit"]
    for share in (0, 0.5, 1):
        y = bottom - share * (bottom - _HEAD - 10)
        yield f'<line class="grid" x1="58" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="52" y="{y + 4:.1f}" text-anchor="end">{shown(share * most, unit)}</text>'
    for number, each in enumerate(series):
        color = _COLORS[number % len(_COLORS)]
        places = [
            (
                58 + (at - source.start) / (source.end - source.start) * (right - 58),
                bottom - value / most * (bottom - _HEAD - 10),
            )
            for at, value in each.points
        ]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.6"/>'
        if number < _MOST_NAMES:
            y = _HEAD + 12 + number * 18
            name = each.name if len(each.name) <= _LONGEST_NAME else f"…{each.name[1 - _LONGEST_NAME :]}"
            yield f'<rect x="{right + 10}" y="{y - 8}" width="10" height="3" fill="{color}"/>'
            yield f'<text x="{right + 26}" y="{y}">{escape(name)}</text>'


def _panel(panel: dict[str, Any], source: Source) -> str:
    place = panel["gridPos"]
    x, y = place["x"] * _COLUMN, place["y"] * _ROW
    if panel["type"] == "row":
        return f'<text class="row" x="{x + 4}" y="{y + 22}">{escape(panel["title"])}</text>'
    size = place["w"] * _COLUMN - _GAP, place["h"] * _ROW - _GAP
    series = [each for target in panel["targets"] for each in source.series(target)]
    drawn: Iterator[str]
    if panel["type"] == "stat":
        drawn = _stat(panel, series, *size)
    elif panel["type"] == "table":
        newest = max((each.points[-1][0] for each in series), default=0)
        drawn = _table([each for each in series if each.points[-1][0] == newest])
    else:
        drawn = _lines(panel, series, source, size)
    title = f'<text class="title" x="12" y="18">{escape(panel["title"])}</text>'
    box = f'<rect class="box" width="{size[0]}" height="{size[1]}" rx="4"/>'
    return f'<g transform="translate({x},{y})">{box}{title}{"".join(drawn)}</g>'


def picture(source: Source) -> str:
    """Return the whole dashboard as an SVG document."""
    panels = json.loads(_DASHBOARD.read_text(encoding="utf-8"))["panels"]
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels) * _ROW
    width = 24 * _COLUMN
    parts = "\n".join(_panel(panel, source) for panel in panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="The panels of the dashboard">'
        f"<style>{_STYLE}</style>\n{parts}\n</svg>\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the dashboard from a running Prometheus.")
    parser.add_argument("prometheus", help="its URL")
    parser.add_argument("output", type=Path)
    parser.add_argument("--minutes", type=float, default=15, help="how far to look back (15)")
    parser.add_argument("--until", type=float, default=time.time(), help="in seconds of Unix time (now)")
    options = parser.parse_args()
    with httpx.Client(base_url=options.prometheus, timeout=30) as http:
        svg = picture(Source(http, options.until - options.minutes * 60, options.until))
    options.output.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
