"""Filters of listings. Values are text in a query and JSON in a body."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.sample_api.sample_data import Item, Json


class Filter(ABC):
    """A filter on one field of a collection."""

    @abstractmethod
    def test(self, values: Sequence[Json]) -> Callable[[Item], bool]:
        """Return a predicate for these values. Raises ValueError: a value is invalid."""


@dataclass(frozen=True, slots=True)
class Flag(Filter):
    """?active=true or {"active": true}"""

    field: str

    def test(self, values: Sequence[Json]) -> Callable[[Item], bool]:
        value = {"true": True, "false": False}.get(str(values[-1]).lower())
        if value is None:
            raise ValueError("must be true or false")
        return lambda item: item.get(self.field) is value


@dataclass(frozen=True, slots=True)
class OneOf(Filter):
    """?tag=a&tag=b or {"tag": ["a", "b"]}: the field, or one of its elements, is one of these values."""

    field: str

    def test(self, values: Sequence[Json]) -> Callable[[Item], bool]:
        texts = {str(value) for value in values}

        def passes(item: Item) -> bool:
            value = item.get(self.field)
            elements = value if isinstance(value, list) else [value]
            return not texts.isdisjoint(str(element) for element in elements)

        return passes


@dataclass(frozen=True, slots=True)
class Since(Filter):
    """?updated_since=2024-06-01T00:00:00Z: at or after this time (ISO 8601, UTC by default)."""

    field: str

    def test(self, values: Sequence[Json]) -> Callable[[Item], bool]:
        since = _moment(str(values[-1]))

        def passes(item: Item) -> bool:
            try:
                return _moment(str(item.get(self.field))) >= since
            except ValueError:  # somebody set it to another value
                return False

        return passes


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def apply_filters(
    items: Sequence[Item], filters: Mapping[str, Filter], conditions: Mapping[str, Sequence[Json]]
) -> Sequence[Item]:
    """Return the items that match all conditions. Names that are not a filter are ignored.

    Raises ValueError: a value is invalid. The message names the filter.
    """
    tests = [_named_test(name, filters[name], conditions[name]) for name in filters if conditions.get(name)]
    return [item for item in items if all(test(item) for test in tests)] if tests else items


def _named_test(name: str, chosen: Filter, values: Sequence[Json]) -> Callable[[Item], bool]:
    try:
        return chosen.test(values)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
