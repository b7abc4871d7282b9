"""Bar charts as SVG, readable on light and dark pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 720
_LABEL_WIDTH = 230
_VALUE_WIDTH = 110
_BAR, _GAP, _GROUP_GAP = 16, 4, 14
_TOP, _BOTTOM = 44, 12
_COLORS = ("#3b82f6", "#f59e0b", "#10b981", "#a855f7", "#ef4444", "#6b7280")
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#374151}.title{font-weight:600;font-size:15px}"
    ".mark{stroke:#6b7280;stroke-dasharray:4 3}"
    "@media(prefers-color-scheme:dark){text{fill:#d1d5db}.mark{stroke:#9ca3af}}"
)


@dataclass(frozen=True)
class Bar:
    """A bar. text: the value as it is shown."""

    label: str
    value: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Groups of bars on one scale. Bars at the same place in their groups have the same color.

    mark: a value with a dashed line through all bars, and its label.
    """

    title: str
    groups: Sequence[Sequence[Bar]]
    mark: tuple[float, str] | None = None

    def svg(self) -> str:
        """Return the chart as an SVG document. Raises ValueError: it has no bar, or a negative one."""
        values = [bar.value for group in self.groups for bar in group]
        if not values or min(values) < 0:
            raise ValueError("a chart needs bars of 0 or more")
        most = max([*values, self.mark[0] if self.mark else 0]) or 1
        scale = (WIDTH - _LABEL_WIDTH - _VALUE_WIDTH) / most
        parts: list[str] = []
        y = _TOP
        for group in self.groups:
            for number, bar in enumerate(group):
                parts += _bar(bar, y, bar.value * scale, _COLORS[number % len(_COLORS)])
                y += _BAR + _GAP
            y += _GROUP_GAP
        height = y - _GROUP_GAP + _BOTTOM
        if self.mark:
            parts += _mark(_LABEL_WIDTH + self.mark[0] * scale, self.mark[1], height)
        title = escape(self.title)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(self.title, quote=True)}">'
        )
        body = [head, f"<title>{title}</title>", f"<style>{_STYLE}</style>"]
        body += [f'<text class="title" x="0" y="16">{title}</text>', *parts, "</svg>"]
        return "\n".join(body) + "\n"


def _bar(bar: Bar, y: int, width: float, color: str) -> list[str]:
    baseline, width = y + _BAR - 4, max(width, 1)
    return [
        f'<text x="{_LABEL_WIDTH - 8}" y="{baseline}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect x="{_LABEL_WIDTH}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="2" fill="{color}"/>',
        f'<text x="{_LABEL_WIDTH + width + 6:.1f}" y="{baseline}">{escape(bar.text)}</text>',
    ]


def _mark(x: float, label: str, height: int) -> list[str]:
    return [
        f'<line class="mark" x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" y2="{height - _BOTTOM + 4}"/>',
        f'<text x="{x:.1f}" y="{_TOP - 10}" text-anchor="middle">{escape(label)}</text>',
    ]
