"""The ASGI application."""

import time
from collections.abc import Callable

import httpx
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.sample_api import control, control_events, logins
from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.endpoints import item_endpoint, listing_endpoint, search
from sandbox.sample_api.guide import guide
from sandbox.sample_api.middleware import SampleMiddleware
from sandbox.sample_api.page import add_page
from sandbox.sample_api.sample import Options, Sample, sample_of


def create_app(
    options: Options | None = None,
    clock: Callable[[], float] = time.monotonic,
    receiver: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Create an application with its own data, request log and faults.

    clock: seconds, monotonic; receiver: takes the events instead of connections, for tests.
    """
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.sample = Sample(options or Options(), clock, receiver)
    app.add_middleware(SampleMiddleware, sample=app.state.sample)
    app.add_exception_handler(HTTPException, _error_response)
    app.router.routes.extend(control.router.routes)
    app.router.routes.extend(control_events.router.routes)
    add_page(app)
    app.add_route("/", _show_guide)
    app.add_route("/oauth/token", _issue_access_token, methods=["POST"])
    app.add_route("/login", _log_in, methods=["POST"])
    app.add_route("/api/v1/search", search, methods=["POST"])
    for name, collection in COLLECTIONS.items():
        app.add_route(collection.path, listing_endpoint(name))
        app.add_route(f"{collection.path}/{{own_id}}", item_endpoint(name))
    return app


async def _show_guide(request: Request) -> Response:
    return JSONResponse(guide(f"{request.url.scheme}://{request.url.netloc}"))


async def _issue_access_token(request: Request) -> Response:
    return await logins.issue_access_token(request, sample_of(request).sessions)


async def _log_in(request: Request) -> Response:
    return await logins.log_in(request, sample_of(request).sessions)


async def _error_response(request: Request, error: Exception) -> Response:
    """Return an error as {"error": "…"}."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for HTTPException only
    text = error.detail
    if error.status_code == 404 and text == "Not Found":
        text = f"No such endpoint: {request.url.path}. GET / lists them"
    return JSONResponse({"error": text}, status_code=error.status_code, headers=error.headers)
