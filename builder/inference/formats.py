"""What the texts of a field are: Port's formats, found from all of them."""

import ipaddress
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from builder.inference.times import writing_of
from builder.inference.words import words_of

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"[A-Za-z0-9!#$%&'*+/=?^_`|~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`|~-]+)*@(?:{_LABEL}\.)+[A-Za-z]{{2,}}"
)
# Narrower than Port may be: a URL that it refused would cost the whole entity.
_URL = re.compile(
    rf"https?://(?:{_LABEL}\.)+[A-Za-z]{{2,}}(?::\d{{2,5}})?(?:/[!$%&'()*+,./0-9:;=?@A-Z_a-z~#-]*)?"
)
_MARKDOWN = re.compile(r"^(?:#{1,6} |[-*] |\d+\. |> |```)|\]\(\S+\)|\*\*\S", re.MULTILINE)
_YAML_LINE = re.compile(r"\s*(?:- )?[\w./-]+:(?: .*)?")
_YAML_NAMES = frozenset({"yaml", "yml", "manifest", "spec", "config"})
_VERSION_NAMES = frozenset({"version", "firmware"})
_LONGEST_CHECKED = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """What the texts of a field are. filter: jq that makes each of that format, empty where it is."""

    format: str | None = None
    filter: str = ""
    note: str = ""


def reading_of(key: str, texts: Collection[str]) -> Reading:
    """The format of a field whose texts, none of them empty, are these."""
    if not texts or _has_word(key, _VERSION_NAMES):  # 2024-01-01 and 1.2.3.4 are versions too
        return Reading()
    if writing := writing_of(texts):
        return Reading("date-time", writing.filter, writing.note)
    found = (name for name, fits in _FORMATS.items() if all(map(fits, texts)))
    return Reading(next(found, None) or _long_format(key, texts))


def _long_format(key: str, texts: Collection[str]) -> str | None:
    """Markdown and YAML restrict nothing: a wrong guess only looks wrong."""
    long = [text[:_LONGEST_CHECKED] for text in texts if "\n" in text.strip()]
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
    return not words.isdisjoint(word.lower() for word in words_of(key))


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def _ip_version(text: str) -> int | None:
    try:
        # A zone, as in fe80::1%eth0, is no part of the address.
        return None if "%" in text else ipaddress.ip_address(text).version
    except ValueError:
        return None


_FORMATS: dict[str, Callable[[str], bool]] = {
    "url": _is_url,
    "email": _is_email,
    "ipv4": lambda text: _ip_version(text) == 4,
    "ipv6": lambda text: _ip_version(text) == 6,
}
