"""A parameter that is written by a format: a range like `0-99`, or a condition like `id>17`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

_NAME = re.compile(r"\{(\w*)\}")
_NUMBERS = frozenset({"start", "end", "size", "page"})
# What a format of each pagination type has to contain, and what it may contain.
_NEEDED = {"offset": "start", "page": "page", "cursor": "cursor"}
_KNOWN: Mapping[str, frozenset[str]] = {
    "offset": frozenset({"start", "end", "size"}),
    "page": frozenset({"page", "size"}),
    "cursor": frozenset({"cursor"}),
}


@dataclass(frozen=True, slots=True)
class ParamFormat:
    """The text of a parameter, with names in braces: `{start}-{end}`.

    start, end: the positions of the first and the last item, counted from 0. size: items per page.
    page: the page number. cursor: the cursor.
    """

    text: str
    _pattern: re.Pattern[str] = field(repr=False, compare=False)

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the format. Raises ValueError: a name in it is unknown."""
        parts = _NAME.split(text)
        names = parts[1::2]
        if unknown := [name for name in names if name not in _NUMBERS | {"cursor"}]:
            raise ValueError(f"{{{unknown[0]}}} is unknown")
        return cls(text, re.compile("".join(_group(parts, place) for place in range(len(parts)))))

    def __str__(self) -> str:
        return self.text

    @property
    def names(self) -> frozenset[str]:
        """The names in braces."""
        return frozenset(_NAME.findall(self.text))

    @property
    def has_size(self) -> bool:
        """Return whether the format says how many items a page has."""
        return bool(self.names & {"end", "size"})

    def write(self, values: Mapping[str, object]) -> str:
        """Return the text with values in place of their names."""
        return _NAME.sub(lambda match: str(values[match[1]]), self.text)

    def read(self, text: str) -> Mapping[str, int]:
        """Return the numbers in a text of this format; none if the text has another one."""
        match = self._pattern.fullmatch(text)
        return {name: int(number) for name, number in match.groupdict().items()} if match else {}

    def mistake(self, pagination_type: str) -> str:
        """Return what is wrong with the format for a pagination type; "" if nothing."""
        needed, known = _NEEDED[pagination_type], _KNOWN[pagination_type]
        if needed not in self.names:
            return f"got {self.text!r}, which has no {{{needed}}}"
        if unsuitable := sorted(self.names - known):
            return f"got {self.text!r}, but type {pagination_type} has no {{{unsuitable[0]}}}"
        return ""


def _group(parts: list[str], place: int) -> str:
    """Return the pattern of a part: of the text between names, or of a number, whose name counts once."""
    part = parts[place]
    if place % 2 == 0:
        return re.escape(part)
    if part == "cursor":
        return ".*"
    return rf"(?P={part})" if part in parts[1:place:2] else rf"(?P<{part}>\d+)"
