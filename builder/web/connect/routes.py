"""The routes of step 1."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from builder.templates import Template, TemplateError, draft_of, read_template
from builder.web.choose.pagination import pages_of
from builder.web.connect.connection_check import ConnectionResult, try_connection
from builder.web.connect.document import read_document, with_document
from builder.web.connect.form import ConnectionForm, ImportForm, read_connection, read_import
from builder.web.connect.parsing import parse_connection
from builder.web.connect.template import read_values, with_template
from builder.web.page.cancellation import cancel_on_disconnect
from builder.web.page.issues import NotReadyError, issues_in
from builder.web.page.session import CurrentSession, PostedData, Session
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
        html = session.views.alone("import_result.html", error=error)
        return HTMLResponse(html, headers={"HX-Retarget": "#import-result"})
    session.workspace = await with_document(session.workspace, document)
    return await session.part("steps.html")


@router.get("/template/{name}")
async def show_template(session: CurrentSession, name: str) -> Response:
    """Return the inputs that a template needs."""
    return _template(session, _read_template(name))


@router.post("/template/{name}")
async def use_template(session: CurrentSession, name: str, data: PostedData) -> Response:
    """Fill in the page from a template."""
    template, values = _read_template(name), read_values(data)
    try:
        draft = draft_of(template, values)
    except TemplateError as error:
        html = _template(session, template, error, values)
        html.headers["HX-Retarget"] = "#template-needs"
        return html
    session.workspace = with_template(session.workspace, template, draft)
    return await session.part("steps.html")


def _read_template(name: str) -> Template:
    try:
        return read_template(name)
    except TemplateError as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from error


def _template(
    session: Session,
    template: Template,
    error: TemplateError | None = None,
    values: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    replaces = any(each.kind.strip() for each in session.workspace.endpoints)
    return HTMLResponse(
        session.views.alone(
            "template_needs.html", template=template, error=error, values=values, replaces=replaces
        )
    )
