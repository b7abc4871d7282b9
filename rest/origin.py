"""Which URLs may see the credentials, and what of a URL or a body may be shown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urljoin, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MASK = "***"
# A mask for shorter ones would make messages unreadable and hide nothing.
_SHORTEST_SECRET = 3
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]")
_SHORT_IN_JSON = {'"': '"', "\\": "\\", "/": "/", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}


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


@dataclass(slots=True, eq=False)
class Redactor:
    """Takes secrets out of text that people see, in whatever encoding a URL, JSON or Basic gives them."""

    pattern: re.Pattern[str] | None = field(default=None, repr=False)
    _known: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, secrets: Iterable[str]) -> "Redactor":
        """A redactor of these values."""
        redactor = cls()
        redactor.learn(secrets)
        return redactor

    def learn(self, secrets: Iterable[str]) -> None:
        """Masks these too from now on; the longest first so that none hides part of another."""
        self._known |= {text for text in secrets if len(text) >= _SHORTEST_SECRET}
        known = sorted(self._known, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(_in_any_form, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text with every secret masked."""
        return self.pattern.sub(_MASK, text) if self.pattern else text


def _in_any_form(secret: str) -> str:
    """A pattern for it: each character as it is, or as a URL, JSON (inside JSON, too) or HTML writes it."""
    return "".join(f"(?:{'|'.join(_forms(character))})" for character in secret)


def _forms(character: str) -> Iterator[str]:
    yield re.escape(character)
    if _PLAIN.fullmatch(character):
        return
    # RFC 3986 §2.1 and RFC 8259 §7: the case of hexadecimal digits does not matter.
    yield "".join(f"(?i:%{byte:02x})" for byte in character.encode(errors="surrogatepass"))
    units = character.encode("utf-16-be", errors="surrogatepass")
    yield "".join(rf"\\+u(?i:{units[at : at + 2].hex()})" for at in range(0, len(units), 2))
    yield re.escape(escape(character))
    if character in _SHORT_IN_JSON:
        yield rf"\\+{re.escape(_SHORT_IN_JSON[character])}"
    if character == " ":
        yield r"\+"
