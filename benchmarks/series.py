"""Statistics of series: medians, spreads, and ratios of paired runs."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """The median, the smallest and the largest value of a series."""

    median: float
    low: float
    high: float

    def text(self, digits: int = 2) -> str:
        """Return text like `3.14 (3.10 to 3.20)`. A single value has no spread."""
        median, low, high = (f"{value:,.{digits}f}" for value in (self.median, self.low, self.high))
        return f"{median} ({low} to {high})" if low != high else median


def summary(values: Sequence[float]) -> Summary:
    """Return the summary of a series. Raises ValueError: it is empty."""
    if not values:
        raise ValueError("a series needs at least one value")
    return Summary(statistics.median(values), min(values), max(values))


def paired_ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Summary:
    """Return the summary of the ratios of runs with the same number.

    The ratio of two medians would compare runs at different moments, and the speed of a machine varies.
    Additional runs of the longer series are not used. Raises ValueError: there is no pair.
    """
    return summary([top / bottom for top, bottom in zip(numerators, denominators, strict=False)])


def alternate[T](
    measures: Mapping[str, Callable[[int], T]], runs: Mapping[str, int]
) -> Iterator[tuple[str, T]]:
    """Run A B A B …, each as often as `runs` says. A measure receives the number of the run.

    Every second round has the reverse order: the first of a round has no advantage.
    """
    for number in range(max(runs.values(), default=0)):
        names = list(measures)[:: 1 if number % 2 == 0 else -1]
        for name in names:
            if number < runs[name]:
                yield name, measures[name](number)
