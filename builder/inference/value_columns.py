"""Group the values of all items by path."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from builder.inference.property_names import Keys
from builder.inference.words import split_words
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Objects below this depth are not split into fields.
_MAX_DEPTH = 8
# Keys that are data: dates, numbers, paths, addresses, qualified names. Keys of fields are single words.
_DATA_KEY = re.compile(
    r"\d+([-./_:]\d+)*|\d{4}-\d\d.*|.*[\s/@,].*|[^:]+:[^:].*|\w+(\.[\w-]+)+|"
    r"(?=.*\d)[0-9a-fA-F-]{16,}|.*[^\W\d_]+[-_. ]?\d{3,}"
)
# More keys, most of them in few items, are data even if they look like names.
_MAX_RARE_KEYS = 12

_MIN_PREFIXED = 3


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """All values at one path, including null. Items without the key contribute no value.

    items: the number of items. is_first: the values are the first elements of lists.
    broken: True if a parent value is sometimes not an object, so that jq fails.
    """

    keys: Keys
    values: Sequence[Json] = field(repr=False)
    items: int
    broken: bool = False
    is_first: bool = False

    @property
    def path(self) -> str:
        """The jq path, which returns null where the field is missing."""
        path = path_expression(self.keys) + "[0]" * self.is_first
        return f"(try {path} catch null)" if self.broken else path

    @property
    def types(self) -> Counter[type]:
        """The number of values by Python type."""
        return Counter(map(type, self.values))

    @property
    def is_complete(self) -> bool:
        """True when every item has a value and none is null or empty."""
        return len(self.values) == self.items and not any(
            value is None or value == "" for value in self.values
        )


def prefix_noun(columns: Iterable[ValueColumn]) -> str:
    """Return the word that the names of nearly all fields start with, `rrset` for rrset_name; "" for none."""
    names = {column.keys[0] for column in columns if len(column.keys) == 1}
    firsts = Counter(words[0].lower() for name in names if len(words := split_words(name)) > 1)
    word, count = firsts.most_common(1)[0] if firsts else ("", 0)
    return word if count >= _MIN_PREFIXED and count * 4 >= 3 * len(names) else ""


def path_expression(keys: Sequence[str]) -> str:
    """Return the keys as a jq path."""
    return "".join(quoted_key(key) for key in keys)


def is_valid_unicode(key: str) -> bool:
    """False for text with a lone surrogate, which JSON allows but UTF-8 cannot encode."""
    return not _LONE_SURROGATE.search(key)


def iter_columns(items: Sequence[Item]) -> Iterator[ValueColumn]:
    """Yield each path of the items with its values, in order of first appearance.

    An object comes before its fields. An object that uses data as keys is not split into fields.
    """
    yield from _nested_columns((), items, len(items), broken=False)


def _nested_columns(
    keys: Keys, objects: Sequence[Item], items: int, *, broken: bool
) -> Iterator[ValueColumn]:
    children: dict[str, list[Json]] = {}
    for each in objects:
        for key, value in each.items():
            if key in children:
                children[key].append(value)
            else:
                children[key] = [value]
    for key, values in children.items():
        if not is_valid_unicode(key):
            continue
        column = ValueColumn((*keys, key), values, items, broken)
        yield column
        inner = [value for value in values if isinstance(value, dict)]
        if inner and len(column.keys) < _MAX_DEPTH and not _uses_data_as_keys(inner):
            has_others = any(value is not None and not isinstance(value, dict) for value in values)
            yield from _nested_columns(column.keys, inner, items, broken=broken or has_others)


def _uses_data_as_keys(objects: Sequence[Item]) -> bool:
    """Return whether the objects are maps, such as prices by day: like values under keys that are data.

    Objects with values of many types have fields, however many and whatever their names.
    """
    counts = Counter(chain.from_iterable(objects))
    data_keys = sum(1 for key in counts if not key.startswith("@") and _DATA_KEY.fullmatch(key))
    rare = sum(1 for count in counts.values() if count * 2 < len(objects))
    has_data_keys = data_keys * 2 > len(counts) or (len(counts) > _MAX_RARE_KEYS and rare * 2 > len(counts))
    # The keys come first: there are far fewer of them than of the values.
    return has_data_keys and _are_alike(
        [value for each in objects for value in each.values() if value is not None]
    )


def _are_alike(values: Sequence[Json]) -> bool:
    """Return whether the values have one type, and objects among them most of their keys in common."""
    types = {float if type(value) is int else type(value) for value in values}
    objects = [value for value in values if isinstance(value, dict)]
    if len(types) != 1 or not objects:
        return len(types) == 1
    shared = set.intersection(*(set(each) for each in objects))
    return len(shared) * 2 * len(objects) >= sum(map(len, objects))
