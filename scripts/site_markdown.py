"""Write the Markdown of GitHub as Python-Markdown reads it, which the site is made with.

- It needs four spaces for each level of a list. On GitHub, a level is as wide as the marker above it.
- It needs an empty line between a paragraph and a list or table, and after an item of several paragraphs.
- A line of a list item that begins with a number and a period begins a list. On GitHub, only 1 does.
- It shows the backslash of an escaped pipe in the code of a table.
"""

import re
from collections.abc import Iterator

_LEVEL = 4
_ITEM = re.compile(r" *(?:[-*+]|\d{1,9}[.)]) +")
# What GitHub begins directly below a paragraph.
_LIST_OR_TABLE = re.compile(r"(?:[-*+]|1[.)]) +|\|")
_OTHER_NUMBER = re.compile(r" *(?!1[.)])\d{1,9}[.)](?= )")
_FENCE = re.compile(r" *(```+|~~~+)")
_CODE = re.compile(r"(`+)[^`]+\1")


def for_python_markdown(text: str) -> str:
    """Return the text with the same meaning for Python-Markdown as it has on GitHub."""
    reader = _Reader()
    return "\n".join(written for line in text.split("\n") for written in reader.lines(line))


class _Reader:
    """Reads lines in order, and knows the list items and the code block that a line is in."""

    def __init__(self) -> None:
        # The columns at which the texts of the enclosing list items begin.
        self._items: list[int] = []
        self._fence = ""
        self._shift = 0
        self._before = ""
        self._has_empty_line = False

    def lines(self, line: str) -> Iterator[str]:
        """Yield what takes the place of a line."""
        if self._fence:
            self._fence = "" if line.strip() == self._fence else self._fence
            yield _moved(line, self._shift)
            return
        if line.strip() and not self._continues_paragraph(line):
            if self._needs_empty_line(line):
                yield ""
            line = self._placed(line)
        self._before = line.strip()
        self._has_empty_line = self._has_empty_line or not self._before
        yield line

    def _continues_paragraph(self, line: str) -> bool:
        """Return whether the line is text of a list item without its indentation."""
        return bool(self._before and self._items and _width(line) < self._items[-1] and not _ITEM.match(line))

    def _needs_empty_line(self, line: str) -> bool:
        if not self._before:
            return False
        if self._items:
            return self._has_empty_line and bool(_ITEM.match(line)) and _width(line) < self._items[-1]
        is_table_row = line.startswith("|") and self._before.startswith("|")
        return bool(_LIST_OR_TABLE.match(line)) and not is_table_row

    def _number_in_paragraph(self, line: str) -> re.Match[str] | None:
        return _OTHER_NUMBER.match(line) if self._before and self._items else None

    def _placed(self, line: str) -> str:
        while self._items and _width(line) < self._items[-1]:
            self._items.pop()
        self._shift = _LEVEL * len(self._items) - (self._items[-1] if self._items else 0)
        if fence := _FENCE.match(line):
            self._fence = fence[1]
        elif number := self._number_in_paragraph(line):
            return _moved(line[: number.end() - 1] + "\\" + line[number.end() - 1 :], self._shift)
        elif item := _ITEM.match(line):
            self._items.append(item.end())
            self._has_empty_line = False
        elif line.startswith("|"):
            return _CODE.sub(lambda code: code[0].replace("\\|", "|"), line)
        return _moved(line, self._shift)


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _moved(line: str, shift: int) -> str:
    """Return the line with more spaces before it, or with fewer where it has them."""
    if shift >= 0:
        return " " * shift + line if line else line
    return line[min(-shift, _width(line)) :]
