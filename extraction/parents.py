"""Values of path parameters, taken from the items of parent listings."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from configuration.parameter_values import Bound, Value, ValueList
from configuration.resource import ParameterSource, PathParameter
from expressions.paths import Path
from extraction.bound_paths import bound_text, is_absolute
from extraction.link_check import is_below
from rest.bodies import Json
from rest.dot_segments import has_parent_segment, occurs_in
from rest.errors import ItemsError, JqError, ResourceError
from rest.outline import type_name
from rest.page import Item
from rest.request import text_of

_NO_FIELDS: Mapping[str, Json] = {}
_VALUE_KEY = re.compile(r"\.value\b")


@dataclass(frozen=True, slots=True)
class Binding:
    """Values for the placeholders of one child. fields: the parents' fields that its items receive."""

    values: Mapping[str, Bound] = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)

    def added_to(self, items: Iterable[Item]) -> list[Item]:
        """Return items with values and fields: `.name` unless it has that key, and `.__name` as text."""
        added: dict[str, Json] = {**self.item_values, **self.fields}
        if not added:
            return list(items)
        texts: dict[str, Json] = {
            f"__{name}": None if value is None else text_of(value) for name, value in added.items()
        }
        return [{**added, **item, **texts} for item in items]

    @property
    def item_values(self) -> Mapping[str, Value]:
        """The values that items receive. Not a batch: it does not tell to which value an item belongs."""
        return {name: value for name, value in self.values.items() if not isinstance(value, ValueList)}

    @property
    def key(self) -> tuple[str, ...]:
        """A key that is equal for bindings with the same requests and the same fields."""
        texts = (bound_text(value) for value in self.values.values())
        return (*texts, *(text_of(value) for value in self.fields.values()))

    @property
    def for_requests(self) -> Mapping[str, Bound]:
        """What replaces placeholders: the values, and the parents' fields that are scalars."""
        fields = {
            name: value for name, value in self.fields.items() if isinstance(value, str | int | float | bool)
        }
        return {**fields, **self.values}

    @property
    def batched(self) -> frozenset[str]:
        """The parameters whose value is a batch."""
        return frozenset(name for name, value in self.values.items() if isinstance(value, ValueList))

    def extended(self, name: str, value: Bound, fields: Mapping[str, Json] = _NO_FIELDS) -> "Binding":
        """Return this binding with the value of one more parameter, and the parent's fields."""
        return Binding({**self.values, name: value}, {**self.fields, **fields})


class ParentValues:
    """Reads the values of one parameter from the items of one source. Counts the parents without a value.

    base_url: URLs that the mapping builds must stay below it.
    """

    def __init__(self, parameter: PathParameter, source: ParameterSource, base_url: str = "") -> None:
        self._parameter = parameter
        self._source = source
        self.parent = source.parent
        self._base_url = base_url
        self.parents = 0
        self.values = 0
        self.blanks: Counter[str] = Counter()

    def read(self, items: Iterable[Json]) -> Iterator[tuple[Value, Mapping[str, Json]]]:
        """Yield each value of the parent items, with the parent_fields. Null and "" are skipped.

        A parent whose value for a placeholder in parent_fields is null or "" is skipped, too.
        Raises ItemsError: field or filter fails on an item, or returns an unsuitable value.
        """
        for item in items:
            if item is None or not self._passes_filter(item):
                continue
            self.parents += 1
            fields = {name: self._field(name, path, item) for name, path in self._source.parent_fields}
            missing = [name for name in fields if self._fills(name) and fields[name] in (None, "")]
            for value in self._values_of(item):
                if value is None or value == "":
                    self.blanks[self._parameter.name] += 1
                elif missing:
                    self.blanks[missing[0]] += 1
                else:
                    self.values += 1
                    yield value, fields

    def check(self) -> None:
        """Raises ItemsError: there were parents, and none of them has a value."""
        if self.blanks and not self.values:
            name = next(iter(self.blanks))
            key, path = self._key_and_path(name)
            raise ItemsError(
                f"{self._source.label}: {key} {path} is null or empty in each of the {self.parents} "
                "parent items",
                hint=f"Correct {key}",
            )

    @property
    def skipped(self) -> str:
        """A text that says how many parents were skipped."""
        names = " or ".join(self.blanks)
        return f"{self.blanks.total()} of {self.parents} parents have no {names} and were skipped"

    @property
    def skipped_hint(self) -> str:
        """How to account for the skipped parents."""
        keys = " and ".join(self._key_and_path(name)[0] for name in self.blanks)
        return f"Exclude them with {self._source.label}.filter, or correct its {keys}"

    def fixed(self) -> Iterator[tuple[Value, Mapping[str, Json]]]:
        """Yield the fixed values. Raises ResourceError: one is a URL that is not below the base URL."""
        for value in self._source.values:
            if self._leaves_base_url(self._parameter.name, value):
                raise ResourceError(
                    f"{self._source.label}.values has {value!r:.80}, which is not below baseUrl",
                    hint="Remove it, or write its path",
                )
            yield value, {}

    def _key_and_path(self, name: str) -> tuple[str, object]:
        if name == self._parameter.name:
            return "field", self._source.field
        return f"parent_fields.{name}", dict(self._source.parent_fields)[name]

    def _passes_filter(self, item: Json) -> bool:
        if self._source.filter is None:
            return True
        passes = _first_output(self._source.filter, item, self._setting("filter"))
        if not isinstance(passes, bool):
            raise ItemsError(
                f"{self._setting('filter')} must return true or false, but returned a value of type "
                f"{type_name(passes)}",
                hint="Write a condition, like .archived | not",
            )
        return passes

    def _field(self, name: str, path: Path, item: Json) -> Json:
        """Return one of parent_fields. If it is a placeholder, it is checked like a value."""
        setting = self._setting(f"parent_fields.{name}")
        value = _first_output(path, item, setting)
        return self._checked(name, value, item, setting) if self._fills(name) else value

    def _fills(self, name: str) -> bool:
        return name in self._parameter.placeholders

    def _values_of(self, item: Json) -> Iterator[Value | None]:
        setting = self._setting("field")
        for value in _outputs(self._source.field, item, setting):
            yield self._checked(self._parameter.name, value, item, setting)

    def _checked(self, name: str, value: Json, item: Json, setting: str) -> Value | None:
        if isinstance(value, dict | list):
            raise ItemsError(
                f"{setting} must return a string, number or boolean, but returned a value "
                f"of type {type_name(value)}",
                hint="Select a string or a number in it, like .id",
            )
        if self._changes_path(name, value, item):
            raise ItemsError(
                f"{setting} returns {value!r:.80}, and this would change the request's path",
                hint="Use the value as the API returns it, like .id",
            )
        return value

    def _changes_path(self, name: str, value: Json, item: Json) -> bool:
        """Return True for a path that the mapping's jq built. The API's own values are percent-encoded."""
        if name not in self._parameter.in_paths or not isinstance(value, str) or value == "..":
            return False
        is_suspect = has_parent_segment(value) or self._leaves_base_url(name, value)
        return is_suspect and not occurs_in(value, item)

    def _leaves_base_url(self, name: str, value: Json) -> bool:
        is_url = isinstance(value, str) and name in self._parameter.as_urls and is_absolute(value)
        return is_url and not is_below(str(value), self._base_url)

    def _setting(self, name: str) -> str:
        return f"{self._source.label}.{name}"


def _first_output(path: Path, item: Json, setting: str) -> Json:
    return next(iter(_outputs(path, item, setting)), None)


def _outputs(path: Path | None, item: Json, setting: str) -> list[Json]:
    """Return the outputs for a parent. One that is not an object can be read as `.` or as `.value`."""
    if path is None:
        raise ItemsError(f"{setting} is missing")
    is_wrapped = not isinstance(item, dict) and _VALUE_KEY.search(path.text)
    try:
        return path.outputs({"value": item} if is_wrapped else item)
    except JqError as error:
        hint = f"Correct {path}" if isinstance(item, dict) else f"The parent is a {type_name(item)}: use ."
        raise ItemsError(f"{setting} fails on a parent item: {error}", hint=hint) from error
