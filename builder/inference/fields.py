"""The fields of the items, and the property that each can become."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from builder.draft import Property
from builder.inference.columns import Column, columns, is_text
from builder.inference.formats import reading_of
from builder.inference.mending import mended, null_safe
from builder.inference.naming import Keys, field_title, property_names
from builder.inference.selection import ticked
from builder.inference.times import epoch_of, is_named_like_a_time
from builder.inference.words import words_of
from expressions.paths import type_name
from rest.bodies import Json
from rest.page import Item

# More than a person will look through.
_MOST_FIELDS = 500
# More of an example than is shown, so that a secret in it is seen whole, and masked.
_EXAMPLES, _EXAMPLE_LENGTH = 3, 4000
_MOST_VALUES, _LONGEST_VALUE, _FEWEST_ITEMS = 10, 40, 4
# Names whose values are a closed set; of others a few items prove nothing.
_CLOSED = frozenset(
    {
        *("status", "state", "type", "kind", "priority", "severity", "level", "role", "visibility", "phase"),
        *("stage", "tier", "category", "access", "privacy", "result", "outcome", "conclusion", "environment"),
        *("env", "language", "health", "risk", "impact", "urgency", "lifecycle", "permission", "criticality"),
    }
)
_MANY_ITEMS = 20
_NEVER_A_SET = frozenset({"id", "key", "name", "title", "email", "url", "path", "version", "uuid", "sha"})


@dataclass(frozen=True, slots=True)
class FoundField:
    """A path in the items, and the property that it becomes.

    types: how many items have it, by JSON's name of the value's type; total: how many items there are.
    becomes: with the jq that gives every item a value of its type, or null. alternatives: other readings
    of the same values, as when a number was taken for a time.
    notes: what the jq does to the values, and what to know, in words. examples: as JSON.
    selected: worth having without a thought.
    """

    keys: Keys
    becomes: Property
    types: Mapping[str, int]
    total: int
    examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alternatives: tuple[Property, ...] = ()
    selected: bool = False

    @property
    def nulls(self) -> int:
        """How many items have null there, or no such key."""
        return self.total - sum(count for name, count in self.types.items() if name != "null")

    @property
    def null_share(self) -> float:
        """From 0, a value in every item, to 1."""
        return self.nulls / self.total if self.total else 0.0

    @property
    def is_in_all(self) -> bool:
        """True when every item has a value: the property could be required."""
        return self.total > 0 and not self.nulls


@dataclass(frozen=True, slots=True)
class _Draft:
    """A property to be, whose name is not known yet."""

    becomes: Property
    notes: tuple[str, ...] = ()
    alternatives: tuple[Property, ...] = ()


def fields_found(items: Sequence[Item]) -> list[FoundField]:
    """The fields of all items, at most 500, in the order in which the items show them."""
    return fields_of(columns(items))


def fields_of(found: Iterable[Column]) -> list[FoundField]:
    """The same, of columns that are there already."""
    taken = list(islice(found, _MOST_FIELDS))
    names = property_names([column.keys for column in taken])
    fields = [_field(column, name) for column, name in zip(taken, names, strict=True)]
    chosen = ticked(taken, [each.becomes for each in fields])
    return [replace(each, selected=index in chosen) for index, each in enumerate(fields)]


def _field(column: Column, name: str) -> FoundField:
    draft = _drafted(column)
    title = field_title(column.keys)

    def named(each: Property) -> Property:
        return replace(each, name=name, title=title)

    return FoundField(
        column.keys,
        named(draft.becomes),
        Counter(map(type_name, column.values)),
        column.items,
        _examples(column.values),
        tuple(note for note in draft.notes if note),
        tuple(map(named, draft.alternatives)),
    )


def _drafted(column: Column) -> _Draft:
    types = column.types
    made = mended(types, column.values)
    plain = Property("", null_safe(column.path, made.steps), made.type)
    found = frozenset(types) - {type(None)}
    if found == {str}:
        return _of_texts(column, plain)
    if found and found <= {int, float} and (epoch := _epoch(column)):
        return replace(epoch, alternatives=(plain,))
    return _Draft(plain, (made.note,))


def _epoch(column: Column) -> _Draft | None:
    numbers = {value for value in column.values if isinstance(value, int | float)}
    epoch = epoch_of(column.keys[-1], numbers)
    if epoch is None:
        return None
    expression = null_safe(column.path, (epoch.filter,), ["0"] * epoch.has_zeros)
    return _Draft(Property("", expression, "string", format="date-time"), (epoch.note,))


def _of_texts(column: Column, plain: Property) -> _Draft:
    texts = Counter(value for value in column.values if isinstance(value, str))
    blank = texts.pop("", 0)
    key = column.keys[-1]
    reading = reading_of(key, texts.keys())
    if reading.format is None:
        values = _closed_set(key, texts) if not blank else ()
        # Not by default: the next page may hold another, and Port would refuse its whole entity.
        note = f"Has {len(values)} values: as one of them, Port would refuse any other" if values else ""
        return _Draft(plain, (note,), (replace(plain, enum=values),) if values else ())
    is_free = reading.format in ("markdown", "yaml")
    also_null = ['""'] if blank and not is_free else []
    expression = null_safe(column.path, [reading.filter] if reading.filter else [], also_null)
    notes = (reading.note, "Empty text becomes null" if also_null else "")
    alternatives = (plain,) if expression != plain.expression else ()
    return _Draft(replace(plain, expression=expression, format=reading.format), notes, alternatives)


def _closed_set(key: str, texts: Counter[str]) -> tuple[str, ...]:
    """The few values that a field takes, where it is likely that it takes no others."""
    words = {word.lower() for word in words_of(key)}
    if not 2 <= len(texts) <= _MOST_VALUES or max(map(len, texts)) > _LONGEST_VALUE:
        return ()
    if words & _NEVER_A_SET or is_named_like_a_time(key) or not all(map(is_text, texts)):
        return ()
    is_closed = not words.isdisjoint(_CLOSED)
    fewest, times = (_FEWEST_ITEMS, 2) if is_closed else (_MANY_ITEMS, 4)
    is_repeated = texts.total() >= max(fewest, times * len(texts))
    return tuple(sorted(texts)) if is_repeated else ()


def _examples(values: Iterable[Json]) -> tuple[str, ...]:
    different = dict.fromkeys(map(_shown, _some(values)))
    return tuple(islice(different, _EXAMPLES))


def _some(values: Iterable[Json]) -> Iterator[Json]:
    """The first values that say something; enough to find different ones among them."""
    return islice((value for value in values if value not in (None, "", [], {})), 10 * _EXAMPLES)


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False).encode(errors="replace").decode()
    return text if len(text) <= _EXAMPLE_LENGTH else text[: _EXAMPLE_LENGTH - 1] + "…"
