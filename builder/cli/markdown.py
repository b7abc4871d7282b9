"""Markdown for comments on GitHub and GitLab, in which texts of others are shown and never interpreted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rest.origin import cut

# GitHub accepts comments of 65,536 characters, and GitLab notes of 1,000,000. The rest is for the marker.
MAX_COMMENT = 60_000
_MAX_TEXT = 300
# Everything else in ASCII has a meaning in Markdown, HTML, or as a link. Entities never have one.
_HARMLESS = frozenset(" -/,")
# For the number of rows that do not fit.
_RESERVED = 200


def literal(text: str, max_length: int = _MAX_TEXT) -> str:
    """Return a text of others as code in one line, cut to this length.

    Neither Markdown nor HTML in it has an effect, and in code neither GitHub nor GitLab looks for mentions,
    references or emoji. Control characters, also those that change the direction of the text, become U+FFFD.
    """
    line = cut(" ".join(text.split()), max_length)
    return f"<code>{''.join(map(_inert, line))}</code>" if line else "(empty)"


def row(*cells: str) -> str:
    """Return a row of a table. The cells are Markdown."""
    return f"| {' | '.join(cells)} |"


def table_head(*names: str) -> list[str]:
    """Return the first lines of a table."""
    return ["", row(*names), row(*("---" for _ in names))]


@dataclass(slots=True)
class Page:
    """A page with at most `limit` characters. Rows that do not fit are counted instead."""

    limit: int = MAX_COMMENT
    is_cut: bool = False
    _lines: list[str] = field(default_factory=list)
    _length: int = 0

    def add(
        self, head: Iterable[str], rows: Sequence[str] = (), tail: Iterable[str] = (), more: int = 0
    ) -> None:
        """Add a block with the rows that fit, or nothing if its head and tail do not fit.

        more: the number of rows that were left out before.
        """
        first, last = list(head), list(tail)
        left = self.limit - self._length - _size([*first, *last]) - _RESERVED
        if left < 0:
            self.is_cut = True
            return
        shown: list[str] = []
        for each in rows:
            left -= len(each) + 1
            if left < 0:
                break
            shown.append(each)
        more += len(rows) - len(shown)
        if more:
            self.is_cut = True
            start = rows[0][:2] if rows else "- "
            last = [f"{start}and {more} more{' |' if start == '| ' else ''}", *last]
        self._append([*first, *shown, *last])

    @property
    def is_full(self) -> bool:
        """Whether nothing but the last line fits."""
        return self.limit - self._length < 2 * _RESERVED

    def text(self, note: str) -> str:
        """Return the page. note: a last line if something was left out."""
        lines = [*self._lines, *(["", note] if self.is_cut else [])]
        return "\n".join(lines).strip("\n") + "\n"

    def _append(self, lines: Sequence[str]) -> None:
        self._lines += lines
        self._length += _size(lines)


def _size(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _inert(character: str) -> str:
    if character.isalnum() or character in _HARMLESS:
        return character
    if not character.isprintable():
        return "\ufffd"
    return f"&#{ord(character)};" if character.isascii() else character
