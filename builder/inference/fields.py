"""Find the fields of the items and propose a blueprint property for each."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from builder.draft import Property
from builder.inference.field_selection import select_fields
from builder.inference.property_names import Keys, field_title, property_names
from builder.inference.text_formats import detect_format
from builder.inference.times import detect_epoch, is_time_name
from builder.inference.type_coercion import coerce_types, null_safe
from builder.inference.value_columns import ValueColumn, is_valid_unicode
from builder.inference.words import split_words
from builder.inference.wrappers import Wrappers
from rest.bodies import Json
from rest.outline import type_name

_MAX_FIELDS = 500
# Longer than the page shows, so that a secret in an example is complete and can be masked.
_EXAMPLES, _MAX_EXAMPLE_LENGTH = 3, 4000
_MAX_ENUM_VALUES, _MAX_ENUM_LENGTH, _MIN_ITEMS = 10, 40, 4
# Fields with these names usually have a closed set of values. Other fields need more items as evidence.
_ENUM_NAMES = frozenset(
    {
        *("status", "state", "type", "kind", "priority", "severity", "level", "role", "visibility", "phase"),
        *("stage", "tier", "category", "access", "privacy", "result", "outcome", "conclusion", "environment"),
        *("env", "language", "health", "risk", "impact", "urgency", "lifecycle", "permission", "criticality"),
    }
)
_MIN_ITEMS_OTHERWISE = 20
_NEVER_ENUM_NAMES = frozenset(
    {"id", "key", "name", "title", "email", "url", "path", "version", "uuid", "sha"}
)


@dataclass(frozen=True, slots=True)
class FoundField:
    """A path in the items and the property proposed for it.

    proposed: its jq returns a value of its type, or null, for every item. types: the number of values by
    JSON type. total: the number of items. examples: as JSON. notes: what the jq changes, and what to know.
    alternatives: other properties for the same values, for example the number behind a date-time.
    selected: the field is selected by default.
    """

    keys: Keys
    proposed: Property
    types: Mapping[str, int]
    total: int
    examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alternatives: tuple[Property, ...] = ()
    selected: bool = False

    @property
    def becomes(self) -> Property:
        """The proposed property, by its name in version 1.0. Tools outside of this repository read it."""
        return self.proposed

    @property
    def nulls(self) -> int:
        """The number of items in which the field is null or missing."""
        return self.total - sum(count for name, count in self.types.items() if name != "null")


@dataclass(frozen=True, slots=True)
class _PropertyDraft:
    """A property that has no name yet."""

    proposed: Property
    notes: tuple[str, ...] = ()
    alternatives: tuple[Property, ...] = ()


def find_fields(
    columns: Iterable[ValueColumn], wrappers: Wrappers | None = None, noun_words: Sequence[str] = ()
) -> list[FoundField]:
    """Return the fields of the items with these columns, at most 500, in order.

    wrappers: None to find them in the columns. noun_words: the words of the resource's name.
    """
    used = list(islice(columns, _MAX_FIELDS))
    names = property_names([column.keys for column in used])
    fields = [_field(column, name) for column, name in zip(used, names, strict=True)]
    properties = [each.proposed for each in fields]
    selected = select_fields(used, properties, wrappers or Wrappers.of(used), noun_words)
    return [replace(each, selected=index in selected) for index, each in enumerate(fields)]


def _field(column: ValueColumn, name: str) -> FoundField:
    draft = _draft_property(column)
    title = field_title(column.keys)

    def named(each: Property) -> Property:
        return replace(each, name=name, title=title)

    return FoundField(
        column.keys,
        named(draft.proposed),
        Counter(map(type_name, column.values)),
        column.items,
        _examples(column.values),
        tuple(note for note in draft.notes if note),
        tuple(map(named, draft.alternatives)),
    )


def _draft_property(column: ValueColumn) -> _PropertyDraft:
    types = column.types
    coercion = coerce_types(types, column.values)
    plain = Property("", null_safe(column.path, coercion.steps), coercion.type)
    value_types = frozenset(types) - {type(None)}
    if value_types == {str}:
        return _draft_text(column, plain)
    if value_types and value_types <= {int, float} and (epoch := _draft_epoch(column)):
        return replace(epoch, alternatives=(plain,))
    return _PropertyDraft(plain, (coercion.note,))


def _draft_epoch(column: ValueColumn) -> _PropertyDraft | None:
    numbers = {value for value in column.values if isinstance(value, int | float)}
    epoch = detect_epoch(column.keys[-1], numbers)
    if epoch is None:
        return None
    expression = null_safe(column.path, (epoch.filter,), ["0"] * epoch.has_zeros)
    return _PropertyDraft(Property("", expression, "string", format="date-time"), (epoch.note,))


def _draft_text(column: ValueColumn, plain: Property) -> _PropertyDraft:
    texts = Counter(value for value in column.values if isinstance(value, str))
    blank = texts.pop("", 0)
    key = column.keys[-1]
    detected = detect_format(key, texts.keys())
    if detected.format is None:
        values = _enum_values(key, texts) if not blank else ()
        # Only an alternative: Port would reject an entity whose value is not in the enum.
        count = len(values)
        note = f"Only {count} distinct values seen. If you make it an enum, Port rejects other values"
        return (
            _PropertyDraft(plain, (note,), (replace(plain, enum=values),))
            if values
            else _PropertyDraft(plain)
        )
    is_free_text = detected.format in ("markdown", "yaml")
    also_null = ['""'] if blank and not is_free_text else []
    expression = null_safe(column.path, [detected.filter] if detected.filter else [], also_null)
    notes = (detected.note, "Empty text becomes null" if also_null else "")
    alternatives = (plain,) if expression != plain.expression else ()
    return _PropertyDraft(replace(plain, expression=expression, format=detected.format), notes, alternatives)


def _enum_values(key: str, texts: Counter[str]) -> tuple[str, ...]:
    """Return the distinct values if the field probably has no others, else nothing."""
    words = {word.lower() for word in split_words(key)}
    if not 2 <= len(texts) <= _MAX_ENUM_VALUES or max(map(len, texts)) > _MAX_ENUM_LENGTH:
        return ()
    if words & _NEVER_ENUM_NAMES or is_time_name(key) or not all(map(is_valid_unicode, texts)):
        return ()
    has_enum_name = not words.isdisjoint(_ENUM_NAMES)
    min_items, repetitions = (_MIN_ITEMS, 2) if has_enum_name else (_MIN_ITEMS_OTHERWISE, 4)
    is_repeated = texts.total() >= max(min_items, repetitions * len(texts))
    return tuple(sorted(texts)) if is_repeated else ()


def _examples(values: Iterable[Json]) -> tuple[str, ...]:
    distinct = dict.fromkeys(map(_format_example, _first_values(values)))
    return tuple(islice(distinct, _EXAMPLES))


def _first_values(values: Iterable[Json]) -> Iterator[Json]:
    """Yield the first non-empty values, enough to find distinct ones among them."""
    return islice((value for value in values if value not in (None, "", [], {})), 10 * _EXAMPLES)


def _format_example(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False).encode(errors="replace").decode()
    return text if len(text) <= _MAX_EXAMPLE_LENGTH else text[: _MAX_EXAMPLE_LENGTH - 1] + "…"
