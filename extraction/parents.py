"""The values of path parameters, from the items of their parents."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from configuration.resource import PathParameter, Value
from expressions.paths import Path, type_name
from rest.bodies import Json
from rest.dot_segments import climbs, is_given
from rest.errors import ItemsError, JqError
from rest.page import Item
from rest.request import text_of


@dataclass(frozen=True, slots=True)
class Binding:
    """Values for placeholders, and what else the children get of the parents that gave them."""

    values: Mapping[str, Value] = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)

    def added_to(self, item: Item) -> Item:
        """The item with what it gets: `.name` where it has no such key, and `.__name` as text."""
        given: dict[str, Json] = {**self.values, **self.fields}
        texts: dict[str, Json] = {
            f"__{name}": None if value is None else text_of(value) for name, value in given.items()
        }
        return {**given, **item, **texts} if given else item

    @property
    def key(self) -> tuple[str, ...]:
        """The same for bindings that lead to the same requests, and give their items the same."""
        return tuple(text_of(value) for value in (*self.values.values(), *self.fields.values()))

    @property
    def for_requests(self) -> Mapping[str, Value]:
        """What placeholders are replaced with: values, and fields of parents that can stand in a text."""
        fields = {
            name: value for name, value in self.fields.items() if isinstance(value, str | int | float | bool)
        }
        return {**fields, **self.values}

    def joined(self, parameter: PathParameter, value: Value, fields: Mapping[str, Json]) -> "Binding":
        """This binding and one more value."""
        return Binding({**self.values, parameter.name: value}, {**self.fields, **fields})


class ParentTally:
    """How many parent items a parameter has seen, and how many gave nothing."""

    def __init__(self, parameter: PathParameter) -> None:
        self.parameter = parameter
        self.kept = 0
        self.given = 0
        self.blank = 0

    def bindings(self, binding: Binding, items: Iterable[Item]) -> Iterator[Binding]:
        """A binding for each value that the parents' items give; null and empty text give none.

        Raises ItemsError: field or filter fails on an item, or gives what is no value.
        """
        for item in items:
            if not self._passes(item):
                continue
            self.kept += 1
            fields = {
                name: _first(path, item, self._named(name)) for name, path in self.parameter.parent_fields
            }
            for value in self._values(item):
                if value is None or value == "":
                    self.blank += 1
                else:
                    self.given += 1
                    yield binding.joined(self.parameter, value, fields)

    def check(self) -> None:
        """Raises ItemsError: there were parents, and not one gave a value."""
        if self.blank and not self.given:
            raise ItemsError(
                f"path_parameters.{self.parameter.name}: field {self.parameter.field} is null or empty "
                f"in each of the {self.kept} parent items",
                hint="Correct field",
            )

    @property
    def skipped(self) -> str:
        """How many parents gave no value, in words."""
        return f"{self.blank} of {self.kept} parents have no {self.parameter.name} and were skipped"

    def _passes(self, item: Item) -> bool:
        if self.parameter.filter is None:
            return True
        passes = _first(self.parameter.filter, item, self._named("filter"))
        if not isinstance(passes, bool):
            raise ItemsError(
                f"{self._named('filter')} gave a {type_name(passes)} where true or false is expected",
                hint="Make it a condition, like .archived | not",
            )
        return passes

    def _values(self, item: Item) -> Iterator[Value | None]:
        for value in _outputs(self.parameter.field, item, self._named("field")):
            if isinstance(value, dict | list):
                raise ItemsError(
                    f"{self._named('field')} gave {_article(type_name(value))}, which is no value for a path",
                    hint="Take a text or a number of it, like .id",
                )
            if self._leads_away(value, item):
                raise ItemsError(
                    f"{self._named('field')} makes {value!r:.80}, which leads to another path",
                    hint="Take the value as the API gives it, like .id",
                )
            yield value

    def _leads_away(self, value: Json, item: Item) -> bool:
        """True for a path that jq of the mapping made. What the API gives is encoded, and stays in place."""
        if not self.parameter.in_path or not isinstance(value, str) or value == "..":
            return False
        return climbs(value) and not is_given(value, item)

    def _named(self, part: str) -> str:
        return f"path_parameters.{self.parameter.name}.{part}"


def _first(path: Path, item: Item, where: str) -> Json:
    return next(iter(_outputs(path, item, where)), None)


def _outputs(path: Path | None, item: Item, where: str) -> list[Json]:
    if path is None:
        raise ItemsError(f"{where} is missing")
    try:
        return path.outputs(item)
    except JqError as error:
        raise ItemsError(f"{where} fails on a parent item: {error}", hint=f"Correct {path}") from error


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
