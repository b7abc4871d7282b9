"""What an error of httpx means: whether a retry can help, and if not, what the user can change."""

import ssl

import httpx

from client.request_errors import RequestErrors
from rest.errors import RefusedError, TransientError
from rest.request import Request

# Errors of the connection. Those of the request itself are not among them.
TRANSIENT_ERRORS = (
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.RemoteProtocolError,
    httpx.ProxyError,
    httpx.DecodingError,
    ssl.SSLError,
    TransientError,  # of a login within a request
)


def permanent_error(error: Exception, request: Request, errors: RequestErrors) -> RefusedError | None:
    """Return the error to raise in place of one that a retry cannot cure; None: a retry may help."""
    match error:
        case ssl.SSLError() | httpx.ConnectError():
            return errors.untrusted_certificate(request, error) if is_certificate_error(error) else None
        case httpx.LocalProtocolError() | httpx.UnsupportedProtocol():
            return errors.unsendable(request)
        case httpx.RemoteProtocolError():
            # httpx parses Location before the client does, and fails on an invalid URL.
            is_redirect = isinstance(error.__context__, httpx.InvalidURL)
            return errors.invalid_redirect(request) if is_redirect else None
        case httpx.InvalidURL() | ValueError():
            return errors.invalid_redirect(request)
    return None


def is_certificate_error(error: BaseException | None) -> bool:
    """Return True where TLS rejected the API's certificate, however often the error was wrapped since."""
    while error:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
