"""Sends requests to the API: through the rate gate, with redirects, retries and errors that name a remedy."""

import asyncio
import math
import random
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
from loguru import logger

from client import (
    DEFAULT_LIMITS,
    MARKER,
    TRANSIENT_ERRORS,
    Attempt,
    Body,
    Breaker,
    HeaderPolicy,
    Limits,
    RateGate,
    RequestErrors,
    RetryPolicy,
    UrlPolicy,
    explanation,
    has_no_framing,
    is_repeatable,
    is_success,
    may_be_processed_after,
    may_be_processed_despite,
    permanent_error,
    read_body,
    redirected,
    retried,
)
from configuration.answer_rules import NO_RULES, AnswerRules
from rest.clocks import ApiClock
from rest.errors import RefusedError, TransientError
from rest.rate_limits import exhausted_for_s, limit_headers
from rest.request import Request
from rest.response import Response
from rest.status_hints import shown_status


class HttpClient:
    """Sends requests to one API. Knows nothing of Ocean, of authentication or of the transport.

    http: has `bound_small_body` among its response hooks, which bounds what httpx itself reads into memory.
    directory: where bodies too large for memory are stored; None for the system's temporary directory.
    breaker: None for a new one.
    clock: the API's clock, as its responses show it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        gate: RateGate,
        policy: RetryPolicy,
        url_policy: UrlPolicy,
        *,
        directory: Path | None = None,
        limits: Limits = DEFAULT_LIMITS,
        breaker: Breaker | None = None,
    ) -> None:
        self._http = http
        self._gate = gate
        self._policy = policy
        self._url_policy = url_policy
        self._errors = RequestErrors(url_policy.redact)
        self._directory = directory
        self._limits = limits
        self._breaker = breaker or Breaker()
        self._header_policy = HeaderPolicy(http.headers)
        self._successes = 0
        self.requests_sent = 0
        self.clock = ApiClock()

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Return a response with a success status, or one that a rule accepts. Its body has been read.

        rules: the user's. A response that a rule calls empty, or the end, has that in `action`.
        Raises AuthError (401), RefusedError (other statuses, origins that are not trusted) and TransientError
        (transient errors, after the last attempt).
        """
        retries = 0
        while True:
            successes_before = self._successes
            self._admit(request)
            attempt = await self._attempt(request, rules)
            request = attempt.request
            if attempt.success:
                self._successes += 1
                self._breaker.record_answer(request.full_url)
                return attempt.success
            if attempt.refusal:
                self._breaker.record_answer(request.full_url)
                raise self._errors.refusal(request, attempt.refusal)
            if attempt.may_be_processed and self._policy.max_retries and not is_repeatable(request):
                error = self._errors.not_retried(request, attempt.cause, attempt.response)
                raise self._recorded(request, error)
            # While other requests get through a rate limit, this one only waits for its turn.
            waits_for_turn = attempt.is_rate_limited and self._successes > successes_before
            if retries == self._policy.max_retries and not waits_for_turn:
                raise self._exhausted(attempt, retries, attempt.cause)
            await self._wait(attempt, retries)
            retries += not waits_for_turn

    def _admit(self, request: Request) -> None:
        try:
            self._breaker.admit(request.full_url)
        except TransientError as error:
            error.at(self._errors.place(request))
            raise

    async def _attempt(self, first: Request, rules: AnswerRules) -> Attempt:
        """Send a request once, and follow redirects within the trusted origins."""
        request = first
        for _ in range(self._limits.redirects + 1):
            try:
                response = await self._exchange(request)
            except TRANSIENT_ERRORS as error:
                is_processed = may_be_processed_despite(error)
                why = explanation(error, request, self._errors)
                return Attempt(retried(first, request), why.cause, is_processed, hint=why.hint)
            following = self._redirected(request, response)
            if following is None:
                judged = await rules.match(response)
                is_processed = may_be_processed_after(response, judged.action if judged else None)
                cause = shown_status(response.status)
                return Attempt(retried(first, request), cause, is_processed, response, judged)
            request = following
        raise self._errors.too_many_redirects(request, self._limits.redirects)

    def _redirected(self, request: Request, response: Response) -> Request | None:
        try:
            following = redirected(request, response)
            if following:
                self._url_policy.address(following.url)
        except ValueError as error:
            raise self._errors.invalid_redirect(request) from error
        except RefusedError as error:
            error.at(self._errors.place(request))
            raise
        return following

    async def _exchange(self, request: Request) -> Response:
        """Send one request and read the response to its end."""
        built = self._build(request)
        timeout_s = self._limits.timeouts * (self._http.timeout.read or math.inf)
        try:
            async with self._gate.slot(), asyncio.timeout(timeout_s):
                self.requests_sent += 1
                answer = await self._start(request, built)
                try:
                    body = await read_body(answer, self._limits, self._directory)
                finally:
                    await answer.aclose()
        except TimeoutError as error:
            raise TransientError(f"no complete response within {timeout_s:.0f} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, ValueError) as error:
            if permanent := permanent_error(error, request, self._errors):
                raise permanent from error
            raise
        return self._response(request, answer, body)

    def _build(self, request: Request) -> httpx.Request:
        try:
            address = self._url_policy.address(request.full_url)
            self._header_policy.check(request)
            return self._http.build_request(
                request.method, address, headers=request.headers, json=request.body, extensions=dict(MARKER)
            )
        except RefusedError as error:
            error.at(self._errors.place(request))
            raise
        except (ValueError, TypeError) as error:
            raise self._errors.unsendable(request) from error

    async def _start(self, request: Request, built: httpx.Request) -> httpx.Response:
        """Send a request and return the response before its body is read."""
        sent = datetime.now(UTC)
        answer = await self._http.send(built, stream=True)
        self.clock.note(answer.headers.get("date"), sent, datetime.now(UTC))
        if len(answer.headers.raw) > self._limits.headers:
            await answer.aclose()
            raise self._errors.too_many_headers(request, self._limits.headers)
        return answer

    def _response(self, request: Request, answer: httpx.Response, body: Body) -> Response:
        if body.large and body.large.size > self._limits.body_bytes:
            raise self._errors.too_large(request, self._limits.body_bytes)
        if not body.content and has_no_framing(answer):
            raise TransientError("the connection closed before the body was sent")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if is_success(answer.status_code) and (pause_s := exhausted_for_s(headers)) is not None:
            self._pause(request, pause_s, headers)
        return Response(answer.status_code, headers, body.content, self._url_policy.redact, body.large)

    def _pause(self, request: Request, requested_s: float, headers: Mapping[str, str]) -> None:
        """Close the gate before the limit is hit. Only a rate-limited response can ask for a longer pause."""
        pause_s = min(requested_s, self._policy.unforced_s)
        if self._gate.close_for(pause_s):
            logger.warning(
                "{}: rate limit exhausted for {:.1f} s according to {}; all requests pause for {:.1f} s",
                self._errors.shown(request),
                requested_s,
                ", ".join(limit_headers(headers)),
                pause_s,
            )

    async def _wait(self, attempt: Attempt, retries: int) -> None:
        """Wait before the next attempt. retries: so far."""
        wait_s = attempt.requested_wait_s
        if wait_s is None:
            wait_s = self._policy.backoff_s(retries, random.random())
        if wait_s > self._policy.patience_s:
            raise self._exhausted(attempt, retries, f"{attempt.cause}, asking to wait {wait_s:.0f} s")
        logger.warning(
            "{}: {}; attempt {} of {} in {:.1f} s",
            self._errors.shown(attempt.request),
            attempt.cause,
            retries + 2,
            self._policy.max_retries + 1,
            wait_s,
        )
        if attempt.is_rate_limited:
            # The limit holds for all requests. The gate makes this one wait, too.
            self._gate.close_for(wait_s)
        else:
            await asyncio.sleep(wait_s)

    def _exhausted(self, attempt: Attempt, retries: int, cause: str) -> TransientError:
        error = self._errors.exhausted(attempt.request, retries + 1, cause, attempt.response, attempt.hint)
        return self._recorded(attempt.request, error)

    def _recorded(self, request: Request, error: TransientError) -> TransientError:
        if error.doubt != "not_ready":  # the API is up, only this response is not ready
            self._breaker.record_failure(request.full_url, error)
        return error
