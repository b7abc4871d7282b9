"""The routes of the list of endpoints."""

from fastapi import APIRouter
from starlette.responses import Response

from builder.web.connect.document import with_imported
from builder.web.page.session import CurrentSession, Session
from builder.web.page.workspace import Workspace

router = APIRouter()


@router.post("/endpoints/add")
async def add(session: CurrentSession) -> Response:
    """Add an empty endpoint and display it."""
    return await _changed(session, session.workspace.with_new_endpoint())


@router.post("/endpoints/imported/{place}")
async def add_imported(session: CurrentSession, place: int) -> Response:
    """Add an endpoint of the imported document."""
    workspace = session.workspace
    endpoints = workspace.imported.endpoints if workspace.imported else ()
    for imported in endpoints[place : place + 1]:
        workspace = await with_imported(workspace, imported)
    return await _changed(session, workspace)


@router.post("/endpoints/{number}/show")
async def show(session: CurrentSession, number: int) -> Response:
    """Display another endpoint."""
    return await _changed(session, session.workspace.showing(number))


@router.post("/endpoints/{number}/duplicate")
async def duplicate(session: CurrentSession, number: int) -> Response:
    """Add a copy of an endpoint."""
    return await _changed(session, session.workspace.with_duplicate(number))


@router.post("/endpoints/{number}/remove")
async def remove(session: CurrentSession, number: int) -> Response:
    """Remove an endpoint, and the relations proposed from its sample."""
    await session.save_workspace(session.workspace.without(number))
    return await session.part("choose.html")


@router.post("/kept/{position}/remove")
async def remove_kept(session: CurrentSession, position: int) -> Response:
    """Remove an entry that the page cannot show."""
    return await _changed(session, session.workspace.without_kept(position))


async def _changed(session: Session, workspace: Workspace) -> Response:
    """Return step 2 with other endpoints."""
    session.workspace = workspace
    return await session.part("choose.html")
