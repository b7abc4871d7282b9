"""Detect which of Port's string formats all texts of a field have."""

import ipaddress
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from builder.inference.times import detect_notation
from builder.inference.words import split_words

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"[A-Za-z0-9!#$%&'*+/=?^_`|~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`|~-]+)*@(?:{_LABEL}\.)+[A-Za-z]{{2,}}"
)
# Possibly stricter than Port, because Port rejects the whole entity if it does not accept the URL.
_URL = re.compile(
    rf"https?://(?:{_LABEL}\.)+[A-Za-z]{{2,}}(?::\d{{2,5}})?(?:/[!$%&'()*+,./0-9:;=?@A-Z_a-z~#-]*)?"
)
_MARKDOWN = re.compile(r"^(?:#{1,6} |[-*] |\d+\. |> |```)|\]\(\S+\)|\*\*\S", re.MULTILINE)
_YAML_LINE = re.compile(r"\s*(?:- )?[\w./-]+:(?: .*)?")
_YAML_NAMES = frozenset({"yaml", "yml", "manifest", "spec", "config"})
_VERSION_NAMES = frozenset({"version", "firmware"})
_MAX_CHECKED_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class TextFormat:
    """The format of a field's texts. filter: jq that converts a text to the format, empty if not needed."""

    format: str | None = None
    filter: str = ""
    note: str = ""


def detect_format(key: str, texts: Collection[str]) -> TextFormat:
    """Return the format that all of a field's texts have. The texts must not be empty."""
    if not texts or _has_word(key, _VERSION_NAMES):  # 2024-01-01 and 1.2.3.4 are versions too
        return TextFormat()
    if notation := detect_notation(texts):
        return TextFormat("date-time", notation.filter, notation.note)
    matching = (name for name, matches in _FORMATS.items() if all(map(matches, texts)))
    return TextFormat(next(matching, None) or _multiline_format(key, texts))


def _multiline_format(key: str, texts: Collection[str]) -> str | None:
    """Return markdown, yaml or None. Port does not validate these formats, so a wrong guess is harmless."""
    long = [text[:_MAX_CHECKED_LENGTH] for text in texts if "\n" in text.strip()]
    if not long:
        return None
    if all(text.startswith(("---\n", "apiVersion:")) for text in long):
        return "yaml"
    if _has_word(key, _YAML_NAMES) and all(map(_looks_like_yaml, long)):
        return "yaml"
    return "markdown" if any(_MARKDOWN.search(text) for text in long) else None


def _looks_like_yaml(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(1 for line in lines if _YAML_LINE.fullmatch(line)) * 2 > len(lines)


def _has_word(key: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(word.lower() for word in split_words(key))


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def _ip_version(text: str) -> int | None:
    try:
        # A zone, as in fe80::1%eth0, is not part of the address.
        return None if "%" in text else ipaddress.ip_address(text).version
    except ValueError:
        return None


_FORMATS: dict[str, Callable[[str], bool]] = {
    "url": _is_url,
    "email": _is_email,
    "ipv4": lambda text: _ip_version(text) == 4,
    "ipv6": lambda text: _ip_version(text) == 6,
}
