"""What a listing may be asked to leave out. A value comes as text from a query, as JSON from a body."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.sample_api.data import Item, Json


class Filter(ABC):
    """One filter of one collection, by the field that it looks at."""

    @abstractmethod
    def test(self, wanted: Sequence[Json]) -> Callable[[Item], bool]:
        """Whether an item passes; `wanted` holds each value given. Raises ValueError: it makes no sense."""


@dataclass(frozen=True, slots=True)
class Flag(Filter):
    """?active=true or {"active": true}"""

    field: str

    def test(self, wanted: Sequence[Json]) -> Callable[[Item], bool]:
        value = {"true": True, "false": False}.get(str(wanted[-1]).lower())
        if value is None:
            raise ValueError("must be true or false")
        return lambda item: item[self.field] is value


@dataclass(frozen=True, slots=True)
class OneOf(Filter):
    """?tag=a&tag=b or {"tag": ["a", "b"]}: the field, or an element of it, is one of these."""

    field: str

    def test(self, wanted: Sequence[Json]) -> Callable[[Item], bool]:
        texts = {str(value) for value in wanted}

        def passes(item: Item) -> bool:
            value = item.get(self.field)
            values = value if isinstance(value, list) else [value]
            return not texts.isdisjoint(str(one) for one in values)

        return passes


@dataclass(frozen=True, slots=True)
class Since(Filter):
    """?updated_since=2024-06-01T00:00:00Z: then or later (ISO 8601, UTC unless it says otherwise)."""

    field: str

    def test(self, wanted: Sequence[Json]) -> Callable[[Item], bool]:
        since = _moment(str(wanted[-1]))
        return lambda item: _moment(str(item[self.field])) >= since


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def filtered(
    items: Sequence[Item], filters: Mapping[str, Filter], wanted: Mapping[str, Sequence[Json]]
) -> Sequence[Item]:
    """The items that pass every filter asked for; names that are no filter are ignored.

    Raises ValueError: a value makes no sense; names the filter.
    """
    tests = [_named_test(name, filters[name], wanted[name]) for name in filters if wanted.get(name)]
    return [item for item in items if all(test(item) for test in tests)] if tests else items


def _named_test(name: str, chosen: Filter, wanted: Sequence[Json]) -> Callable[[Item], bool]:
    try:
        return chosen.test(wanted)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
