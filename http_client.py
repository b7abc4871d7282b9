"""Requests to the API: one gate for all of them, retries, redirects, and errors that say what to change."""

import asyncio
import math
import random
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx
from loguru import logger

from client import (
    Breaker,
    DiskBody,
    HeaderPolicy,
    RateGate,
    RequestErrors,
    UrlPolicy,
    ends_with_its_connection,
    is_certificate_error,
    keep_small,
    may_be_carried_out_after,
    may_be_carried_out_by,
    unpacked,
)
from client.repeating import may_repeat
from client.retry import RetryPolicy
from configuration.answer_rules import NO_RULES, AnswerAction, AnswerRules, RuleMatch
from rest.clocks import ApiClock
from rest.errors import RefusedError, TransientError
from rest.origin import resolved
from rest.rate_limits import (
    TRANSIENT_STATUSES,
    exhausted_for_s,
    is_rate_limit,
    limit_headers,
    requested_wait_s,
)
from rest.request import Request
from rest.response import Response
from rest.status_hints import REDIRECTS, shown_status

_MOST_REDIRECTS = 10
# RFC 9110 §15.4: these two keep the method and the body; browsers ask the others again by GET.
_SAME_METHOD = frozenset({307, 308})
_ACCEPT = "application/json, */*;q=0.5"
_USER_AGENT = "ocean-custom"
# What is larger goes to disk, as twice as many answers wait to be read as there are requests at once. Beyond
# the other it is no listing, but a dump, or an attack.
_MOST_IN_MEMORY = 2**20
_LARGEST_BODY = 2**30
_START_BYTES = 4096
_MOST_HEADERS = 1000
# On a request of ours; a login has none of it, and its answer is read into memory.
_MARK = "ocean_custom"
_OURS = {_MARK: True}
# In units of the timeout, which is for one read: an answer that trickles in never meets that.
_LONGEST_ANSWER = 20


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What came of sending a request once.

    request: what to send where it is sent once more. may_be_done: whether it may have been carried out.
    """

    request: Request
    cause: str
    response: Response | None = None
    judged: RuleMatch | None = None
    may_be_done: bool = False

    @property
    def meaning(self) -> AnswerAction | None:
        """What a rule of the user's makes of the answer."""
        return self.judged.action if self.judged else None


class HttpClient:
    """Sends requests through the gate. Names nothing of Ocean, of an auth scheme or of a transport.

    directory: where bodies too large for memory are kept; None for the system's own.
    clock: the API's, as its answers tell it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        gate: RateGate,
        policy: RetryPolicy,
        url_policy: UrlPolicy,
        directory: Path | None = None,
    ) -> None:
        self._http = http
        self._gate = gate
        self._policy = policy
        self._url_policy = url_policy
        self._failures = RequestErrors(url_policy.redact)
        self._directory = directory
        self._breaker = Breaker()
        self._guard = HeaderPolicy(http.headers)
        self._answered = 0
        self.requests_sent = 0
        self.clock = ApiClock()
        http.event_hooks = {"response": [_bounded]}

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """The answer, of a success status or accepted by a rule, its body read to the end.

        rules: the user's own; an answer that one of them calls empty, or the end, says so in `action`.
        Raises AuthError (401), RefusedError (other statuses, origins that are not trusted) and
        TransientError (what may pass, once the attempts are spent).
        """
        attempt = 0
        while True:
            answered_before = self._answered
            self._check_up(request)
            tried = await self._tried(request, rules)
            request, response = tried.request, tried.response
            if response is not None:
                if _is_answer(response, tried.meaning):
                    self._answered += 1
                    self._breaker.note_answer(request.full_url)
                    return _with_meaning(response, tried.meaning)
                if not _may_pass(response, tried.meaning):
                    self._breaker.note_answer(request.full_url)
                    raise self._failures.refusal(request, response)
            if tried.may_be_done and self._policy.max_retries and not may_repeat(request):
                raise self._noted(request, self._failures.unrepeated(request, tried.cause, response))
            is_limit = response is not None and _is_limit(response, tried.meaning)
            waits_its_turn = is_limit and self._answered > answered_before
            if attempt == self._policy.max_retries and not waits_its_turn:
                raise self._gave_up(request, attempt, tried.cause, response)
            await self._wait(request, attempt, tried.cause, response, tried.judged)
            # While others get through a rate limit, this one only waits for its turn.
            attempt = attempt if waits_its_turn else attempt + 1

    async def _tried(self, request: Request, rules: AnswerRules) -> "_Attempt":
        way = [request]
        try:
            response = await self._followed(way)
        except _PASSING as error:
            is_done = may_be_carried_out_by(error, _MARK)
            return _Attempt(_still_asked(way), self._failures.cause(error), may_be_done=is_done)
        judged = await rules.match(response)
        is_done = may_be_carried_out_after(response, judged.action if judged else None)
        cause = shown_status(response.status)
        return _Attempt(_still_asked(way), cause, response, judged, may_be_done=is_done)

    def _check_up(self, request: Request) -> None:
        try:
            self._breaker.check(request.full_url)
        except TransientError as error:
            error.at(self._failures.place(request))
            raise

    async def _followed(self, way: list[Request]) -> Response:
        """The answer to a request, redirects followed within the trusted origins; way: grows with each."""
        for _ in range(_MOST_REDIRECTS + 1):
            request = way[-1]
            response = await self._exchanged(request)
            target = response.headers.get("location")
            if response.status not in REDIRECTS or not target:
                return response
            if response.status == HTTPStatus.SEE_OTHER or (
                response.status not in _SAME_METHOD and request.method == "POST"
            ):
                request = Request("GET", request.full_url, headers=request.headers)
            way.append(request.with_url(self._redirected(request, target)))
        raise self._failures.redirected_too_often(way[-1], _MOST_REDIRECTS)

    async def _exchanged(self, request: Request) -> Response:
        built = self._built(request)
        longest_s = _LONGEST_ANSWER * (self._http.timeout.read or math.inf)
        try:
            async with self._gate.place(), asyncio.timeout(longest_s):
                self.requests_sent += 1
                answer = await self._begun(request, built)
                try:
                    content, large = await self._body(answer)
                finally:
                    await answer.aclose()
        except TimeoutError as error:
            raise TransientError(f"no whole answer within {longest_s:.0f} s") from error
        except (ssl.SSLError, httpx.ConnectError) as error:
            if is_certificate_error(error):
                raise self._failures.untrusted_certificate(request, error) from error
            raise
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol) as error:
            raise self._failures.unsendable(request) from error
        except (httpx.RemoteProtocolError, httpx.InvalidURL, ValueError) as error:
            # httpx looks at Location before we do, and stumbles over what is no URL.
            is_protocol = isinstance(error, httpx.RemoteProtocolError)
            if not is_protocol or isinstance(error.__context__, httpx.InvalidURL):
                raise self._failures.redirected_nowhere(request) from error
            raise
        if large and large.size > _LARGEST_BODY:
            raise self._failures.too_large(request, _LARGEST_BODY)
        if not content and ends_with_its_connection(answer):
            raise TransientError("the connection ended where the body should be")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        response = Response(answer.status_code, headers, content, self._url_policy.redact, large)
        if _is_success(response.status) and (pause := exhausted_for_s(headers)) is not None:
            self._pause(request, pause, headers)
        return response

    async def _begun(self, request: Request, built: httpx.Request) -> httpx.Response:
        """The answer, its body not read yet."""
        asked = datetime.now(UTC)
        answer = await self._http.send(built, stream=True)
        self.clock.note(answer.headers.get("date"), asked, datetime.now(UTC))
        if len(answer.headers.raw) > _MOST_HEADERS:
            await answer.aclose()
            raise self._failures.too_many_headers(request, _MOST_HEADERS)
        return answer

    def _pause(self, request: Request, asked_s: float, headers: Mapping[str, str]) -> None:
        """Before the limit is met. A longer pause has to be asked for by a refusal."""
        pause = min(asked_s, self._policy.unforced_s)
        if self._gate.close_for(pause):
            logger.warning(
                "{}: no request is left for {:.1f} s by {}; all requests wait for {:.1f} s",
                self._failures.shown(request),
                asked_s,
                ", ".join(limit_headers(headers)),
                pause,
            )

    async def _body(self, answer: httpx.Response) -> tuple[bytes, DiskBody | None]:
        """The body, or its start and where all of it is; no more is read than is allowed."""
        chunks: list[bytes] = []
        held = 0
        large: DiskBody | None = None
        async for chunk in unpacked(answer):
            held += len(chunk)
            if large is None and held <= _MOST_IN_MEMORY:
                chunks.append(chunk)
                continue
            if large is None:
                large = DiskBody(self._directory)
                for earlier in chunks:
                    large.write(earlier)
            # In a thread, a request cancelled meanwhile would leave its stream half read.
            large.write(chunk)
            if large.size > _LARGEST_BODY:
                break
        content = large.reader().read(_START_BYTES) if large else b"".join(chunks)
        return content, large

    def _built(self, request: Request) -> httpx.Request:
        try:
            address = self._url_policy.address(request.full_url)
            self._guard.check(request)
            return self._http.build_request(
                request.method, address, headers=request.headers, json=request.body, extensions=_OURS
            )
        except RefusedError as error:
            error.at(self._failures.place(request))
            raise
        except (ValueError, TypeError) as error:
            raise self._failures.unsendable(request) from error

    def _redirected(self, request: Request, target: str) -> str:
        try:
            url = resolved(target, request.full_url)
            self._url_policy.address(url)
        except ValueError as error:
            raise self._failures.redirected_nowhere(request) from error
        except RefusedError as error:
            error.at(self._failures.place(request))
            raise
        return url

    async def _wait(
        self,
        request: Request,
        attempt: int,
        cause: str,
        response: Response | None = None,
        judged: RuleMatch | None = None,
    ) -> None:
        asked = judged.wait_s if judged else None
        if asked is None and response:
            asked = requested_wait_s(response.status, response.headers)
        wait = self._policy.backoff_s(attempt, random.random()) if asked is None else asked
        if wait > self._policy.patience_s:
            raise self._gave_up(request, attempt, f"{cause}, asking to wait {wait:.0f} s", response)
        shown = self._failures.shown(request)
        logger.warning(
            "{}: {}; attempt {} of {} in {:.1f} s",
            shown,
            cause,
            attempt + 2,
            self._policy.max_retries + 1,
            wait,
        )
        if response and _is_limit(response, judged.action if judged else None):
            # The limit holds for all requests, and the gate makes this one wait, too.
            self._gate.close_for(wait)
        else:
            await asyncio.sleep(wait)

    def _gave_up(
        self, request: Request, attempt: int, cause: str, response: Response | None
    ) -> TransientError:
        """The error for a request whose attempts are spent."""
        return self._noted(request, self._failures.spent(request, attempt + 1, cause, response))

    def _noted(self, request: Request, error: TransientError) -> TransientError:
        if error.doubt != "not_ready":  # the API is well, and this one answer is not
            self._breaker.note_failure(request.full_url, error)
        return error


# What is wrong with the request itself, and not with the connection, is not in here.
_PASSING = (
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.RemoteProtocolError,
    httpx.ProxyError,
    httpx.DecodingError,
    ssl.SSLError,
    TransientError,  # a login's, inside a request of ours
)


def _still_asked(way: list[Request]) -> Request:
    """The request; where a redirect made a GET of it, that one: the API has carried out the first, and tells
    by the second what came of it (RFC 9110 §15.4.4).
    """
    return way[0] if way[-1].method == way[0].method else way[-1]


async def _bounded(answer: httpx.Response) -> None:
    """Before anyone reads it: httpx reads a 401 whole when a login follows, and a login its own answer."""
    is_refusal = answer.status_code == HTTPStatus.UNAUTHORIZED
    if is_refusal or not answer.request.extensions.keys() >= _OURS.keys():
        keep_small(answer, refuses=not is_refusal)


def _is_answer(response: Response, meaning: AnswerAction | None) -> bool:
    """True for what is handed on; 202 is no answer yet (RFC 9110 §15.3.3)."""
    if meaning is not None:
        return meaning in ("accept", "empty", "end")
    return _is_success(response.status) and response.status != HTTPStatus.ACCEPTED


def _with_meaning(response: Response, meaning: AnswerAction | None) -> Response:
    if meaning == "accept" or meaning == "empty" or meaning == "end":
        return replace(response, action=meaning)
    return response


def _is_limit(response: Response, meaning: AnswerAction | None) -> bool:
    if meaning is not None:
        return meaning == "rate_limited"
    return is_rate_limit(response.status, response.headers)


def _may_pass(response: Response, meaning: AnswerAction | None) -> bool:
    if meaning is not None:
        return meaning in ("retry", "rate_limited")
    is_transient = response.status in TRANSIENT_STATUSES or response.status == HTTPStatus.ACCEPTED
    return is_transient or is_rate_limit(response.status, response.headers)


def _is_success(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def headers_for(custom: Mapping[str, str]) -> dict[str, str]:
    """The headers of every request; the user's own win."""
    own = {name.lower(): (name, value) for name, value in custom.items()}
    ours = {"accept": ("Accept", _ACCEPT), "user-agent": ("User-Agent", _USER_AGENT)}
    return dict({**ours, **own}.values())
