"""What the sampled items of an endpoint look like, to recognize them in a payload."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from builder.inference.identifier_names import NameRank, rank_of_name
from builder.inference.parent_matching import SampledSource
from builder.inference.path_parameters import own_columns, parameter_names
from builder.inference.property_names import Keys
from builder.inference.resource_names import item_nouns, squash_resource_name
from builder.inference.singular import singular
from builder.inference.value_columns import ValueColumn
from builder.inference.words import split_words
from builder.inference.wrappers import Wrappers
from builder.json_values import as_object
from rest.bodies import Json
from rest.page import Item
from rest.texts import text_of

# Fields that objects of any kind have.
_COMMON = frozenset(
    {
        *("id", "name", "title", "type", "url", "self", "href", "links", "_links", "description", "status"),
        *("created_at", "updated_at", "createdAt", "updatedAt", "created", "updated", "key", "uuid", "state"),
        *("html_url", "node_id", "slug", "object", "metadata", "attributes", "properties", "fields", "data"),
    }
)
_COMMON_WEIGHT = 0.3
# Objects that hold the fields of the item itself.
_WRAPPERS = frozenset({"attributes", "fields", "properties", "data", "metadata", "spec"})
# So much of an item's weight is enough, even if it has common fields only.
_ALMOST_ALL = 0.9
# Small numbers and short texts are equal by chance.
_MIN_TELLING_NUMBER, _MIN_TELLING_LENGTH = 10_000, 4
_NUMBERS = frozenset({int, float})
_MAX_KEY_DEPTH = 3
_MAX_ITEMS = 200


@dataclass(frozen=True)
class ItemShape:
    """The items of an endpoint: their fields, their identifiers and their parents' values.

    items: as the mapping receives them, with the values of path parameters. Not more than show the form.
    """

    source: SampledSource
    data_path: str = "."
    items: Sequence[Item] = field(default=(), repr=False)

    @classmethod
    def of(cls, source: SampledSource) -> "ItemShape":
        """Return the shape of a source's sample."""
        data_path = str(source.source.selector.get("data_path") or ".")
        return cls(source, data_path, source.items[:_MAX_ITEMS])

    @property
    def kind(self) -> str:
        """The endpoint's path."""
        return self.source.source.kind

    @cached_property
    def nouns(self) -> frozenset[str]:
        """What one item is called, in lower case without separators."""
        blueprint = squash_noun(self.source.source.blueprint.identifier)
        return item_nouns(self.kind, self.data_path) | ({blueprint} if blueprint else frozenset())

    @cached_property
    def columns(self) -> list[ValueColumn]:
        """The fields of the items, without those that the integration adds."""
        return own_columns(self.kind, self.items)

    @cached_property
    def weights(self) -> dict[Keys, float]:
        """The weight of each field of the items. Fields that most kinds of objects have weigh little."""
        return {
            column.keys: len(column.values) / max(column.items, 1) * _weight(column.keys)
            for column in self.columns
            if _is_compared(column.keys)
        }

    @cached_property
    def types(self) -> dict[Keys, frozenset[type]]:
        """The types of the values of each field."""
        return {each.keys: frozenset(each.types) for each in self.columns if each.keys in self.weights}

    @cached_property
    def own_keys(self) -> list[Keys]:
        """The fields that may identify an item in a path, the likeliest first."""
        wrappers = Wrappers.of(self.columns, self.nouns)
        written = self.source.source.identifier
        ranked: list[tuple[tuple[int, int, int], Keys]] = []
        for number, column in enumerate(self.columns):
            rank = rank_of_name(column.keys[-1], self.nouns)
            if rank > NameRank.HASH or wrappers.outer(column.keys) or not _may_identify(column):
                continue
            if rank is not NameRank.NAME or not any(" " in text_of(value) for value in column.values):
                is_written = bool(written) and mentions(written, column.path)
                ranked.append(((not is_written, int(rank), number), column.keys))
        return [keys for _, keys in sorted(ranked)]

    @cached_property
    def own_key(self) -> Keys:
        """The field that identifies an item in a path, () if none does."""
        return self.own_keys[0] if self.own_keys else ()

    @cached_property
    def constants(self) -> dict[str, str]:
        """The texts that are the same in each of several items: `object: "customer"`."""
        if len(self.items) < 2:
            return {}
        found: dict[str, str] = {}
        for column in self.columns:
            values = set(map(text_of, column.values)) if column.types.keys() == {str} else set[str]()
            if len(column.keys) == 1 and column.is_complete and len(values) == 1:
                found[column.keys[0]] = values.pop()
        return found

    @cached_property
    def parameters(self) -> list[str]:
        """The names that the mapping entry fills: its path parameters and their parent_fields."""
        written = as_object(self.source.source.selector.get("path_parameters"))
        names = dict.fromkeys([*parameter_names(self.kind), *written])
        for entry in written.values():
            for each in entry if isinstance(entry, list) else [entry]:
                names |= dict.fromkeys(as_object(as_object(each).get("parent_fields")))
        return list(names)

    def likeness(self, value: Mapping[str, Json]) -> float:
        """Return how much an object looks like an item, from 0 to 1. It may lack some of the fields."""
        own = dict(_compared_fields(value))
        shared = [keys for keys, each in own.items() if self._has_type(keys, each)]
        if len(shared) < 2:
            return 0
        weight = sum(self.weights[keys] for keys in shared)
        strange = sum(_weight(keys) for keys in own if keys not in self.weights)
        of_item = weight / sum(self.weights.values())
        is_telling = weight >= 1 or of_item > _ALMOST_ALL
        return (weight / (weight + strange) + of_item) / 2 if is_telling else of_item / 2

    def _has_type(self, keys: Keys, value: Json) -> bool:
        if keys not in self.weights:
            return False
        types = self.types[keys] - {type(None)}
        is_number = type(value) in _NUMBERS and not types.isdisjoint(_NUMBERS)
        return not types or type(value) in types or is_number


def _weight(keys: Keys) -> float:
    return _COMMON_WEIGHT if keys[-1] in _COMMON else 1


def _is_compared(keys: Keys) -> bool:
    return len(keys) == 1 or (len(keys) == 2 and keys[0] in _WRAPPERS)


def _compared_fields(value: Mapping[str, Json]) -> Iterator[tuple[Keys, Json]]:
    """Yield the fields that have a value, and those of an object that wraps them."""
    for name, each in value.items():
        if each is not None:
            yield (name,), each
            inner = as_object(each) if name in _WRAPPERS else {}
            yield from (((name, key), one) for key, one in inner.items() if one is not None)


def squash_noun(name: str) -> str:
    """Return a name in lower case without separators, its last word singular: `pull_requests`."""
    words = [word.lower() for word in split_words(name)]
    return squash_resource_name("".join([*words[:-1], singular(words[-1])])) if words else ""


def is_telling(value: Json) -> bool:
    """Return whether two equal values are hardly equal by chance."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    if isinstance(value, int) or value.isdecimal():
        return int(value) >= _MIN_TELLING_NUMBER if len(str(value)) < 30 else True
    return len(value) >= _MIN_TELLING_LENGTH


def mentions(expression: str, path: str) -> bool:
    """Return whether a jq expression contains a path: `.id` in `.id | tostring`, but not in `.idx`."""
    start = expression.find(path)
    while start >= 0:
        end = start + len(path)
        if not (expression[end : end + 1].isalnum() or expression[end : end + 1] in ("_", ".")):
            before = expression[start - 1 : start]
            if not (before.isalnum() or before in ("_", "]", '"')):
                return True
        start = expression.find(path, start + 1)
    return False


def _may_identify(column: ValueColumn) -> bool:
    if len(column.keys) > _MAX_KEY_DEPTH or not column.is_complete or column.is_first:
        return False
    if not set(column.types) <= {str, int} or bool in column.types:
        return False
    counts = Counter(map(text_of, column.values))
    # Items of several parents may have the same number.
    return len(counts) * 2 >= len(column.values)
