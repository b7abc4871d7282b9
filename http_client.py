"""Sends requests to the API: through the rate gate, with redirects, retries and errors that name a remedy."""

import asyncio
import random
from pathlib import Path

import httpx
from loguru import logger

from client import (
    DEFAULT_LIMITS,
    TRANSIENT_ERRORS,
    Attempt,
    Breaker,
    ConditionalRequests,
    Exchange,
    Gate,
    HeaderPolicy,
    Limits,
    Reception,
    RequestBuilder,
    RequestErrors,
    RetryPolicy,
    UrlPolicy,
    explanation,
    is_repeatable,
    may_be_processed_after,
    may_be_processed_despite,
    redirected,
    retried,
)
from configuration.answer_rules import NO_RULES, AnswerRules
from rest.errors import RefusedError, TransientError
from rest.request import Request
from rest.response import Response
from rest.status_hints import shown_status


class HttpClient:
    """Sends requests to one API. Knows nothing of Ocean, of authentication or of the transport.

    http: has `bound_small_body` among its response hooks, which bounds what httpx itself reads into memory.
    directory: where bodies too large for memory are stored; None for the system's temporary directory.
    breaker: None for a new one.
    conditional: what is kept from earlier resyncs. None: every response is read whole.
    clock: the API's clock, as its responses show it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        gate: Gate,
        policy: RetryPolicy,
        url_policy: UrlPolicy,
        *,
        directory: Path | None = None,
        limits: Limits = DEFAULT_LIMITS,
        breaker: Breaker | None = None,
        conditional: ConditionalRequests | None = None,
    ) -> None:
        self._gate = gate
        self._policy = policy
        self._url_policy = url_policy
        self._errors = RequestErrors(url_policy.redact)
        self._limits = limits
        self._breaker = breaker or Breaker()
        self._exchange = Exchange(
            http,
            gate,
            RequestBuilder(http, url_policy, _header_policy(http, limits), self._errors),
            Reception(limits, directory, self._errors, url_policy.redact),
            conditional,
            longest_pause_s=policy.unforced_s,
        )
        self._successes = 0
        self.conditional = conditional
        self.clock = self._exchange.clock

    @property
    def requests_sent(self) -> int:
        """How many requests were sent so far, without logins."""
        return self._exchange.requests_sent

    def download(self, request: Request) -> Request:
        """Return the request for a file that the API links to, without credentials if followOrigins has it.

        Raises RefusedError: the link is invalid, or leads to another origin.
        """
        try:
            return self._url_policy.redirection(request)
        except RefusedError as error:
            error.at(self._errors.place(request))
            raise

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Return a response with a success status, or one that a rule accepts. Its body has been read.

        rules: the user's. A response that a rule calls empty, or the end, has that in `action`.
        Raises AuthError (401), RefusedError (other statuses, origins that are not trusted) and TransientError
        (transient errors, after the last attempt).
        """
        retries = 0
        max_retries = self._policy.max_retries
        if rules.max_retries is not None:
            max_retries = min(max_retries, rules.max_retries)
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
            if retries == max_retries and not waits_for_turn:
                raise self._exhausted(
                    attempt, retries, attempt.cause, is_final=max_retries == self._policy.max_retries
                )
            await self._wait(attempt, retries, max_retries)
            self._gate.traffic.note_retry(is_rate_limited=attempt.is_rate_limited)
            retries += not waits_for_turn

    def _admit(self, request: Request) -> None:
        try:
            self._breaker.admit(request.full_url)
        except TransientError as error:
            error.at(self._errors.place(request))
            raise

    async def _attempt(self, first: Request, rules: AnswerRules) -> Attempt:
        """Send a request once, and follow redirects where they may lead."""
        request = first
        for _ in range(self._limits.redirects + 1):
            try:
                response = await self._exchange.response(request, rules.format)
            except TRANSIENT_ERRORS as error:
                is_processed = may_be_processed_despite(error)
                why = explanation(error, request, self._errors)
                return Attempt(retried(first, request), why.cause, is_processed, hint=why.hint)
            following = self._redirected(request, response)
            if following is None:
                judged = await rules.match(response)
                is_processed = may_be_processed_after(response, judged.action if judged else None)
                cause = shown_status(response.status)
                attempt = Attempt(retried(first, request), cause, is_processed, response, judged)
                if self.conditional and response.kept and not attempt.success:
                    await self.conditional.discard([response.kept.name])
                return attempt
            request = following
        raise self._errors.too_many_redirects(request, self._limits.redirects)

    def _redirected(self, request: Request, response: Response) -> Request | None:
        try:
            following = redirected(request, response)
            return self._url_policy.redirection(following) if following else None
        except ValueError as error:
            raise self._errors.invalid_redirect(request) from error
        except RefusedError as error:
            error.at(self._errors.place(request))
            raise

    async def _wait(self, attempt: Attempt, retries: int, max_retries: int) -> None:
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
            max_retries + 1,
            wait_s,
        )
        if attempt.is_rate_limited:
            # The limit holds for all requests. The gate makes this one wait, too.
            self._gate.close_for(wait_s)
        else:
            await asyncio.sleep(wait_s)

    def _exhausted(
        self, attempt: Attempt, retries: int, cause: str, *, is_final: bool = True
    ) -> TransientError:
        error = self._errors.exhausted(attempt.request, retries + 1, cause, attempt.response, attempt.hint)
        return self._recorded(attempt.request, error) if is_final else error

    def _recorded(self, request: Request, error: TransientError) -> TransientError:
        if error.doubt != "not_ready":  # the API is up, only this response is not ready
            self._breaker.record_failure(request.full_url, error)
        return error


def _header_policy(http: httpx.AsyncClient, limits: Limits) -> HeaderPolicy:
    return HeaderPolicy(http.headers, reads_only=limits.reads_only)
