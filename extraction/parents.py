"""Values of path parameters, taken from the items of parent listings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from configuration.resource import PathParameter, Value
from expressions.paths import Path
from rest.bodies import Json
from rest.dot_segments import has_parent_segment, occurs_in
from rest.errors import ItemsError, JqError
from rest.outline import type_name
from rest.page import Item
from rest.request import text_of


@dataclass(frozen=True, slots=True)
class Binding:
    """Values for the placeholders of one child. fields: the parents' fields that its items receive."""

    values: Mapping[str, Value] = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)

    def added_to(self, item: Item) -> Item:
        """Return the item with values and fields: `.name` unless it has that key, and `.__name` as text."""
        added: dict[str, Json] = {**self.values, **self.fields}
        texts: dict[str, Json] = {
            f"__{name}": None if value is None else text_of(value) for name, value in added.items()
        }
        return {**added, **item, **texts} if added else item

    @property
    def key(self) -> tuple[str, ...]:
        """A key that is equal for bindings with the same requests and the same fields."""
        return tuple(text_of(value) for value in (*self.values.values(), *self.fields.values()))

    @property
    def for_requests(self) -> Mapping[str, Value]:
        """What replaces placeholders: the values, and the parents' fields that are scalars."""
        fields = {
            name: value for name, value in self.fields.items() if isinstance(value, str | int | float | bool)
        }
        return {**fields, **self.values}

    def extended(self, parameter: PathParameter, value: Value, fields: Mapping[str, Json]) -> "Binding":
        """Return this binding with the value of one more parameter."""
        return Binding({**self.values, parameter.name: value}, {**self.fields, **fields})


class ParentValues:
    """Reads the values of one parameter from parent items. Counts the parents without a value."""

    def __init__(self, parameter: PathParameter) -> None:
        self.parameter = parameter
        self.parents = 0
        self.values = 0
        self.blanks = 0

    def bindings(self, binding: Binding, items: Iterable[Item]) -> Iterator[Binding]:
        """Yield a binding for each value of the parent items. Null and "" are skipped.

        Raises ItemsError: field or filter fails on an item, or returns an unsuitable value.
        """
        for item in items:
            if not self._passes_filter(item):
                continue
            self.parents += 1
            fields = {
                name: _first_output(path, item, self._setting(name))
                for name, path in self.parameter.parent_fields
            }
            for value in self._values_of(item):
                if value is None or value == "":
                    self.blanks += 1
                else:
                    self.values += 1
                    yield binding.extended(self.parameter, value, fields)

    def check(self) -> None:
        """Raises ItemsError: there were parents, and none of them has a value."""
        if self.blanks and not self.values:
            raise ItemsError(
                f"path_parameters.{self.parameter.name}: field {self.parameter.field} is null or empty "
                f"in each of the {self.parents} parent items",
                hint="Correct field",
            )

    @property
    def skipped(self) -> str:
        """A text that says how many parents were skipped."""
        return f"{self.blanks} of {self.parents} parents have no {self.parameter.name} and were skipped"

    def _passes_filter(self, item: Item) -> bool:
        if self.parameter.filter is None:
            return True
        passes = _first_output(self.parameter.filter, item, self._setting("filter"))
        if not isinstance(passes, bool):
            raise ItemsError(
                f"{self._setting('filter')} must return true or false, but returned a value of type "
                f"{type_name(passes)}",
                hint="Write a condition, like .archived | not",
            )
        return passes

    def _values_of(self, item: Item) -> Iterator[Value | None]:
        for value in _outputs(self.parameter.field, item, self._setting("field")):
            if isinstance(value, dict | list):
                raise ItemsError(
                    f"{self._setting('field')} must return a string, number or boolean, but returned a value "
                    f"of type {type_name(value)}",
                    hint="Select a string or a number in it, like .id",
                )
            if self._changes_path(value, item):
                raise ItemsError(
                    f"{self._setting('field')} returns {value!r:.80}, and this would change the request's "
                    "path",
                    hint="Use the value as the API returns it, like .id",
                )
            yield value

    def _changes_path(self, value: Json, item: Item) -> bool:
        """Return True for a path that the mapping's jq built. The API's own values are percent-encoded."""
        if not self.parameter.in_path or not isinstance(value, str) or value == "..":
            return False
        return has_parent_segment(value) and not occurs_in(value, item)

    def _setting(self, name: str) -> str:
        return f"path_parameters.{self.parameter.name}.{name}"


def _first_output(path: Path, item: Item, setting: str) -> Json:
    return next(iter(_outputs(path, item, setting)), None)


def _outputs(path: Path | None, item: Item, setting: str) -> list[Json]:
    if path is None:
        raise ItemsError(f"{setting} is missing")
    try:
        return path.outputs(item)
    except JqError as error:
        raise ItemsError(f"{setting} fails on a parent item: {error}", hint=f"Correct {path}") from error
