"""What is said of a request that failed: what was asked, what came of it, and what to change."""

import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from rest.errors import AuthError, Place, RefusedError, RequestError, TransientError
from rest.origin import Redactor
from rest.request import Request
from rest.response import Response
from rest.status_hints import hint_for, shown_status

_LONGEST_ADDRESS = 500
_HINT_ON_STATUS = (
    "Nothing is deleted; the next resync tries again. If it lasts, raise maxRetries, or lower "
    "maxConcurrentRequests or requestsPerSecond"
)
_HINT_WITHOUT_ANSWER = (
    "Nothing is deleted; the next resync tries again. If it lasts, check that baseUrl can be reached from "
    "here, or raise timeout or maxRetries"
)
_HINT_UNREPEATED = (
    "Nothing is deleted; the next resync tries again. If the endpoint only reads, set retry: true beside its "
    "method in the mapping"
)


@dataclass(frozen=True, slots=True)
class RequestErrors:
    """Makes the errors, in which no secret is shown."""

    redact: Redactor

    def shown(self, request: Request) -> str:
        """GET https://api.example.com/items"""
        address = " ".join(self.redact(request.full_url).split())
        return f"{request.method} {address[:_LONGEST_ADDRESS]}"

    def place(self, request: Request) -> Place:
        """The place of an error of this request."""
        return Place(request=self.shown(request))

    def cause(self, error: Exception) -> str:
        """What kept the answer away."""
        if isinstance(error, TransientError):
            return error.summary
        kind = type(error).__name__
        return f"{kind}: {self.redact(str(error))}" if str(error) else kind

    def spent(self, request: Request, attempts: int, cause: str, response: Response | None) -> TransientError:
        """All attempts failed; the last one by this cause."""
        times = "" if attempts == 1 else f", {attempts} times"
        return TransientError(
            f"{cause}{times}{_excerpt(response)}",
            place=self.place(request),
            status=response.status if response else None,
            hint=_HINT_ON_STATUS if response else _HINT_WITHOUT_ANSWER,
            doubt=_doubt_of(response),
        )

    def unrepeated(self, request: Request, cause: str, response: Response | None) -> TransientError:
        """It failed, and may have been carried out, so that it is not sent once more."""
        return TransientError(
            f"{cause}{_excerpt(response)}; it was not sent again, as it may have been carried out",
            status=response.status if response else None,
            hint=_HINT_UNREPEATED,
            doubt=_doubt_of(response),
            place=self.place(request),
        )

    def refusal(self, request: Request, response: Response) -> RequestError:
        """The API answered with a status that will not pass."""
        family = AuthError if response.status == HTTPStatus.UNAUTHORIZED else RefusedError
        return family(
            f"{shown_status(response.status)}{_excerpt(response)}",
            place=self.place(request),
            status=response.status,
            hint=hint_for(response.status),
            content_type=response.content_type,
        )

    def redirected_nowhere(self, request: Request) -> RefusedError:
        """Location leads nowhere."""
        return RefusedError("redirects to what is no URL", place=self.place(request))

    def redirected_too_often(self, request: Request, most: int) -> RefusedError:
        """The redirects have no end."""
        return RefusedError(f"redirected more than {most} times", place=self.place(request))

    def too_large(self, request: Request, most_bytes: int) -> RefusedError:
        """The body is no listing, but a dump, or an attack."""
        return RefusedError(
            f"the body has more than {most_bytes // 2**20} MiB",
            place=self.place(request),
            hint="Ask for pages, or for fewer of the items: see paginationType and selector.query_params",
        )

    def too_many_headers(self, request: Request, most: int) -> RefusedError:
        """The answer has more to say of itself than any API."""
        return RefusedError(
            f"the answer has more than {most} headers",
            place=self.place(request),
            hint="Ask whoever runs the API what adds them",
        )

    def unsendable(self, request: Request) -> RefusedError:
        """The request is none that HTTP can express."""
        return RefusedError(
            "cannot be sent",
            place=self.place(request),
            hint="Check headers, query_params, body and path values for line breaks and odd characters",
        )

    def untrusted_certificate(self, request: Request, error: Exception) -> RefusedError:
        """TLS refused the API."""
        return RefusedError(
            f"the API's certificate is not trusted ({self.cause(error)})",
            place=self.place(request),
            hint="Give the image your CA's certificate, or set verifySsl to false while you test",
        )


def is_certificate_error(error: BaseException | None) -> bool:
    """True where TLS refused the API, whatever has been made of that since."""
    while error:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _excerpt(response: Response | None) -> str:
    return f": {response.excerpt!r}" if response and response.excerpt else ""


def _doubt_of(response: Response | None) -> Literal["not_ready", ""]:
    return "not_ready" if response and response.status == HTTPStatus.ACCEPTED else ""
