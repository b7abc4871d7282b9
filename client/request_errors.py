"""Errors of a request: what failed, why, and what the user can change."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from client.refusal_advice import JOB_ADVICE, is_signature_refusal, windows_advice
from rest.challenges import read_challenges
from rest.errors import AuthError, Place, RefusedError, RequestError, TransientError
from rest.origin import Redactor
from rest.refusal_message import described
from rest.request import Request
from rest.response import Response
from rest.status_hints import hint_for, shown_status

_MAX_ADDRESS_LENGTH = 500
_MAX_SCHEME_LENGTH = 30
_MAX_CHALLENGES = 5
_MAX_PAGE_BYTES = 2000
_AUTH_TYPES = {
    "apikey": "api_key",
    "aws4-hmac-sha256": "aws",
    "basic": "basic",
    "bearer": "bearer_token, oauth2 or custom",
    "digest": "digest",
    "hawk": "signature",
}
# A run of segments of a path that comes twice, as in /api/v1/api/v1/users.
_REPEATED = re.compile(r"((?:/[^/]+)+)\1(?=/|$)")
_NEXT_RESYNC = "Nothing is deleted; the next resync tries again"
_HINT_ON_STATUS = (
    "If the error persists, raise maxRetries, or lower maxConcurrentRequests or requestsPerSecond"
)
_HINT_LARGE_PAGE = "If pages are too large for the API, set pagination.page_size_min to request them in parts"
_HINT_WITHOUT_RESPONSE = (
    "If the error persists, check that the integration can reach baseUrl, or raise timeout or maxRetries"
)
_HINT_CLIENT_CERTIFICATE = "Set clientCertificate and clientKey to a certificate that the API accepts"
_HINT_AWS = (
    "AWS expects its signature here: set authType to aws, and check the region, the service and the keys. "
    "AWS also answers so for a path that it does not know"
)
_HINT_NOT_RETRIED = "If the endpoint only reads, set retry: true next to its method in the mapping"


@dataclass(frozen=True, slots=True)
class RequestErrors:
    """Builds the errors of requests, with secrets masked."""

    redact: Redactor

    def shown(self, request: Request) -> str:
        """Return the request for messages: GET https://api.example.com/items."""
        address = " ".join(self.redact(request.shown_url).split())
        return f"{request.method} {address[:_MAX_ADDRESS_LENGTH]}"

    def place(self, request: Request) -> Place:
        """Return the place of an error of this request."""
        return Place(request=self.shown(request))

    def cause(self, error: Exception) -> str:
        """Return why a response is missing."""
        if isinstance(error, TransientError):
            return error.summary
        name = type(error).__name__
        return f"{name}: {self.redact(str(error))}" if str(error) else name

    def exhausted(
        self, request: Request, attempts: int, cause: str, response: Response | None, hint: str = ""
    ) -> TransientError:
        """Return the error of a request that failed after all attempts.

        cause: of the last attempt. hint: what the user can change about it, "" if that is unknown.
        """
        times = "" if attempts == 1 else f", {attempts} times"
        return TransientError(
            described(response, f"{cause}{times}") if response else f"{cause}{times}",
            place=self.place(request),
            status=response.status if response else None,
            next_resync=_NEXT_RESYNC,
            hint=_advice_about(response) if response else hint or _HINT_WITHOUT_RESPONSE,
            doubt=_doubt_of(response),
        )

    def not_retried(self, request: Request, cause: str, response: Response | None) -> TransientError:
        """Return the error of a request that may have been processed and is not safe to repeat."""
        return TransientError(
            f"{described(response, cause) if response else cause}; "
            "not retried, because the API may have processed the request",
            place=self.place(request),
            status=response.status if response else None,
            next_resync=_NEXT_RESYNC,
            hint=f"{_HINT_NOT_RETRIED}. {JOB_ADVICE}" if _doubt_of(response) else _HINT_NOT_RETRIED,
            doubt=_doubt_of(response),
        )

    def refusal(self, request: Request, response: Response) -> RequestError:
        """Return the error of a response whose status is not transient."""
        family = AuthError if response.status == HTTPStatus.UNAUTHORIZED else RefusedError
        return family(
            described(response, shown_status(response.status)),
            place=self.place(request),
            status=response.status,
            hint=_hint_of(request, response),
            content_type=response.content_type,
        )

    def invalid_redirect(self, request: Request) -> RefusedError:
        """Return the error of a Location that is not a URL."""
        return RefusedError("redirects to an invalid URL", place=self.place(request))

    def too_many_redirects(self, request: Request, limit: int) -> RefusedError:
        """Return the error of a chain of redirects that is too long."""
        return RefusedError(f"redirected more than {limit} times", place=self.place(request))

    def too_large(self, request: Request, max_bytes: int) -> RefusedError:
        """Return the error of a body that is too large."""
        return RefusedError(
            f"the body is larger than {max_bytes // 2**20} MiB",
            place=self.place(request),
            hint="Request pages or fewer items: see paginationType and selector.query_params",
        )

    def too_many_headers(self, request: Request, limit: int) -> RefusedError:
        """Return the error of a response with too many headers."""
        return RefusedError(
            f"the response has more than {limit} headers",
            place=self.place(request),
            hint="Ask the operator of the API what adds them",
        )

    def unsendable(self, request: Request) -> RefusedError:
        """Return the error of a request that HTTP cannot express."""
        return RefusedError(
            "cannot be sent",
            place=self.place(request),
            hint="Check headers, query_params, body and path values for line breaks and invalid characters",
        )

    def untrusted_certificate(self, request: Request, error: Exception) -> RefusedError:
        """Return the error of a certificate that TLS rejects."""
        return RefusedError(
            f"the API's certificate is not trusted ({self.cause(error)})",
            place=self.place(request),
            hint="Set caCertificate to the certificate of your CA, or set verifySsl to false for testing",
        )

    def client_certificate(self, request: Request, error: Exception) -> RefusedError:
        """Return the error of a server that refuses the client's certificate, or the lack of one."""
        return RefusedError(
            f"the API does not accept the TLS client certificate, or the lack of one ({self.cause(error)})",
            place=self.place(request),
            hint=_HINT_CLIENT_CERTIFICATE,
        )


def _hint_of(request: Request, response: Response) -> str:
    """Return what the user can change about a refusal, by its status, its URL and its headers."""
    hint = hint_for(response.status)
    if response.status == HTTPStatus.NOT_FOUND and (
        twice := _REPEATED.search(urlsplit(request.url).path[:_MAX_ADDRESS_LENGTH])
    ):
        return f"The URL has {twice[1]} twice. Take it out of baseUrl or out of the kind"
    if response.status == HTTPStatus.BAD_REQUEST and b"SSL certificate" in response.content[:_MAX_PAGE_BYTES]:
        return (
            "Set clientCertificate and clientKey to a certificate that the API accepts"  # nginx asks for it
        )
    if response.status == HTTPStatus.FORBIDDEN and is_signature_refusal(response):
        return _HINT_AWS
    if response.status == HTTPStatus.UNAUTHORIZED and (
        challenges := read_challenges(response.headers.get("www-authenticate", ""))
    ):
        asked = [challenge.scheme[:_MAX_SCHEME_LENGTH] for challenge in challenges[:_MAX_CHALLENGES]]
        return f"{hint}. It asks for {' or '.join(map(_with_auth_type, dict.fromkeys(asked)))}"
    return windows_advice(response) or hint


def _advice_about(response: Response) -> str:
    if _doubt_of(response):
        return JOB_ADVICE
    is_slow = response.status == HTTPStatus.GATEWAY_TIMEOUT
    return f"{_HINT_ON_STATUS}. {_HINT_LARGE_PAGE}" if is_slow else _HINT_ON_STATUS


def _with_auth_type(scheme: str) -> str:
    """Return a scheme as WWW-Authenticate names it, with the authType that fits it."""
    auth_type = _AUTH_TYPES.get(scheme)
    return f"{scheme} (authType {auth_type})" if auth_type else scheme


def _doubt_of(response: Response | None) -> Literal["not_ready", ""]:
    return "not_ready" if response and response.status == HTTPStatus.ACCEPTED else ""
