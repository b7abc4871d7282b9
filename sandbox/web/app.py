"""Mounts the catalog pages on the API's server, with security headers."""

import httpx
from fastapi import FastAPI, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.port_api.errors import PortError
from sandbox.port_api.port import Port
from sandbox.web.queries import Queries
from sandbox.web.routes import catalog, entity, event, history, mapping, raw_items, syncs, table
from sandbox.web.senders import Senders
from sandbox.web.site import FOLDER, Site, site_of
from sandbox.web.urls import ROOT

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def add_catalog(app: FastAPI, port: Port, receiver: httpx.AsyncBaseTransport | None = None) -> None:
    """Mount the pages at `/catalog`. Browsers that open `/` are redirected there.

    receiver: takes the events that the pages send, instead of connections, for tests.
    """
    pages = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages.state.site = Site(port, app, Queries(port.store), Senders(port.settings.webhook_hosts, receiver))
    pages.add_middleware(_SecurityHeaders)
    pages.add_exception_handler(PortError, _port_error)
    pages.add_exception_handler(HTTPException, _not_found)
    for module in (catalog, table, entity, syncs, event, history, mapping, raw_items):
        pages.router.routes.extend(module.router.routes)
    pages.mount("/static", StaticFiles(directory=FOLDER / "static"))
    app.router.routes.append(_BrowserRoute("/", _to_catalog))
    app.router.routes.append(_BrowserRoute(ROOT, _to_catalog))
    app.mount(ROOT, pages)


class _SecurityHeaders:
    """ASGI middleware that adds security headers: no external resources, no framing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class _BrowserRoute(Route):
    """A route that matches only requests that accept HTML."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found, child = super().matches(scope)
        if found is Match.FULL and "text/html" not in Headers(scope=scope).get("accept", ""):
            return Match.NONE, {}
        return found, child


async def _to_catalog(_request: Request) -> Response:
    return RedirectResponse(f"{ROOT}/", 307)


async def _port_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PortError)  # noqa: S101 - registered for PortError only
    return site_of(request).page("error.html", error.status, message=error.message)


async def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for HTTPException only
    return site_of(request).page("error.html", error.status_code, message="Page not found.")
