"""Values of path parameters: single ones, and the batches that one request takes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from rest.request import text_of

type Value = str | int | float | bool
# What takes the place of a placeholder.
type Bound = Value | ValueList

REPEAT = "repeat"
_COMMA = ","
# The delimiters of RFC 3986 that may separate the values of a list in a path or a query.
_DELIMITERS = "/:@!$'()*+,;|="


@dataclass(frozen=True, slots=True)
class ValueList:
    """The values of one batch.

    separator: joins the values in a text. `repeat` repeats the query parameter. None: not set, so a comma
    joins them, and a JSON body has them as a list.
    """

    values: tuple[Value, ...]
    separator: str | None = None

    @property
    def text(self) -> str:
        """The joined values, as they are."""
        return self._joiner.join(map(text_of, self.values))

    @property
    def encoded(self) -> str:
        """The joined values, each percent-encoded as a whole (RFC 6570 §3.2.2), for a URL."""
        joiner = quote(self._joiner, safe=_DELIMITERS)
        return joiner.join(quote(text_of(value), safe="") for value in self.values)

    @property
    def is_list_in_body(self) -> bool:
        """True if a body value that is only the placeholder becomes a list."""
        return self.separator in (None, REPEAT)

    def repeats(self, name: str) -> bool:
        """Return True if the query parameter of this name is repeated for each value.

        By the convention of PHP and Rails, a name that ends in [] takes one value.
        """
        return self.separator == REPEAT or (self.separator is None and name.endswith("[]"))

    @property
    def halves(self) -> "tuple[ValueList, ValueList]":
        """Two batches of half the size."""
        middle = len(self.values) // 2
        return replace(self, values=self.values[:middle]), replace(self, values=self.values[middle:])

    @property
    def _joiner(self) -> str:
        return _COMMA if self.separator in (None, REPEAT) else self.separator or ""


@dataclass(frozen=True, slots=True)
class Batch:
    """How many values one request takes at most, and what separates them."""

    size: int
    separator: str | None = None

    def of(self, values: Iterable[Value]) -> ValueList:
        """Return values as a batch."""
        return ValueList(tuple(values), self.separator)

    def is_split_by_separator(self, value: Value) -> bool:
        """Return True if the API may read the value as several, because the separator is in it."""
        return self.separator != REPEAT and (self.separator or _COMMA) in text_of(value)
