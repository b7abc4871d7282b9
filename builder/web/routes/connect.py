"""Step 1: the connection, and what a document says of it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from builder.web.actions import Tested, read_document, tested, with_document
from builder.web.connecting import connection_reading
from builder.web.desk import AtDesk, Posted
from builder.web.forms import read_connection, without_secret
from builder.web.mistakes import mistakes_in
from builder.web.paging import pages_of
from builder.web.waiting import while_connected
from rest.errors import SyncError

router = APIRouter()


@router.post("/connection")
async def keep(desk: AtDesk, form: Posted) -> Response:
    """What was typed; other settings may make other pages of a sample."""
    before = connection_reading(desk.workspace.connection)
    desk.keep_connection(read_connection(desk.workspace.connection, form))
    after = connection_reading(desk.workspace.connection)
    endpoint = desk.workspace.endpoint
    is_same = pages_of(before, endpoint) == pages_of(after, endpoint)
    return await desk.live(also=() if is_same else ("pages.html",))


@router.post("/connection/forget/{name}")
async def forget(desk: AtDesk, name: str, form: Posted) -> Response:
    """One secret less; what stands in its input goes too."""
    typed = {each: text for each, text in form.items() if each != name}
    desk.keep_connection(without_secret(read_connection(desk.workspace.connection, typed), name))
    return await desk.part("secret.html", name=name)


@router.post("/connection/test")
async def test(request: Request, desk: AtDesk, form: Posted) -> Response:
    """One real request."""
    desk.keep_connection(read_connection(desk.workspace.connection, form))
    try:
        result = await while_connected(request, tested(desk.workspace))
    except SyncError as error:
        mistakes = mistakes_in(error, desk.workspace.connection)
        result = Tested("", mistakes[0])
        return await desk.part("connection_result.html", mistakes, result=result)
    found = [result.mistake] if result.mistake else []
    return await desk.part("connection_result.html", found, result=result)


@router.post("/import")
async def take_in(desk: AtDesk, form: Posted) -> Response:
    """A document's settings and endpoints; a file wins over what was pasted."""
    text = form.get("import_file", "").strip() or form.get("import_text", "")
    try:
        found = await read_document(text, form.get("import_address", ""))
    except SyncError as error:
        html = desk.views.alone("import_result.html", error=str(error))
        return HTMLResponse(html, headers={"HX-Retarget": "#import-result"})
    desk.workspace = await with_document(desk.workspace, found)
    return await desk.part("steps.html")
