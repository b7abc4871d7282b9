"""Access control: only the browser of the user who started the builder, and no other page in it."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.web.page.entrance import Entrance

TOKEN_HEADER = "X-Builder-Token"  # noqa: S105 - a header's name
MAX_BYTES = 32 * 2**20
_HOSTS = ("127.0.0.1", "localhost")
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_SAME_ORIGIN = frozenset({"", "none", "same-origin"})
_HEADERS = {
    # Everything comes from this server, and nothing that an API returns is executed.
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LAST_ADDRESS = "the last address that the builder printed in the terminal. Each address works once"
_REDIRECT_PAGE = (
    '<!doctype html><html lang="en"><title>Builder</title><link rel="icon" href="/static/icon.svg">'
    '<meta http-equiv="refresh" content="0;url=/"><p><a href="/">Open the builder</a></p></html>'
)


@dataclass(frozen=True, slots=True)
class Access:
    """The port of this server and the secrets that prove that a request is allowed.

    port: on loopback. session: the cookie of an admitted browser, which no script can read.
    token: part of the page, and a header of every POST request.
    """

    port: int
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def cookie(self) -> str:
        """The name of the cookie. It includes the port, because all ports of a host share cookies."""
        return f"ocean-custom-builder-{self.port}"

    def is_own_host(self, host: str) -> bool:
        """Return False for a foreign name that resolves to this machine (DNS rebinding)."""
        return host.lower() in {f"{each}:{self.port}" for each in _HOSTS}

    def is_own_origin(self, origin: str) -> bool:
        """Return True for this page's origin, and for a request without an origin."""
        return not origin or self.is_own_host(origin.removeprefix("http://"))

    def is_session(self, text: str) -> bool:
        """Compare in constant time."""
        return secrets.compare_digest(text.encode(), self.session.encode())

    def is_token(self, text: str) -> bool:
        """Compare in constant time."""
        return secrets.compare_digest(text.encode(), self.token.encode())


class Safety:
    """Middleware: requires loopback as the Host and the token, limits bodies and forbids caching."""

    def __init__(self, app: ASGIApp, access: Access, entrance: Entrance) -> None:
        self._app = app
        self._access = access
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = self._early_response(scope)
        send = _with_headers(send)
        if response:
            await response(scope, receive, send)
        else:
            await self._app(scope, _limited(receive), send)

    def _early_response(self, scope: Scope) -> Response | None:
        """Return a response that replaces the page, None to let the request through."""
        headers = Headers(scope=scope)
        if not self._access.is_own_host(headers.get("host", "")):
            return _refused(
                HTTPStatus.MISDIRECTED_REQUEST, "This page is available on loopback addresses only"
            )
        if headers.get("sec-fetch-site", "") not in _SAME_ORIGIN and scope["path"] != "/":
            return _refused(HTTPStatus.FORBIDDEN, "Requests from other pages are not allowed")
        if not self._access.is_own_origin(headers.get("origin", "")):
            return _refused(HTTPStatus.FORBIDDEN, "Requests from other pages are not allowed")
        is_admitted = self._access.is_session(_cookie(headers, self._access.cookie))
        if scope["path"] == "/" and scope["method"] == "GET" and (token := _query_token(scope)):
            return self._admitted(token, is_admitted=is_admitted)
        if not is_admitted:
            return _refused(HTTPStatus.FORBIDDEN, f"Open {_LAST_ADDRESS}")
        if scope["method"] not in _SAFE_METHODS and not self._access.is_token(headers.get(TOKEN_HEADER, "")):
            return _refused(HTTPStatus.FORBIDDEN, "The token is missing. Reload the page")
        return None

    def _admitted(self, token: str, *, is_admitted: bool) -> Response:
        """Exchange the token of a one-time address for a cookie."""
        # Not an HTTP redirect: if it started on another site (a web terminal), it would not carry the cookie.
        response = HTMLResponse(_REDIRECT_PAGE)
        if is_admitted:  # after a reload or a step back
            return response
        if not self._entrance.admits(token):
            return _refused(
                HTTPStatus.FORBIDDEN, f"This address was already used or has expired. Open {_LAST_ADDRESS}"
            )
        with suppress(OSError):  # the terminal may be closed
            print(f"To open the builder in another browser: {self._entrance.address()}", flush=True)  # noqa: T201
        response.set_cookie(self._access.cookie, self._access.session, httponly=True, samesite="strict")
        return response


def _refused(status: HTTPStatus, message: str) -> Response:
    return PlainTextResponse(message, status)


def _query_token(scope: Scope) -> str:
    return str(parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0])


def _cookie(headers: Headers, name: str) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return str(cookies[name].value) if name in cookies else ""


def _limited(receive: Receive) -> Receive:
    """Wrap `receive` to fail when the body exceeds MAX_BYTES."""
    received = 0

    async def read() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BYTES:
            limit = f"{MAX_BYTES // 2**20} MB"
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The upload exceeds {limit}. Use a smaller sample"
            )
        return message

    return read


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, text in _HEADERS.items():
                headers[name] = text
        await send(message)

    return send_with_headers
