"""How the cells of faults x pagination types ended, for a person."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any


def table(cells: list[Any], styles: Collection[str]) -> Iterator[str]:
    """cells: fault, pagination type and outcome of each."""
    yield _row("", styles)
    for fault in sorted({fault for fault, _, _ in cells}):
        outcomes = {style: outcome for name, style, outcome in cells if name == fault}
        yield _row(fault, [outcomes.get(style, "-") for style in styles])
    ends = Counter(outcome for _, _, outcome in cells)
    yield (
        f"tried {ends.total()}, survived {ends['whole'] + ends['error']} ({ends['whole']} read whole, "
        f"{ends['error']} ended in an error, which deletes nothing), wrongly deleted {ends['lost']}, "
        f"hung {ends['hung']}, known limits {ends['limit']}"
    )


def _row(name: str, cells: Iterable[str]) -> str:
    return f"{name:28}" + "".join(f"{cell:12.11}" for cell in cells).rstrip()
