"""The FastAPI application: routes, middleware and error responses."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sandbox.port_api.errors import PortError, invalid
from sandbox.port_api.http_messages import error_response
from sandbox.port_api.middleware import PortMiddleware
from sandbox.port_api.port import Port, PortSettings
from sandbox.port_api.routes import (
    blueprints,
    entities,
    ingest,
    inspection,
    integrations,
    migrations,
    organization,
    raw_data,
    reports,
    upserts,
)
from sandbox.web.app import add_catalog

_ROUTES = (
    upserts,
    entities,
    raw_data,
    reports,
    integrations,
    ingest,
    organization,
    migrations,
    blueprints,
    inspection,
)
"""In matching order. The routes that are called most come first."""
_CODES = {404: "not_found", 405: "method_not_allowed"}


def create_app(
    settings: PortSettings | None = None, receiver: httpx.AsyncBaseTransport | None = None
) -> FastAPI:
    """Create an application with its own state and database.

    receiver: takes the events that the pages send, instead of connections, for tests.
    """
    port = Port(settings or PortSettings())
    app = FastAPI(
        title="Port sandbox",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_close_on_shutdown,
    )
    app.state.port = port
    app.add_middleware(PortMiddleware, port=port)
    app.add_exception_handler(PortError, _port_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RecursionError, _recursion_error)
    add_catalog(app, port, receiver)
    # Share the route objects between apps. `include_router` would rebuild them on each app's first request.
    for module in _ROUTES:
        app.router.routes.extend(module.router.routes)
    return app


@asynccontextmanager
async def _close_on_shutdown(app: FastAPI) -> AsyncGenerator[None]:
    yield
    app.state.port.store.close()


async def _port_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PortError)  # noqa: S101 - registered for PortError only
    return error_response(error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for HTTPException only
    status = error.status_code
    message = f"{request.method} {request.scope['path']:.200} is not an endpoint of the sandbox"
    return error_response(PortError(status, _CODES.get(status, "invalid_request"), message))


async def _recursion_error(_request: Request, _error: Exception) -> Response:
    return error_response(invalid("the body is nested too deep"))
