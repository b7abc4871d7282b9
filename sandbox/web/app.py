"""Puts the catalog page on the API's server, with the headers that keep it to itself."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.port_api.errors import PortError
from sandbox.port_api.port import Port
from sandbox.web.addresses import ROOT
from sandbox.web.queries import Queries
from sandbox.web.routes import catalog, entity, mapping, raw, syncs, table
from sandbox.web.site import FOLDER, Site, site_of

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def add_catalog(app: FastAPI, port: Port) -> None:
    """The page at `/catalog`; who comes to `/` with a browser is led there."""
    pages = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages.state.site = Site(port, app, Queries(port.store))
    pages.add_middleware(_Guard)
    pages.add_exception_handler(PortError, _refused)
    pages.add_exception_handler(HTTPException, _no_page)
    pages.add_exception_handler(RequestValidationError, _no_page)
    for module in (catalog, table, entity, syncs, mapping, raw):
        pages.router.routes.extend(module.router.routes)
    pages.mount("/static", StaticFiles(directory=FOLDER / "static"))
    app.router.routes.append(_BrowserRoute("/", _to_catalog))
    app.router.routes.append(_BrowserRoute(ROOT, _to_catalog))
    app.mount(ROOT, pages)


class _Guard:
    """ASGI middleware: the page loads nothing from elsewhere, and nobody else shows it in a frame."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, guarded)


class _BrowserRoute(Route):
    """For who asks for a page; for all others it is not there."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found, child = super().matches(scope)
        if found is Match.FULL and "text/html" not in Headers(scope=scope).get("accept", ""):
            return Match.NONE, {}
        return found, child


async def _to_catalog(_request: Request) -> Response:
    return RedirectResponse(f"{ROOT}/", 307)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, PortError)  # noqa: S101 - registered for nothing else
    return site_of(request).page("refusal.html", error.status, message=error.message)


async def _no_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return site_of(request).page("refusal.html", status, message="There is no such page.")
