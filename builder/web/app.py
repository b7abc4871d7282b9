"""The page as one ASGI application: its routes, behind what keeps others out."""

import asyncio

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from builder.web.desk import AtDesk, Desk
from builder.web.entrance import Entrance
from builder.web.routes import choose, connect, install
from builder.web.safety import Access, Safety
from builder.web.views import FOLDER, Views
from builder.web.workspace import Workspace


def create_app(access: Access, entrance: Entrance) -> FastAPI:
    """The page for one user; all that it holds ends with it."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = Desk(Views(access))
    app.add_middleware(Safety, access=access, entrance=entrance)
    app.add_exception_handler(HTTPException, _told)
    app.add_api_route("/", _show)
    app.add_api_route("/anew", _start_anew, methods=["POST"])
    for each in (connect, choose, install):
        app.router.routes.extend(each.router.routes)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    return app


async def _start_anew(desk: AtDesk) -> Response:
    """All that was entered is forgotten."""
    desk.workspace = Workspace()
    return await desk.part("steps.html")


async def _told(_: Request, error: Exception) -> Response:
    """An error as words: the page shows them as they are."""
    if not isinstance(error, HTTPException):
        raise error
    return PlainTextResponse(error.detail, error.status_code)


async def _show(desk: AtDesk) -> Response:
    """The whole page, with all that was typed but the secrets."""
    return HTMLResponse(await asyncio.to_thread(desk.views.page, desk.workspace))
