"""Names as people write them, taken apart into words, and put together again."""

import re
from collections.abc import Sequence

_BETWEEN = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACRONYMS = frozenset(
    {
        *("api", "arn", "aws", "cpu", "css", "csv", "dns", "ebs", "gid", "gpu", "guid", "html", "http"),
        *("https", "id", "ip", "ipv4", "ipv6", "json", "jwt", "mfa", "os", "pdf", "php", "pr", "ram"),
        *("sdk", "sha", "sid", "sla", "sql", "ssh", "ssl", "sso", "tls", "ttl", "ui", "uri", "url"),
        *("urn", "utc", "uuid", "vm", "vpc", "xml", "yaml"),
    }
)


def words_of(name: str) -> list[str]:
    """The words of a name, as they are written: `createdAt` and `created-at` have two."""
    return [word for word in _BETWEEN.split(name) if word]


def plain(name: str) -> str:
    """A name without what only style adds, to compare it: `created-at` and `createdAt` are the same."""
    return "".join(words_of(name)).lower()


def camel(words: Sequence[str]) -> str:
    """Words as one name: pullRequest."""
    first, *rest = words
    return first.lower() + "".join(word[:1].upper() + word[1:].lower() for word in rest)


def title_of(words: Sequence[str]) -> str:
    """Words as a person reads them: Created at, HTML URL."""
    shown = [_shown(word) for word in words]
    return " ".join([shown[0][:1].upper() + shown[0][1:], *shown[1:]])[:100] if shown else ""


def _shown(word: str) -> str:
    if word.lower() in _ACRONYMS:
        return word.upper()
    return word if len(word) > 1 and word.isupper() else word.lower()
