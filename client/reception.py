"""Turn an answer of httpx into a response: the body read, bounded and unpacked."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

from client.archives import unpacked
from client.body import Body, has_no_framing, read_body
from client.limits import Limits
from client.request_errors import RequestErrors
from rest.body_format import BodyFormat
from rest.errors import RefusedError, TransientError
from rest.origin import Redactor
from rest.request import Request
from rest.response import Response


@dataclass(frozen=True, slots=True)
class Reception:
    """Receives responses. directory: where large bodies are stored; None for the temporary directory."""

    limits: Limits
    directory: Path | None
    errors: RequestErrors
    redact: Redactor

    async def body(self, answer: httpx.Response) -> Body:
        """Read the body, and close the answer. Raises httpx.DecodingError as `read_body` does."""
        try:
            # RFC 9110 §15.4.5: a 304 has no body, but may have the Content-Encoding of one.
            is_empty = answer.status_code == HTTPStatus.NOT_MODIFIED
            return Body(b"") if is_empty else await read_body(answer, self.limits, self.directory)
        finally:
            await answer.aclose()

    async def response(
        self, request: Request, answer: httpx.Response, body: Body, body_format: BodyFormat
    ) -> Response:
        """Return the response.

        Raises RefusedError: the body is too large, or cannot be unpacked.
        Raises httpx.DecodingError, TransientError: the body is corrupt or missing.
        """
        headers = {name.lower(): value for name, value in answer.headers.items()}
        self._check_size(request, body)
        try:
            body, headers = await unpacked(body, headers, body_format, self.limits, self.directory)
        except RefusedError as error:
            error.at(self.errors.place(request))
            raise
        self._check_size(request, body)
        if not body.content and has_no_framing(answer):
            raise TransientError("the connection closed before the body was sent")
        return Response(
            answer.status_code, headers, body.content, self.redact, body.large, format=body_format
        )

    def _check_size(self, request: Request, body: Body) -> None:
        if body.large and body.large.size > self.limits.body_bytes:
            raise self.errors.too_large(request, self.limits.body_bytes)
