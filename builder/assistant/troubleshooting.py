"""The entries of the troubleshooting page that explain a message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from builder.project import ROOT

# The wheel has the page, too.
PAGE = ROOT / "docs" / "troubleshooting.md"
_GAP = "…"
_SPAN = re.compile(r"`([^`]+)`")
_CELL = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[((?:`[^`]*`|[^\]`])+)\]\([^)]+\)")
_WORD = re.compile(r"[A-Za-z_]{3,}")
_MIN_LETTERS = 6
_MIN_SIMILARITY = 0.6
_MAX_FOUND = 3
_MAX_LENGTH = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the page. messages: with … for what differs."""

    section: str
    messages: tuple[str, ...]
    cause: str
    fix: str


@dataclass(frozen=True, slots=True)
class Found:
    """The entries for a message, the best first. is_exact: the message has the words of the entries."""

    entries: tuple[tuple[str, Entry], ...] = ()
    is_exact: bool = False


def find_entries(message: str) -> Found:
    """Return the entries whose words a message has, else those that are similar."""
    text = " ".join(message.split())[:_MAX_LENGTH]
    exact = [(_literal_length(each), each, entry) for each, entry in _messages() if _has(text, each)]
    if exact:
        return Found(_best(exact), is_exact=True)
    shortened = [
        (_literal_length(each), each, entry) for each, entry in _messages() if _has(text, _only_words(each))
    ]
    if shortened:
        return Found(_best(shortened))
    words = set(_words(text))
    similar = [(share, each, entry) for each, entry in _messages() if (share := _share(each, words))]
    return Found(_best([each for each in similar if each[0] >= _MIN_SIMILARITY]))


def read_entries(page: Path) -> Iterator[Entry]:
    """Yield the rows of the page's tables of messages."""
    section, is_table = "", False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ")
        cells = [cell.strip() for cell in _CELL.split(line)[1:-1]]
        if len(cells) != 3:
            is_table = False
        elif cells[0] == "message":
            is_table = True
        elif is_table and (messages := _SPAN.findall(cells[0])):
            cause, fix = (_LINK.sub(r"\1", cell).replace("\\|", "|") for cell in cells[1:])
            yield Entry(section, tuple(each.replace("\\|", "|") for each in messages), cause, fix)


@cache
def _entries() -> tuple[Entry, ...]:
    return tuple(read_entries(PAGE))


def _messages() -> Iterator[tuple[str, Entry]]:
    for entry in _entries():
        yield from ((message, entry) for message in entry.messages)


def _best[N: (int, float)](found: list[tuple[N, str, Entry]]) -> tuple[tuple[str, Entry], ...]:
    ranked = sorted(found, key=lambda each: each[0], reverse=True)
    return tuple((message, entry) for _, message, entry in ranked[:_MAX_FOUND])


def _has(text: str, message: str) -> bool:
    """Return whether a text has the parts of a message in their order."""
    if _literal_length(message) < _MIN_LETTERS:
        return False
    position = 0
    for part in _parts(message):
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _parts(message: str) -> list[str]:
    return [part for part in " ".join(message.split()).split(_GAP) if part.strip()]


def _only_words(message: str) -> str:
    """Return a message without parts that are only punctuation, for a text whose end was cut off."""
    return _GAP.join(part for part in _parts(message) if any(map(str.isalpha, part)))


def _literal_length(message: str) -> int:
    return sum(map(str.isalpha, "".join(_parts(message))))


def _share(message: str, words: set[str]) -> float:
    """Return the share of a message's words that a text has."""
    own = set(_words(message))
    return len(own & words) / len(own) if len(own) > 2 else 0.0


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
