"""A record of the requests and responses of a sample, with secrets masked."""

import json
import re
import ssl
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import takewhile
from urllib.parse import parse_qsl

import httpx

from client import MARKER
from rest.origin import Redactor
from rest.request import Pairs, Request

MASK = "***"
# Enough for the message of a refusal, and for the start of a response.
_MAX_KEPT_BYTES = 64 * 2**10
_SECRET_NAME = re.compile(
    r"(?:^|[-_])(?:authorization|auth|token|secret|key|cookie2?|password|passwd|session|sid|signature|credentials?)"
    r"(?:$|[-_])|api-?key",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?= )")
# Challenges name the scheme that the API expects. They hold no secret.
_CHALLENGES = frozenset({"www-authenticate", "proxy-authenticate"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, with secrets masked.

    status: None if there was no response. Then `error` says why. seconds: until the end of the response.
    size: the bytes of the body as transferred, so compressed if it was. content: the start of the body.
    is_login: a request of the authentication.
    """

    method: str
    url: str
    headers: Pairs = ()
    body: str = ""
    status: int | None = None
    response_headers: Pairs = ()
    content: str = ""
    size: int = 0
    seconds: float = 0.0
    error: str = ""
    is_login: bool = False

    @property
    def is_redirect(self) -> bool:
        """True if the response leads to another URL."""
        return self.status in (301, 302, 303, 307, 308)


@dataclass(slots=True)
class _Record:
    """An exchange while it is in progress, with secrets."""

    request: httpx.Request
    start: float
    response: httpx.Response | None = None
    content: bytearray = field(default_factory=bytearray)
    size: int = 0
    seconds: float = 0.0
    error: str = ""
    is_complete: bool = False
    max_bytes: int = _MAX_KEPT_BYTES

    def receive(self, chunk: bytes) -> None:
        """Count a part of the body, and keep it if it is at the start."""
        self.size += len(chunk)
        self.content += chunk[: max(0, self.max_bytes - len(self.content))]

    def stop(self) -> None:
        """Note the duration, once."""
        self.seconds = self.seconds or time.monotonic() - self.start

    @property
    def is_login(self) -> bool:
        return not self.request.extensions.keys() >= MARKER.keys()

    @property
    def is_redirect(self) -> bool:
        return self.response is not None and self.response.has_redirect_location

    def added_params(self, request: Request) -> int | None:
        """Return how many parameters this record has in addition to a request. None: it is another one."""
        url, sent = httpx.URL(request.full_url), self.request.url
        if (self.request.method, sent.path) != (request.method, url.path):
            return None
        content = request.content
        if content is not None and self.request.content != content[0]:
            return None
        if content is None and request.body is not None and _json(self.request.content) != request.body:
            return None
        own, params = set(_query(url)), set(_query(sent))
        return len(params - own) if own <= params else None

    def masked(self, redact: Redactor) -> Exchange:
        """Return the exchange with secrets masked."""
        response = self.response
        return Exchange(
            self.request.method,
            redact(str(self.request.url)),
            _masked_headers(self.request.headers, redact),
            "" if self.is_login else redact(self.request.content.decode(errors="replace")),
            response.status_code if response else None,
            _masked_headers(response.headers, redact) if response else (),
            "" if self._may_have_tokens else redact(self._text),
            self.size,
            self.seconds,
            redact(self.error),
            self.is_login,
        )

    @property
    def _may_have_tokens(self) -> bool:
        return self.is_login and self.response is not None and self.response.is_success

    @property
    def _text(self) -> str:
        if self.response is None:
            return ""
        with suppress(httpx.DecodingError, LookupError):
            return httpx.Response(200, headers=self.response.headers, content=bytes(self.content)).text
        return ""


class Recorder(httpx.AsyncBaseTransport):
    """A transport that records what it sends and receives.

    It sends through a client of its own, because only a client uses the proxies of the environment.
    max_bytes: how much of each body is kept.
    """

    def __init__(
        self, redact: Redactor, *, verify: bool | ssl.SSLContext, max_bytes: int = _MAX_KEPT_BYTES
    ) -> None:
        self._redact = redact
        self._max_bytes = max_bytes
        self._records: list[_Record] = []
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._http = httpx.AsyncClient(verify=verify, cookies=no_cookies)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and record it."""
        record = _Record(request, time.monotonic(), max_bytes=self._max_bytes)
        self._records.append(record)
        try:
            response = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            record.error = str(error) or type(error).__name__
            raise
        finally:
            record.seconds = time.monotonic() - record.start
        record.response = response
        record.seconds = 0.0
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _RecordedStream(response.stream, record)
        return response

    def take(self, *, complete: bool = False) -> tuple[Exchange, ...]:
        """Return the last exchange, after the redirects that led to it, and forget all so far.

        complete: prefer an exchange whose response was read to its end. Requests ahead are cancelled.
        """
        ended = [each for each in self._records if each.is_complete or each.is_redirect] if complete else []
        self._records = ended or self._records
        last = self.last
        self._records.clear()
        return last

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def exchanges_of(self, request: Request) -> tuple[Exchange, ...]:
        """Return the last exchange of a request, followed by those of its redirects."""
        added = [(each.added_params(request), number) for number, each in enumerate(self._records)]
        matches = [(count, -number) for count, number in added if count is not None]
        if not matches:
            return ()
        # The settings add the same parameters to all requests, and pagination adds more to the next page.
        _, last = min(matches)
        following = self._masked(self._records[-last:])
        redirects = tuple(takewhile(lambda each: each.is_redirect, following))
        return following[: len(redirects) + 1]

    @property
    def last(self) -> tuple[Exchange, ...]:
        """The last exchange, after the redirects that led to it. Empty if nothing was sent."""
        reversed_ = self._masked(self._records)[::-1]
        redirects = tuple(takewhile(lambda each: each.is_redirect, reversed_[1:]))
        return reversed_[: len(redirects) + 1][::-1]

    def _masked(self, records: Iterable[_Record]) -> tuple[Exchange, ...]:
        return tuple(each.masked(self._redact) for each in records)


class _RecordedStream(httpx.AsyncByteStream):
    """The stream of a response that records what passes."""

    def __init__(self, stream: httpx.AsyncByteStream, record: _Record) -> None:
        self._stream = stream
        self._record = record

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                self._record.receive(chunk)
                yield chunk
            self._record.is_complete = True
        except httpx.HTTPError as error:
            self._record.error = str(error) or type(error).__name__
            raise
        finally:
            self._record.stop()

    async def aclose(self) -> None:
        self._record.stop()
        await self._stream.aclose()


def _masked_headers(headers: httpx.Headers, redact: Redactor) -> Pairs:
    return tuple((name, _masked_header(name, value, redact)) for name, value in headers.multi_items())


def _masked_header(name: str, value: str, redact: Redactor) -> str:
    if name.lower() in _CHALLENGES or not _SECRET_NAME.search(name):
        return redact(value)
    scheme = _SCHEME.match(value) if name.lower().endswith("authorization") else None
    return f"{scheme[0]} {MASK}" if scheme else MASK


def _query(url: httpx.URL) -> list[tuple[str, str]]:
    return parse_qsl(url.query.decode(), keep_blank_values=True)


def _json(content: bytes) -> object:
    with suppress(ValueError):
        return json.loads(content)
    return None
