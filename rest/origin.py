"""Origins, which decide where credentials may be sent, and the redaction of secrets in texts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from urllib.parse import urljoin, urlsplit, urlunsplit

from rest.secret_forms import CUT, SHORTEST_SECRET, SecretForms

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
# RFC 3490 §3.1: these characters are equivalent to a dot in a host name.
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_MASK = b"***"
_SHORTEST_TOKEN = 8
_MAX_TOKENS = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port (RFC 6454 §4)."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def of(cls, url: str) -> "Origin":
        """Return the origin of a URL. Raises ValueError: its port is not a number from 1 to 65535."""
        parts = urlsplit(url)
        return cls.at(parts.scheme, parts.hostname or "", parts.port)

    @classmethod
    def at(cls, scheme: str, host: str, port: int | None) -> "Origin":
        """Return the origin in its normalized form. Raises ValueError: the port is not from 1 to 65535."""
        if port is not None and not 0 < port <= _LAST_PORT:
            raise ValueError(port)
        scheme = scheme.lower()
        return cls(scheme, _normalized_host(host), port or _DEFAULT_PORTS.get(scheme))

    def __str__(self) -> str:
        port = "" if self.port == _DEFAULT_PORTS.get(self.scheme) else f":{self.port}"
        # RFC 3986 §3.2.2: an IPv6 address is enclosed in brackets.
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{port}"


def _normalized_host(host: str) -> str:
    """Return a host name as DNS has it (RFC 5891 §4.4), or an IPv6 address in its short form.

    Raises ValueError: the host has a colon, but is not an IPv6 address.
    """
    if ":" in host:
        return str(IPv6Address(host))
    return ".".join(_label(each) for each in _DOTS.split(host.lower()))


def _label(text: str) -> str:
    return text if text.isascii() else f"xn--{text.encode('punycode').decode()}"


def resolved(link: str, base_url: str) -> str:
    """Return a link as an absolute URL (RFC 3986 §5) without its fragment.

    base_url: the URL of the response that contains the link.
    """
    return urljoin(base_url, link.strip()).partition("#")[0]


def upgraded(url: str, base: Origin) -> str:
    """Return an http URL of the base's host as https if the base is https.

    APIs behind a proxy often write http links.
    """
    parts = urlsplit(url)
    if (
        base.scheme != "https"
        or parts.scheme.lower() != "http"
        or _normalized_host(parts.hostname or "") != base.host
    ):
        return url
    if parts.port not in (None, _DEFAULT_PORTS["http"], base.port):
        return url
    return urlunsplit((base.scheme, str(base).partition("://")[2], *parts[2:]))


@dataclass(slots=True, eq=False)
class Redactor:
    """Masks secrets in texts that people see, including their forms in URLs, JSON, HTML and base64."""

    _secrets: tuple[str, ...] = field(default=(), repr=False)
    _learned: tuple[str, ...] = field(default=(), repr=False)
    _forms: SecretForms = field(default_factory=lambda: SecretForms(()), repr=False)

    @classmethod
    def of(cls, secrets: Iterable[str]) -> "Redactor":
        """Return a redactor of these secrets. Those shorter than 3 characters are not masked."""
        maskable = tuple(text for text in secrets if len(text) >= SHORTEST_SECRET)
        return cls(maskable, (), SecretForms(maskable))

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask the tokens of a login response too. Only the last 20 tokens are remembered.

        Texts shorter than 8 characters are ignored: a login response also has a language or a tenant number.
        """
        new = [text for text in secrets if len(text) >= _SHORTEST_TOKEN and text not in self._learned]
        if new:
            self._learned = (*self._learned, *new)[-_MAX_TOKENS:]
            self._forms = SecretForms((*self._secrets, *self._learned))

    def include(self, other: "Redactor") -> None:
        """Mask the secrets of another redactor too."""
        new = [text for text in other._secrets if text not in self._secrets]  # noqa: SLF001 - same class
        if new:
            self._secrets = (*self._secrets, *new)
            self._forms = SecretForms((*self._secrets, *self._learned))

    def __call__(self, text: str) -> str:
        """Return the text with every secret masked."""
        return self.start_of(text, len(text))

    def start_of(self, text: str, length: int) -> str:
        """Return the first characters of the text, masked. A secret that crosses the end is masked whole."""
        raw = text.encode(errors="surrogatepass")
        spans = self._forms.found(raw)
        if not spans:
            return text[:length]
        limit = len(raw) if length >= len(text) else len(text[:length].encode(errors="surrogatepass"))
        parts: list[bytes] = []
        done = 0
        for start, end in spans:
            if start >= limit:
                break
            parts += (raw[done:start], _MASK)
            done = end
        return b"".join([*parts, raw[done:limit]]).decode(errors="surrogatepass")

    @property
    def longest_bytes(self) -> int:
        """The number of bytes that the longest form of a secret can take in a text."""
        return self._forms.longest_bytes


def cut(text: str, length: int) -> str:
    """Return the first characters of a text, with `…` if it is cut. A redactor also masks a cut secret."""
    return text if len(text) <= length else f"{text[:length]}{CUT}"
