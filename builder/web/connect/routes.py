"""The routes of step 1."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from builder.web.choose.pagination import pages_of
from builder.web.connect.connection_check import ConnectionResult, try_connection
from builder.web.connect.document import read_document, with_document
from builder.web.connect.form import ConnectionForm, ImportForm, read_connection, read_import
from builder.web.connect.parsing import parse_connection
from builder.web.page.cancellation import cancel_on_disconnect
from builder.web.page.issues import NotReadyError, issues_in
from builder.web.page.session import CurrentSession, PostedData
from rest.errors import SyncError

router = APIRouter()


async def _connection(session: CurrentSession, data: PostedData) -> ConnectionForm:
    return read_connection(session.workspace.connection, data)


async def _connection_without(session: CurrentSession, name: str, data: PostedData) -> ConnectionForm:
    others = {each: text for each, text in data.items() if each != name}
    return read_connection(session.workspace.connection, others).without_secret(name)


async def _import(data: PostedData) -> ImportForm:
    return read_import(data)


PostedConnection = Annotated[ConnectionForm, Depends(_connection)]
ConnectionWithoutSecret = Annotated[ConnectionForm, Depends(_connection_without)]
PostedImport = Annotated[ImportForm, Depends(_import)]


@router.post("/connection")
async def save(session: CurrentSession, form: PostedConnection) -> Response:
    """Save the inputs. Other settings may change the pages of a sample."""
    before = parse_connection(session.workspace.connection)
    session.save_connection(form)
    after = parse_connection(form)
    endpoint = session.workspace.endpoint
    is_unchanged = pages_of(before, endpoint) == pages_of(after, endpoint)
    return await session.live(also=() if is_unchanged else ("pages.html",))


@router.post("/connection/forget/{name}")
async def forget(session: CurrentSession, name: str, form: ConnectionWithoutSecret) -> Response:
    """Discard a secret and the text of its input."""
    session.save_connection(form)
    return await session.part("secret.html", name=name)


@router.post("/connection/test")
async def test(request: Request, session: CurrentSession, form: PostedConnection) -> Response:
    """Test the connection with a real request."""
    session.save_connection(form)
    try:
        result = await cancel_on_disconnect(request, try_connection(session.workspace))
        issues = [result.issue] if result.issue else []
        session.save_evidence(session.workspace.evidence.with_test(form, result.issue))
    except SyncError as error:
        issues = issues_in(error, session.workspace.connection)
        result = ConnectionResult("", issues[0])
        if not isinstance(error, NotReadyError):
            session.save_evidence(session.workspace.evidence.with_test(form, issues[0]))
    return await session.part("connection_result.html", issues, result=result)


@router.post("/import")
async def import_document(session: CurrentSession, form: PostedImport) -> Response:
    """Import a document's settings and endpoints."""
    try:
        document = await read_document(form)
    except SyncError as error:
        html = session.views.alone("import_result.html", error=str(error))
        return HTMLResponse(html, headers={"HX-Retarget": "#import-result"})
    session.workspace = await with_document(session.workspace, document)
    return await session.part("steps.html")
