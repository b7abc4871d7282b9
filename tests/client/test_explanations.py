"""Errors of a connection say in words what failed, and what to change."""

import socket
import ssl

import httpx
import pytest

from client import RequestErrors, explanation
from rest.origin import Redactor
from rest.request import Request

ERRORS = RequestErrors(Redactor())


def _caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def _tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


def _timeout(family: type[httpx.TimeoutException], seconds: float | None) -> httpx.TimeoutException:
    timeouts = {"connect": seconds, "read": seconds}
    return family("", request=httpx.Request("GET", "http://a.example", extensions={"timeout": timeouts}))


@pytest.mark.parametrize(
    ("error", "url", "cause", "hint"),
    [
        (
            _caused(httpx.ConnectError("x"), socket.gaierror(-2, "unknown")),
            "https://api.exmaple.com/a",
            "the host api.exmaple.com is not found",
            "spelling of api.exmaple.com",
        ),
        (
            _caused(
                httpx.ConnectError("x"),
                ExceptionGroup("", [OSError(), ConnectionRefusedError()]),
            ),
            "https://api.example.com/a",
            "nothing listens at api.example.com:443",
            "Check the host and port of baseUrl, and that the API runs",
        ),
        (
            _caused(httpx.ConnectError("x"), ConnectionRefusedError(111)),
            "http://localhost:8080/a",
            "nothing listens at localhost:8080",
            "host.docker.internal",
        ),
        (
            _caused(httpx.ConnectError("x"), _tls_error("WRONG_VERSION_NUMBER")),
            "https://127.0.0.1:8080/",
            "127.0.0.1:8080 does not speak TLS",
            "http:// in baseUrl",
        ),
        (
            _caused(httpx.ConnectError("x"), ExceptionGroup("", [OSError()])),
            "http://a.example",
            "ConnectE",
            "",
        ),
        (_tls_error("TLSV1_ALERT_PROTOCOL_VERSION"), "https://a.example", "SSLError", ""),
        (
            httpx.ProxyError("407"),
            "http://a.example",
            "the proxy refuses the request (P",
            "NO_PROXY",
        ),
        (
            _timeout(httpx.ConnectTimeout, 10),
            "http://a.example",
            "no connection to a.example:80 within 10 s",
            "VPN",
        ),
        (_timeout(httpx.ReadTimeout, None), "http://a.example", "no response (ReadTimeout)", "Raise timeout"),
        (httpx.ReadTimeout(""), "http://a.example", "no response (ReadTimeout)", "Raise timeout"),
        (
            httpx.RemoteProtocolError("illegal status line: bytearray(b'\\x15')"),
            "http://a.example:8443",
            "a.example:8443 does not answer in HTTP",
            "https:// in baseUrl",
        ),
        (
            httpx.RemoteProtocolError("half a body"),
            "http://a.example",
            "RemoteProtocolError: half a body",
            "",
        ),
        (
            httpx.RemoteProtocolError("Server disconnected without sending a response."),
            "https://a.example",
            "RemoteProtocolError",
            "",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_error_is_explained(error: Exception, url: str, cause: str, hint: str) -> None:
    found = explanation(error, Request("GET", url), ERRORS, {})
    assert found.cause.startswith(cause)
    assert hint in found.hint
    assert bool(found.hint) == bool(hint)


@pytest.mark.parametrize(
    "cause", [socket.gaierror(-2, "unknown"), ConnectionRefusedError(111), httpx.ConnectTimeout("")]
)
@pytest.mark.parametrize(
    ("url", "is_proxied"), [("https://api.example.com/a", True), ("https://a.internal/a", False)]
)
def test_a_proxy_that_cannot_be_reached_is_named(cause: Exception, url: str, *, is_proxied: bool) -> None:
    environ = {"HTTPS_PROXY": "http://ann:secret@proxy.example.com:3128", "NO_PROXY": ".internal"}
    found = explanation(_caused(httpx.ConnectError("x"), cause), Request("GET", url), ERRORS, environ)
    assert found.cause.startswith("no connection to the proxy proxy.example.com:3128 (") is is_proxied
    assert ("HTTPS_PROXY" in found.hint) is is_proxied
    assert "secret" not in str(found)


def test_a_login_that_cannot_connect_is_named_by_its_own_url() -> None:
    error = httpx.ConnectError("x", request=httpx.Request("POST", "https://login.example.com/token"))
    found = explanation(
        _caused(error, ConnectionRefusedError(111)), Request("GET", "https://a.example"), ERRORS, {}
    )
    assert found.cause.startswith("nothing listens at login.example.com:443 (")
    assert "the URL of the login" in found.hint
