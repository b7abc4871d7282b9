"""Who may talk to the page: the browser of whoever started it, and no other page in it."""

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

from builder.web.entrance import Entrance

TOKEN_HEADER = "X-Builder-Token"  # noqa: S105 - a header's name
MOST_BYTES = 32 * 2**20
_HOSTS = ("127.0.0.1", "localhost")
_READS = frozenset({"GET", "HEAD"})
_FROM_HERE = frozenset({"", "none", "same-origin"})
_HEADERS = {
    # What the page is made of comes from here, and nothing that an API answers is run.
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
_PRINTED_LAST = "the builder printed last, in the terminal where it runs: each of them opens it once"
_TO_THE_PAGE = (
    '<!doctype html><html lang="en"><title>Builder</title><link rel="icon" href="/static/icon.svg">'
    '<meta http-equiv="refresh" content="0;url=/"><p><a href="/">To the builder</a></p></html>'
)


@dataclass(frozen=True, slots=True)
class Access:
    """What this start of the page listens on, and what proves that a request comes from it.

    port: of loopback. session: the cookie of a browser that was let in; no script can read it.
    token: in the page, and then in a header of everything that is posted.
    """

    port: int
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def cookie(self) -> str:
        """Cookies are shared by all ports of a host, so each port has its own."""
        return f"ocean-custom-builder-{self.port}"

    def is_own_host(self, host: str) -> bool:
        """False for a name that another page had resolved to this machine (DNS rebinding)."""
        return host.lower() in {f"{each}:{self.port}" for each in _HOSTS}

    def is_own_origin(self, origin: str) -> bool:
        """True for this page's, and for a request that names none."""
        return not origin or self.is_own_host(origin.removeprefix("http://"))

    def is_session(self, text: str) -> bool:
        """Compared in the same time whatever the text."""
        return secrets.compare_digest(text.encode(), self.session.encode())

    def is_token(self, text: str) -> bool:
        """Compared in the same time whatever the text."""
        return secrets.compare_digest(text.encode(), self.token.encode())


class Safety:
    """Middleware: the Host is loopback, the token is there, bodies are bounded, nothing is kept in caches."""

    def __init__(self, app: ASGIApp, access: Access, entrance: Entrance) -> None:
        self._app = app
        self._access = access
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        bounded = _bounded(receive)
        guarded = _with_headers(send)
        if refusal:
            await refusal(scope, receive, guarded)
        else:
            await self._app(scope, bounded, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """What is answered in the place of the page; None lets the request through."""
        headers = Headers(scope=scope)
        if not self._access.is_own_host(headers.get("host", "")):
            return _refused(HTTPStatus.MISDIRECTED_REQUEST, "This page answers to loopback addresses only")
        if headers.get("sec-fetch-site", "") not in _FROM_HERE and scope["path"] != "/":
            return _refused(HTTPStatus.FORBIDDEN, "Another page may not ask this one")
        if not self._access.is_own_origin(headers.get("origin", "")):
            return _refused(HTTPStatus.FORBIDDEN, "Another page may not ask this one")
        is_inside = self._access.is_session(_cookie(headers, self._access.cookie))
        if scope["path"] == "/" and scope["method"] == "GET" and (token := _query_token(scope)):
            return self._entered(token, is_inside=is_inside)
        if not is_inside:
            return _refused(HTTPStatus.FORBIDDEN, f"Open the address that {_PRINTED_LAST}")
        if scope["method"] not in _READS and not self._access.is_token(headers.get(TOKEN_HEADER, "")):
            return _refused(HTTPStatus.FORBIDDEN, "The token is missing: reload the page")
        return None

    def _entered(self, token: str, *, is_inside: bool) -> Response:
        """The first visit: an address that lets in once is exchanged for a cookie."""
        # No redirect: one that began on another site (a terminal in a browser) would not carry the cookie.
        answer = HTMLResponse(_TO_THE_PAGE)
        if is_inside:  # as after a reload, or a step back
            return answer
        if not self._entrance.admits(token):
            return _refused(
                HTTPStatus.FORBIDDEN,
                f"This address was used, or is of another start. Open the one that {_PRINTED_LAST}",
            )
        with suppress(OSError):  # nobody reads what is printed any more
            print(f"For another browser, or when this one was closed: {self._entrance.address()}", flush=True)  # noqa: T201
        answer.set_cookie(self._access.cookie, self._access.session, httponly=True, samesite="strict")
        return answer


def _refused(status: HTTPStatus, words: str) -> Response:
    return PlainTextResponse(words, status)


def _query_token(scope: Scope) -> str:
    return str(parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0])


def _cookie(headers: Headers, name: str) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return str(cookies[name].value) if name in cookies else ""


def _bounded(receive: Receive) -> Receive:
    """The body, up to what a page may upload."""
    seen = 0

    async def read() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BYTES:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"This is more than {MOST_BYTES // 2**20} MB: take less"
            )
        return message

    return read


def _with_headers(send: Send) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, text in _HEADERS.items():
                headers[name] = text
        await send(message)

    return tell
