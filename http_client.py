"""Requests to the API: one gate for all of them, retries, redirects, and errors that say what to change."""

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

import httpx
from loguru import logger

from rest.errors import AuthError, RefusedError, RequestError, TransientError
from rest.origin import Origin, Redactor, resolved, upgraded
from rest.request import Request, Response, url_query
from rest.retry import TRANSIENT_STATUSES, RetryPolicy, asked_wait_s, is_rate_limit

_MOST_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# RFC 9110 §15.4: these two keep the method and the body; browsers ask the others again by GET.
_SAME_METHOD = frozenset({307, 308})
_ACCEPT = "application/json, */*;q=0.5"
_USER_AGENT = "ocean-custom"


class Gate:
    """What every request passes, over the whole integration.

    concurrency: requests in flight at once. per_second: how many start in a second, None for no rate.
    """

    def __init__(self, concurrency: int, per_second: float | None = None) -> None:
        self._places = asyncio.Semaphore(concurrency)
        self._interval_s = 1 / per_second if per_second else 0.0
        self._next_start = 0.0
        self._closed_until = 0.0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for one request, from its start to its last byte."""
        async with self._places:
            await self._turn()
            yield

    def close_for(self, seconds: float) -> None:
        """No request starts before so many seconds have passed."""
        self._closed_until = max(self._closed_until, time.monotonic() + seconds)

    async def _turn(self) -> None:
        if self._interval_s:
            now = time.monotonic()
            start = max(now, self._next_start)
            self._next_start = start + self._interval_s
            await asyncio.sleep(start - now)
        # Again, as others may have closed the gate for longer meanwhile.
        while (wait := self._closed_until - time.monotonic()) > 0:  # noqa: ASYNC110 - a time, no event
            await asyncio.sleep(wait)


@dataclass(frozen=True, slots=True)
class Boundary:
    """Which URLs may be asked, with credentials, and what every one of them carries.

    trusted: the base URL's origin and those that the user named.
    params: added to every URL that lacks them; they may be secret.
    """

    base: Origin
    trusted: frozenset[Origin]
    params: Mapping[str, str] = field(default_factory=dict)
    redact: Redactor = field(default_factory=Redactor)

    def address(self, url: str) -> httpx.URL:
        """The URL to send to. Raises RefusedError: it leads to somewhere that may not see the credentials."""
        try:
            address = httpx.URL(upgraded(url, self.base))
        except (httpx.InvalidURL, ValueError) as error:
            raise RefusedError(f"{self.redact(url)} is no URL ({error})") from error
        origin = Origin(address.scheme, address.host, address.port or Origin.of(str(address)).port)
        if origin not in self.trusted or address.userinfo:
            raise RefusedError(
                f"the API leads to {self.redact(str(origin))}, which may not see the credentials",
                hint="If it is yours to trust, add it to trustedOrigins",
            )
        return self._with_params(address)

    def _with_params(self, address: httpx.URL) -> httpx.URL:
        there = {name for name, _ in url_query(str(address))}
        missing = [(name, value) for name, value in self.params.items() if name not in there]
        if not missing:
            return address
        added = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in missing)
        query = address.query.decode()
        return address.copy_with(query=(f"{query}&{added}" if query else added).encode())


class HttpClient:
    """Sends requests through the gate. Names nothing of Ocean, of an auth scheme or of a transport."""

    def __init__(self, http: httpx.AsyncClient, gate: Gate, policy: RetryPolicy, boundary: Boundary) -> None:
        self._http = http
        self._gate = gate
        self._policy = policy
        self._boundary = boundary

    async def send(self, request: Request, final: Collection[int] = ()) -> Response:
        """The answer, of a success status, its body read to the end.

        final: statuses that are not tried again, whatever they are.
        Raises AuthError (401), RefusedError (other statuses, origins that are not trusted) and
        TransientError (what may pass, once the attempts are spent).
        """
        for attempt in range(self._policy.max_retries + 1):
            last = attempt == self._policy.max_retries
            try:
                response = await self._followed(request)
            except _PASSING as error:
                if last:
                    raise self._gave_up(request, attempt, _cause(error)) from error
                await self._wait(request, attempt, _cause(error))
                continue
            if HTTPStatus(200) <= response.status < HTTPStatus(300):
                return response
            if not _may_pass(response) or response.status in final:
                raise self._refusal(request, response)
            if last:
                raise self._gave_up(request, attempt, _answer(response), response)
            await self._wait(request, attempt, _answer(response), response)
        raise AssertionError  # the last attempt returns or raises

    async def _followed(self, request: Request) -> Response:
        """The answer to a request, redirects followed within the trusted origins."""
        for _ in range(_MOST_REDIRECTS + 1):
            response = await self._exchanged(request)
            target = response.headers.get("location")
            if response.status not in _REDIRECTS or not target:
                return response
            if response.status not in _SAME_METHOD:
                request = Request("GET", request.full_url, headers=request.headers)
            request = request.at(resolved(target, request.full_url))
        raise RefusedError(f"{self._shown(request)}: redirected more than {_MOST_REDIRECTS} times")

    async def _exchanged(self, request: Request) -> Response:
        built = self._http.build_request(
            request.method,
            self._boundary.address(request.full_url),
            headers=request.headers,
            json=request.body,
        )
        try:
            async with self._gate.place():
                answer = await self._http.send(built)
        except ssl.SSLError as error:
            raise self._untrusted_certificate(request, error) from error
        except httpx.ConnectError as error:
            if _certificate_error(error):
                raise self._untrusted_certificate(request, error) from error
            raise
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, answer.content)

    async def _wait(
        self, request: Request, attempt: int, cause: str, response: Response | None = None
    ) -> None:
        asked = asked_wait_s(response.status, response.headers) if response else None
        wait = self._policy.backoff_s(attempt, random.random()) if asked is None else asked
        if wait > self._policy.patience_s:
            raise self._gave_up(request, attempt, f"{cause}, asking to wait {wait:.0f} s", response)
        shown = self._shown(request)
        logger.warning(
            "{}: {}; attempt {} of {} in {:.1f} s",
            shown,
            cause,
            attempt + 2,
            self._policy.max_retries + 1,
            wait,
        )
        if response and is_rate_limit(response.status, response.headers):
            self._gate.close_for(
                wait
            )  # the limit holds for all requests, and the gate makes this one wait too
        else:
            await asyncio.sleep(wait)

    def _gave_up(
        self, request: Request, attempt: int, cause: str, response: Response | None = None
    ) -> TransientError:
        times = "" if attempt == 0 else f", {attempt + 1} times"
        return TransientError(
            f"{self._shown(request)}: {cause}{times}{self._excerpt(response)}",
            status=response.status if response else None,
            hint="Nothing is deleted; the next resync tries again. If it lasts, raise maxRetries or timeout, "
            "or lower maxConcurrentRequests",
        )

    def _refusal(self, request: Request, response: Response) -> RequestError:
        message = f"{self._shown(request)}: {_answer(response)}{self._excerpt(response)}"
        family = AuthError if response.status == HTTPStatus.UNAUTHORIZED else RefusedError
        return family(message, status=response.status, hint=_hint(response.status))

    def _untrusted_certificate(self, request: Request, error: Exception) -> RefusedError:
        return RefusedError(
            f"{self._shown(request)}: the API's certificate is not trusted ({_cause(error)})",
            hint="Give the image your CA's certificate, or set verifySsl to false while you test",
        )

    def _shown(self, request: Request) -> str:
        return f"{request.method} {self._boundary.redact(request.full_url)}"

    def _excerpt(self, response: Response | None) -> str:
        return f": {self._boundary.redact(response.excerpt)!r}" if response and response.excerpt else ""


# What is wrong with the request itself, and not with the connection, is not in here.
_PASSING = (
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.RemoteProtocolError,
    httpx.ProxyError,
    httpx.DecodingError,
    TransientError,  # a login's, inside a request of ours
)


def _may_pass(response: Response) -> bool:
    return response.status in TRANSIENT_STATUSES or is_rate_limit(response.status, response.headers)


def _answer(response: Response) -> str:
    try:
        phrase = f" {HTTPStatus(response.status).phrase}"
    except ValueError:
        phrase = ""
    return f"status {response.status}{phrase}"


def _cause(error: Exception) -> str:
    if isinstance(error, TransientError):
        return error.message
    kind = type(error).__name__
    return f"{kind}: {error}" if str(error) else kind


def _certificate_error(error: BaseException | None) -> bool:
    while error:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _hint(status: int) -> str:
    hints = {
        300: "Set baseUrl to where the API redirects to",
        400: "Check query_params, and that the API knows the pagination parameters and allows the pageSize",
        401: "Check authType and its secret: the API does not accept them",
        403: "The credentials lack the right to read this; on_status: {403: empty} would take it as no items",
        404: "Check baseUrl and the kind; on_status: {404: empty} would take it as no items",
        405: "Check selector.method",
        406: "Check the Accept header in selector.headers",
        415: "Check the Content-Type header in selector.headers",
        422: "Check query_params and body, and that the API allows the pageSize",
    }
    return hints.get(status, hints[300] if status in _REDIRECTS else "See what the API's documentation says")


def headers_for(custom: Mapping[str, str]) -> dict[str, str]:
    """The headers of every request; the user's own win."""
    own = {name.lower(): (name, value) for name, value in custom.items()}
    ours = {"accept": ("Accept", _ACCEPT), "user-agent": ("User-Agent", _USER_AGENT)}
    return dict({**ours, **own}.values())
