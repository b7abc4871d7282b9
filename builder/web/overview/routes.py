"""The states of all steps and endpoints, and the overview of all endpoints."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from builder.web.connect.redaction import redactor_of
from builder.web.overview.gathering import gather
from builder.web.overview.states import verdicts
from builder.web.overview.view import context
from builder.web.page.cancellation import cancel_on_disconnect
from builder.web.page.parsing import parse_page
from builder.web.page.session import CurrentSession

router = APIRouter()


@router.get("/overview")
async def overview(request: Request, session: CurrentSession) -> Response:
    """Return the states and the overview, as out-of-band swaps."""
    workspace = session.workspace
    parsed = await asyncio.to_thread(parse_page, workspace)
    work = session.entity_checks.run(workspace, parsed.sources, redactor_of(workspace.connection))
    entities = await cancel_on_disconnect(request, work)
    found = verdicts(await asyncio.to_thread(gather, workspace, parsed, entities))
    values = await asyncio.to_thread(context, workspace, parsed, found)
    return HTMLResponse(await asyncio.to_thread(session.views.alone, "states.html", **values))
