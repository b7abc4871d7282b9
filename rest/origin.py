"""Which URLs may see the credentials, and what of a URL or a body may be shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from urllib.parse import urljoin, urlsplit, urlunsplit

from rest.secret_forms import CUT, SHORTEST_SECRET, SecretForms

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
# RFC 3490 §3.1: what else stands for a dot in a name.
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_MASK = b"***"
_SHORTEST_TOKEN = 8
_MOST_TOKENS = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port (RFC 6454 §4)."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def of(cls, url: str) -> "Origin":
        """Raises ValueError: the URL's port is no number, or none that anything can listen on."""
        parts = urlsplit(url)
        return cls.at(parts.scheme, parts.hostname or "", parts.port)

    @classmethod
    def at(cls, scheme: str, host: str, port: int | None) -> "Origin":
        """The same for all ways to write it. Raises ValueError: nothing can listen on the port."""
        if port is not None and not 0 < port <= _LAST_PORT:
            raise ValueError(port)
        scheme = scheme.lower()
        return cls(scheme, _as_sent(host), port or _DEFAULT_PORTS.get(scheme))

    def __str__(self) -> str:
        port = "" if self.port == _DEFAULT_PORTS.get(self.scheme) else f":{self.port}"
        # RFC 3986 §3.2.2: an IPv6 address stands in brackets.
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{port}"


def _as_sent(host: str) -> str:
    """A name as DNS has it (RFC 5891 §4.4), an IPv6 address in its short form.

    Raises ValueError: it is no such address.
    """
    if ":" in host:
        return str(IPv6Address(host))
    return ".".join(_label(each) for each in _DOTS.split(host.lower()))


def _label(text: str) -> str:
    return text if text.isascii() else f"xn--{text.encode('punycode').decode()}"


def resolved(link: str, seen_at: str) -> str:
    """A link as the API wrote it, absolute (RFC 3986 §5), without its fragment."""
    return urljoin(seen_at, link.strip()).partition("#")[0]


def upgraded(url: str, base: Origin) -> str:
    """An http URL of the base's host becomes https where the base is: APIs behind a proxy write http."""
    parts = urlsplit(url)
    if (
        base.scheme != "https"
        or parts.scheme.lower() != "http"
        or _as_sent(parts.hostname or "") != base.host
    ):
        return url
    if parts.port not in (None, _DEFAULT_PORTS["http"], base.port):
        return url
    return urlunsplit((base.scheme, str(base).partition("://")[2], *parts[2:]))


@dataclass(slots=True, eq=False)
class Redactor:
    """Takes secrets out of text that people see, in whatever form a URL, JSON, HTML or base64 gives them."""

    _given: tuple[str, ...] = field(default=(), repr=False)
    _learned: tuple[str, ...] = field(default=(), repr=False)
    _forms: SecretForms = field(default_factory=lambda: SecretForms(()), repr=False)

    @classmethod
    def of(cls, secrets: Iterable[str]) -> "Redactor":
        """A redactor of these values."""
        given = tuple(text for text in secrets if len(text) >= SHORTEST_SECRET)
        return cls(given, (), SecretForms(given))

    def learn(self, secrets: Iterable[str]) -> None:
        """Masks these too from now on, until twenty others have come: tokens that a login gave.

        Shorter ones are no tokens: a login's answer holds a language, or a number of a tenant, too.
        """
        new = [text for text in secrets if len(text) >= _SHORTEST_TOKEN and text not in self._learned]
        if new:
            self._learned = (*self._learned, *new)[-_MOST_TOKENS:]
            self._forms = SecretForms((*self._given, *self._learned))

    def __call__(self, text: str) -> str:
        """The text with every secret masked."""
        return self.start_of(text, len(text))

    def start_of(self, text: str, length: int) -> str:
        """So many characters of the text, masked; a secret that stands across their end is masked whole."""
        raw = text.encode(errors="surrogatepass")
        spans = self._forms.found(raw)
        if not spans:
            return text[:length]
        most = len(raw) if length >= len(text) else len(text[:length].encode(errors="surrogatepass"))
        parts: list[bytes] = []
        done = 0
        for start, end in spans:
            if start >= most:
                break
            parts += (raw[done:start], _MASK)
            done = end
        return b"".join([*parts, raw[done:most]]).decode(errors="surrogatepass")

    @property
    def longest_bytes(self) -> int:
        """The most bytes of a text that one secret can take."""
        return self._forms.longest_bytes


def cut(text: str, length: int) -> str:
    """So many characters of a text, with a sign at a cut: there, a redactor masks half a secret, too."""
    return text if len(text) <= length else f"{text[:length]}{CUT}"
