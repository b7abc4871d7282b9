"""One request and its response: through the gate, with or without the condition that it has changed."""

import asyncio
import math
import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

import httpx
from loguru import logger

from client.body import Body
from client.building import RequestBuilder
from client.classification import is_success
from client.conditional import ConditionalRequests, may_fail_for_its_condition
from client.rate_gate import Gate
from client.reception import Reception
from client.transport_errors import permanent_error
from rest.body_format import BodyFormat
from rest.clocks import ApiClock
from rest.errors import AuthError, TransientError
from rest.rate_limits import exhausted_for_s, limit_headers
from rest.request import Request
from rest.response import Response


class Exchange:
    """Sends a request once, and reads the response to its end.

    longest_pause_s: for which a success can close the gate. conditional: None: every response is read whole.
    clock: the API's clock, as its responses show it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        gate: Gate,
        builder: RequestBuilder,
        reception: Reception,
        conditional: ConditionalRequests | None,
        *,
        longest_pause_s: float,
    ) -> None:
        self._http = http
        self._gate = gate
        self._builder = builder
        self._reception = reception
        self._conditional = conditional
        self._longest_pause_s = longest_pause_s
        self.requests_sent = 0
        self.clock = ApiClock()

    async def response(self, request: Request, body_format: BodyFormat) -> Response:
        """Return the response, or the kept one that a 304 confirms.

        Raises AuthError, RefusedError and the errors of httpx.
        """
        built = self._builder.build(request)
        if self._conditional is None:
            return await self._reception.response(request, *await self._received(request, built), body_format)
        return await self._conditional_response(self._conditional, request, built, body_format)

    async def _conditional_response(
        self,
        conditional: ConditionalRequests,
        request: Request,
        built: httpx.Request,
        body_format: BodyFormat,
    ) -> Response:
        condition = await conditional.condition(request, built)
        answer, body = await self._received(request, built)
        if condition is None:
            return await self._reception.response(request, answer, body, body_format)
        if confirmed := await conditional.confirmed(condition, answer):
            response = await self._reception.response(request, confirmed.answer, confirmed.body, body_format)
            return replace(response, kept=confirmed.kept)
        if condition.is_sent and may_fail_for_its_condition(answer.status_code, answer.headers):
            condition.removed_from(built)
            answer, body = await self._received(request, built)
        response = await self._reception.response(request, answer, body, body_format)
        kept, contradicted = await conditional.noted(condition, answer, body)
        if contradicted and kept:
            before = await self._reception.response(request, *contradicted, body_format)
            kept = replace(kept, contradicted=before)
        return replace(response, kept=kept)

    async def _received(self, request: Request, built: httpx.Request) -> tuple[httpx.Response, Body]:
        """Send one request. Return the answer and its body."""
        limits, errors = self._reception.limits, self._reception.errors
        timeout_s = limits.timeouts * (self._http.timeout.read or math.inf)
        try:
            async with self._gate.slot(), asyncio.timeout(timeout_s):
                self.requests_sent += 1
                answer = await self._start(request, built)
                body = await self._reception.body(answer)
        except AuthError as error:
            error.at(errors.place(request))
            raise
        except TimeoutError as error:
            self._gate.traffic.note_response(None)
            raise TransientError(f"no complete response within {timeout_s:.0f} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, ValueError) as error:
            self._gate.traffic.note_response(None)
            if permanent := permanent_error(error, request, errors):
                raise permanent from error
            raise
        self._gate.traffic.note_response(answer.status_code)
        if is_success(answer.status_code) or answer.status_code == HTTPStatus.NOT_MODIFIED:
            self._note_limit(request, answer.headers)
        return answer, body

    async def _start(self, request: Request, built: httpx.Request) -> httpx.Response:
        """Send a request and return the response before its body is read."""
        sent = datetime.now(UTC)
        auth = None if request.is_anonymous else httpx.USE_CLIENT_DEFAULT
        answer = await self._http.send(built, stream=True, auth=auth)
        self.clock.note(answer.headers.get("date"), sent, datetime.now(UTC))
        limits, errors = self._reception.limits, self._reception.errors
        if len(answer.headers.raw) > limits.headers:
            await answer.aclose()
            raise errors.too_many_headers(request, limits.headers)
        return answer

    def _note_limit(self, request: Request, headers: Mapping[str, str]) -> None:
        """Close the gate before the limit is hit. Only a rate-limited response can ask for a longer pause."""
        requested_s = exhausted_for_s(headers)
        if requested_s is None:
            return
        pause_s = min(requested_s, self._longest_pause_s)
        if self._gate.close_for(pause_s):
            logger.warning(
                "{}: rate limit exhausted for {:.1f} s according to {}; all requests pause for {:.1f} s",
                self._reception.errors.shown(request),
                requested_s,
                ", ".join(limit_headers(headers)),
                pause_s,
            )
