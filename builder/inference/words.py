"""Split names into words, and join words to names and titles."""

import re
from collections.abc import Sequence
from functools import lru_cache

_BETWEEN = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACRONYMS = frozenset(
    {
        *("api", "arn", "aws", "cpu", "css", "csv", "dns", "ebs", "gid", "gpu", "guid", "html", "http"),
        *("https", "id", "ip", "ipv4", "ipv6", "json", "jwt", "mfa", "os", "pdf", "php", "pr", "ram"),
        *("sdk", "sha", "sid", "sla", "sql", "ssh", "ssl", "sso", "tls", "ttl", "ui", "uri", "url"),
        *("urn", "utc", "uuid", "vm", "vpc", "xml", "yaml"),
    }
)

# A document names the same few thousand fields again and again. Longer texts would fill the caches.
_MAX_CACHED_LENGTH, _MAX_CACHED_NAMES = 200, 16_384


def split_words(name: str) -> list[str]:
    """Return the words of a name, case unchanged: `createdAt` and `created-at` have two each."""
    return list(_cached_words(name)) if len(name) <= _MAX_CACHED_LENGTH else list(_words(name))


def squash_name(name: str) -> str:
    """Return a name for comparison, in lower case without separators: `created-at` equals `createdAt`."""
    return _cached_squashed(name) if len(name) <= _MAX_CACHED_LENGTH else _squashed(name)


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in _BETWEEN.split(name) if word)


def _squashed(name: str) -> str:
    return "".join(split_words(name)).lower()


_cached_words = lru_cache(_MAX_CACHED_NAMES)(_words)
_cached_squashed = lru_cache(_MAX_CACHED_NAMES)(_squashed)


def camel_case(words: Sequence[str]) -> str:
    """Return the words as one name: pullRequest."""
    first, *rest = words
    return first.lower() + "".join(word[:1].upper() + word[1:].lower() for word in rest)


def sentence_case(words: Sequence[str]) -> str:
    """Return the words as a title of at most 100 characters: Created at, HTML URL."""
    cased = [_cased(word) for word in words]
    return " ".join([cased[0][:1].upper() + cased[0][1:], *cased[1:]])[:100] if cased else ""


def _cased(word: str) -> str:
    if word.lower() in _ACRONYMS:
        return word.upper()
    return word if len(word) > 1 and word.isupper() else word.lower()
