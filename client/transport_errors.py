"""What an error of httpx means in words: its cause, what the user can change, whether a retry can help."""

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

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
_LOOPBACK = re.compile(r"localhost|127\..*|::1|0\.0\.0\.0|.*\.localhost")
_CONTAINER = (
    ". In a container, localhost is the container itself: use the service's name or host.docker.internal"
)
# OpenSSL's reasons for bytes that are not TLS.
_NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
)
_DEFAULT_PORTS = {"https": 443}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why there is no response, and what the user can change. hint: "" if nothing more is known."""

    cause: str
    hint: str = ""


def explanation(error: Exception, request: Request, errors: RequestErrors) -> Explanation:
    """Return why a transient error happened."""
    url = urlsplit(request.full_url)
    host = url.hostname or ""
    address = f"{host}:{url.port or _DEFAULT_PORTS.get(url.scheme, 80)}"
    for each in _chain(error):
        match each:
            case socket.gaierror():
                return Explanation(f"the host {host} is not found ({errors.cause(error)})", _host_hint(host))
            case ConnectionRefusedError():
                hint = "Check the host and port of baseUrl, and that the API runs"
                container = _CONTAINER if _LOOPBACK.fullmatch(host) else ""
                return Explanation(f"nothing listens at {address} ({errors.cause(error)})", hint + container)
            case ssl.SSLError(reason=str(reason)) if reason in _NOT_TLS:
                hint = (
                    "If the API speaks plain HTTP there, write http:// in baseUrl. Otherwise correct the port"
                )
                return Explanation(f"{address} does not speak TLS ({errors.cause(error)})", hint)
            case httpx.ProxyError():
                hint = "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and the proxy's user name and password"
                return Explanation(f"the proxy refuses the request ({errors.cause(error)})", hint)
            case httpx.ConnectTimeout():
                hint = (
                    "Check the host and port of baseUrl, and whether a firewall, VPN or proxy is in between"
                )
                return Explanation(f"no connection to {address}{_within(each)} ({errors.cause(error)})", hint)
            case httpx.ReadTimeout():
                hint = "Raise timeout, or ask for less: see pageSize and query_params"
                return Explanation(f"no response{_within(each)} ({errors.cause(error)})", hint)
            case httpx.RemoteProtocolError() if url.scheme == "http" and _is_not_http(each):
                hint = "If the port speaks TLS, write https:// in baseUrl"
                return Explanation(f"{address} does not answer in HTTP ({errors.cause(error)})", hint)
    return Explanation(errors.cause(error))


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


def is_certificate_error(error: BaseException) -> bool:
    """Return True where TLS rejected the API's certificate, however often the error was wrapped since."""
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that caused it. A connection has one for each address of its host."""
    while error:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _chain(each)
        error = error.__cause__ or error.__context__


def _host_hint(host: str) -> str:
    return f"Check the spelling of {host} in baseUrl, and that DNS works where the integration runs"


def _within(error: httpx.TimeoutException) -> str:
    """Return the time that was waited, if the request tells it."""
    request: httpx.Request | None = getattr(error, "_request", None)
    timeouts = request.extensions.get("timeout", {}) if request else {}
    seconds = timeouts.get("connect" if isinstance(error, httpx.ConnectTimeout) else "read")
    return f" within {seconds:g} s" if seconds else ""


def _is_not_http(error: httpx.RemoteProtocolError) -> bool:
    """Return whether the first bytes were not HTTP, or the server closed the connection at once."""
    return "illegal status line" in str(error) or "without sending a response" in str(error)
