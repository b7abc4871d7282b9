"""The page as one ASGI application: routes behind access control."""

import asyncio
from functools import partial
from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from builder.web.answer import routes as answer
from builder.web.choose import endpoint_routes, webhook_routes
from builder.web.choose import routes as choose
from builder.web.connect import routes as connect
from builder.web.install import routes as install
from builder.web.open import routes as open_routes
from builder.web.overview import routes as overview
from builder.web.page.entrance import Entrance
from builder.web.page.safety import Access, Safety
from builder.web.page.session import CurrentSession, Session
from builder.web.page.views import WEB, Views
from builder.web.page.workspace import Workspace
from builder.web.run import routes as run


def create_app(access: Access, entrance: Entrance) -> FastAPI:
    """Return the application for one user. Everything it holds is in memory."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.session = Session(Views(access))
    app.add_middleware(Safety, access=access, entrance=entrance)
    app.add_exception_handler(HTTPException, _error_as_text)
    app.add_api_route("/", _show_page)
    app.add_api_route("/anew", _start_over, methods=["POST"])
    app.add_api_route("/undo", _undo, methods=["POST"])
    app.add_api_route("/redo", _redo, methods=["POST"])
    for step in (
        connect,
        endpoint_routes,
        choose,
        webhook_routes,
        install,
        overview,
        answer,
        run,
        open_routes,
    ):
        app.router.routes.extend(step.router.routes)
    app.mount("/static", StaticFiles(directory=WEB / "static"))
    return app


async def _show_page(session: CurrentSession) -> Response:
    """Return the whole page with all inputs except secrets."""
    return HTMLResponse(
        await asyncio.to_thread(partial(session.views.page, session.workspace, history=session.history))
    )


async def _start_over(session: CurrentSession) -> Response:
    """Discard all inputs and the latest run. Secrets are discarded for good."""
    session.workspace = Workspace()
    session.runner.forget()
    return await session.part("steps.html")


async def _undo(session: CurrentSession) -> Response:
    """Revert the latest change, if there is one."""
    is_changed = session.undo()
    return await session.part("steps.html") if is_changed else Response(status_code=HTTPStatus.NO_CONTENT)


async def _redo(session: CurrentSession) -> Response:
    """Repeat the latest change that was reverted, if there is one."""
    is_changed = session.redo()
    return await session.part("steps.html") if is_changed else Response(status_code=HTTPStatus.NO_CONTENT)


async def _error_as_text(_: Request, error: Exception) -> Response:
    """Return an error as plain text. The page shows it unchanged."""
    if not isinstance(error, HTTPException):
        raise error
    return PlainTextResponse(error.detail, error.status_code)
