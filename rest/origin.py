"""Which URLs may see the credentials, and what of a URL or a body may be shown."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, urljoin, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MASK = "***"
# A mask for shorter ones would make messages unreadable and hide nothing.
_SHORTEST_SECRET = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port (RFC 6454 §4)."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def of(cls, url: str) -> "Origin":
        """Raises ValueError: the URL's port is no number."""
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        return cls(scheme, (parts.hostname or "").lower(), parts.port or _DEFAULT_PORTS.get(scheme))

    def __str__(self) -> str:
        port = "" if self.port == _DEFAULT_PORTS.get(self.scheme) else f":{self.port}"
        # RFC 3986 §3.2.2: an IPv6 address stands in brackets.
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{port}"


def resolved(link: str, seen_at: str) -> str:
    """A link as the API wrote it, absolute (RFC 3986 §5), without its fragment."""
    return urljoin(seen_at, link.strip()).partition("#")[0]


def upgraded(url: str, base: Origin) -> str:
    """An http URL of the base's host becomes https where the base is: APIs behind a proxy write http."""
    parts = urlsplit(url)
    if base.scheme != "https" or parts.scheme.lower() != "http" or parts.hostname != base.host:
        return url
    if parts.port not in (None, _DEFAULT_PORTS["http"], base.port):
        return url
    return urlunsplit((base.scheme, str(base).partition("://")[2], *parts[2:]))


@dataclass(frozen=True, slots=True)
class Redactor:
    """Takes secrets out of text that people see, in whatever encoding a URL, JSON or Basic gives them."""

    pattern: re.Pattern[str] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, secrets: Iterable[str]) -> "Redactor":
        """A redactor of these values, the longest first so that none hides part of another."""
        forms = {form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in _forms(secret)}
        if not forms:
            return cls()
        return cls(re.compile("|".join(map(_any_case_hex, sorted(forms, key=len, reverse=True)))))

    def __call__(self, text: str) -> str:
        """The text with every secret masked."""
        return self.pattern.sub(_MASK, text) if self.pattern else text


def _forms(secret: str) -> set[str]:
    """A secret as it is, percent-encoded in the usual ways, and inside a JSON text."""
    encoded = {quote(secret, safe=safe) for safe in ("", "/", "$,:@/!*()'")}
    return {secret, quote_plus(secret), json.dumps(secret)[1:-1], *encoded}


def _any_case_hex(form: str) -> str:
    # RFC 3986 §2.1: %2f and %2F are the same.
    return re.sub(r"%([0-9A-F]{2})", r"%(?i:\1)", re.escape(form))
