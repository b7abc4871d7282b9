"""The FastAPI application: routes, gate, and errors in Port's words."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sandbox.port_api.errors import PortError, invalid
from sandbox.port_api.exchange import refusal
from sandbox.port_api.gate import Gate
from sandbox.port_api.port import Port, PortSettings
from sandbox.port_api.routes import (
    blueprints,
    entities,
    ingest,
    inspection,
    integrations,
    migrations,
    organization,
    raw,
    reports,
    upserts,
)
from sandbox.web.app import add_catalog

_ROUTES = (
    upserts,
    entities,
    raw,
    reports,
    integrations,
    ingest,
    organization,
    migrations,
    blueprints,
    inspection,
)
"""In the order in which they are tried: what is called most comes first."""
_CODES = {404: "not_found", 405: "method_not_allowed"}


def create_app(settings: PortSettings | None = None) -> FastAPI:
    """A sandbox of its own: state, database and all."""
    port = Port(settings or PortSettings())
    app = FastAPI(
        title="Port sandbox", docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=_closing
    )
    app.state.port = port
    app.add_middleware(Gate, port=port)
    app.add_exception_handler(PortError, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(RecursionError, _too_deep)
    add_catalog(app, port)
    # The same routes for each app. `include_router` builds them anew, on an app's first request.
    for module in _ROUTES:
        app.router.routes.extend(module.router.routes)
    return app


@asynccontextmanager
async def _closing(app: FastAPI) -> AsyncGenerator[None]:
    yield
    app.state.port.store.close()


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PortError)  # noqa: S101 - registered for nothing else
    return refusal(error)


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    words = f"{request.method} {request.scope['path']:.200} is not something the sandbox answers"
    return refusal(PortError(status, _CODES.get(status, "invalid_request"), words))


async def _unfit(_request: Request, error: Exception) -> Response:
    return refusal(invalid(str(error)[:300]))


async def _too_deep(_request: Request, _error: Exception) -> Response:
    return refusal(invalid("the body is nested too deep"))
