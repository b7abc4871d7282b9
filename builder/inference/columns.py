"""The items turned round: all values that stand at one path."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from builder.inference.naming import Keys
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key

_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
# Deeper ones stay the objects that they are in.
_DEEPEST = 8
# An object with more keys than that, most of them in few items, has data for keys: labels, prices by day.
_MOST_KEYS = 60
_FEW_KEYS = 12


@dataclass(frozen=True, slots=True)
class Column:
    """Every value at one path, null included; what lacks the key has none.

    items: how many items there are. broken: true where a value on the way is no object, so that jq fails.
    """

    keys: Keys
    values: Sequence[Json] = field(repr=False)
    items: int
    broken: bool = False

    @property
    def path(self) -> str:
        """The jq of it that gives null where it is missing."""
        path = path_of(self.keys)
        return f"(try {path} catch null)" if self.broken else path

    @property
    def types(self) -> Counter[type]:
        """How many values of each of Python's types."""
        return Counter(map(type, self.values))

    @property
    def is_complete(self) -> bool:
        """True when every item has a value here, and none is null or empty."""
        return len(self.values) == self.items and not any(
            value is None or value == "" for value in self.values
        )


def path_of(keys: Sequence[str]) -> str:
    """The keys as a jq path."""
    return "".join(quoted_key(key) for key in keys)


def is_text(key: str) -> bool:
    """False for half of a surrogate pair, which JSON may hold, but no expression and no page."""
    return not _HALF_OF_A_PAIR.search(key)


def columns(items: Sequence[Item]) -> Iterator[Column]:
    """Every path of the items with its values, in the order in which the items show them.

    An object comes before what is in it; one that has data for keys is not looked into.
    """
    yield from _below((), items, len(items), broken=False)


def _below(keys: Keys, objects: Sequence[Item], items: int, *, broken: bool) -> Iterator[Column]:
    children: dict[str, list[Json]] = {}
    for each in objects:
        for key, value in each.items():
            if key in children:
                children[key].append(value)
            else:
                children[key] = [value]
    for key, values in children.items():
        if not is_text(key):
            continue
        column = Column((*keys, key), values, items, broken)
        yield column
        inner = [value for value in values if isinstance(value, dict)]
        if inner and len(column.keys) < _DEEPEST and not _has_data_for_keys(inner):
            has_others = any(value is not None and not isinstance(value, dict) for value in values)
            yield from _below(column.keys, inner, items, broken=broken or has_others)


def _has_data_for_keys(objects: Sequence[Item]) -> bool:
    counts = Counter(key for each in objects for key in each)
    if len(counts) > _MOST_KEYS:
        return True
    in_few = sum(1 for count in counts.values() if count * 2 < len(objects))
    return len(counts) > _FEW_KEYS and in_few * 2 > len(counts)
