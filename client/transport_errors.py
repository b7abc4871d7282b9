"""What an error of httpx means in words: its cause, what the user can change, whether a retry can help."""

import os
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx

from client.request_errors import RequestErrors
from configuration.proxies import proxy_for
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
# RFC 8446 §6.2: what a server says about the client's certificate.
_CERTIFICATE_ALERTS = frozenset(
    {
        "ACCESS_DENIED",
        "BAD_CERTIFICATE",
        "CERTIFICATE_EXPIRED",
        "CERTIFICATE_REQUIRED",
        "CERTIFICATE_REVOKED",
        "CERTIFICATE_UNKNOWN",
        "UNKNOWN_CA",
        "UNSUPPORTED_CERTIFICATE",
    }
)
_DEFAULT_PORTS = {"https": 443}
_PROXY_HINT = "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why there is no response, and what the user can change. hint: "" if nothing more is known."""

    cause: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Connection:
    """The connection that failed: to the API, or to the server of a login within the request.

    setting: where its URL is written. proxy: host:port, "" for none. timeouts: in seconds, by phase.
    """

    url: SplitResult
    setting: str
    proxy: str
    timeouts: Mapping[str, float | None]

    @classmethod
    def of(cls, error: Exception, request: Request, environ: Mapping[str, str]) -> "_Connection":
        sent: httpx.Request | None = getattr(error, "_request", None)
        own = urlsplit(request.full_url)
        url = urlsplit(str(sent.url)) if sent else own
        setting = "baseUrl" if url.hostname == own.hostname else "the URL of the login"
        timeouts = sent.extensions.get("timeout", {}) if sent else {}
        return cls(url, setting, proxy_for(url.geturl(), environ), timeouts)

    @property
    def address(self) -> str:
        return f"{self.url.hostname}:{self.url.port or _DEFAULT_PORTS.get(self.url.scheme, 80)}"

    def within(self, phase: str) -> str:
        """Return the time that was waited, if it is known."""
        seconds = self.timeouts.get(phase)
        return f" within {seconds:g} s" if seconds else ""


def explanation(
    error: Exception, request: Request, errors: RequestErrors, environ: Mapping[str, str] = os.environ
) -> Explanation:
    """Return why a transient error happened. environ: the variables that name the proxies."""
    connection, cause = _Connection.of(error, request, environ), errors.cause(error)
    explanations = (
        _no_connection(each, connection, cause) or _no_exchange(each, connection, cause)
        for each in _chain(error)
    )
    return next(filter(None, explanations), Explanation(cause))


def _no_connection(error: BaseException, to: _Connection, cause: str) -> Explanation | None:
    """Return why there is no connection, and what to change. None: that is not the error."""
    if not isinstance(error, socket.gaierror | ConnectionRefusedError | httpx.ConnectTimeout):
        return None
    if to.proxy:
        return Explanation(f"no connection to the proxy {to.proxy} ({cause})", _PROXY_HINT)
    if isinstance(error, socket.gaierror):
        host = to.url.hostname
        hint = f"Check the spelling of {host} in {to.setting}, and that DNS works where the integration runs"
        return Explanation(f"the host {host} is not found ({cause})", hint)
    hint = f"Check the host and port of {to.setting}, and "
    if isinstance(error, ConnectionRefusedError):
        container = _CONTAINER if _LOOPBACK.fullmatch(to.url.hostname or "") else ""
        return Explanation(
            f"nothing listens at {to.address} ({cause})", f"{hint}that the API runs{container}"
        )
    return Explanation(
        f"no connection to {to.address}{to.within('connect')} ({cause})",
        f"{hint}whether a firewall, VPN or proxy is in between",
    )


def _no_exchange(error: BaseException, to: _Connection, cause: str) -> Explanation | None:
    """Return why a connection brought no response, and what to change. None: it is unknown."""
    match error:
        case ssl.SSLError(reason=str(reason)) if reason in _NOT_TLS:
            hint = f"If the API speaks plain HTTP there, write http:// in {to.setting}"
            return Explanation(
                f"{to.address} does not speak TLS ({cause})", f"{hint}. Otherwise correct the port"
            )
        case ssl.SSLError() if _alert(error) == "HANDSHAKE_FAILURE":
            hint = f"If {to.address} requires a client certificate, set clientCertificate and clientKey"
            return Explanation(
                f"the TLS handshake fails ({cause})",
                f"{hint}. Otherwise check its TLS version",
            )
        case httpx.ProxyError():
            hint = f"{_PROXY_HINT}, and the proxy's user name and password"
            return Explanation(f"the proxy refuses the request ({cause})", hint)
        case httpx.ReadTimeout():
            hint = "Raise timeout, or ask for less: see pageSize and query_params"
            return Explanation(f"no response{to.within('read')} ({cause})", hint)
        case httpx.RemoteProtocolError() if to.url.scheme == "http" and _is_not_http(error):
            hint = f"If the port speaks TLS, write https:// in {to.setting}"
            return Explanation(f"{to.address} does not answer in HTTP ({cause})", hint)
    return None


def permanent_error(error: Exception, request: Request, errors: RequestErrors) -> RefusedError | None:
    """Return the error to raise in place of one that a retry cannot cure; None: a retry may help."""
    match error:
        case ssl.SSLError() | httpx.NetworkError():
            if is_certificate_error(error):
                return errors.untrusted_certificate(request, error)
            return errors.client_certificate(request, error) if _wants_certificate(error) else None
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


def _wants_certificate(error: BaseException) -> bool:
    """Return True where the server refused the client's certificate, or the lack of one."""
    return any(_alert(each) in _CERTIFICATE_ALERTS for each in _chain(error))


def _alert(error: BaseException) -> str:
    """Return the name of the TLS alert that the server sent, "" if there is none."""
    reason = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None
    return (reason or "").partition("ALERT_")[2]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that caused it. A connection has one for each address of its host."""
    while error:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _chain(each)
        error = error.__cause__ or error.__context__


def _is_not_http(error: httpx.RemoteProtocolError) -> bool:
    """Return whether the first bytes were not HTTP, or the server closed the connection at once."""
    return "illegal status line" in str(error) or "without sending a response" in str(error)
