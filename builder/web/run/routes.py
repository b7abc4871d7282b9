"""The routes of a run on this machine."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, Response

from builder.install import is_local
from builder.port_account import Credentials
from builder.web.connect.parsing import request_issues
from builder.web.connect.redaction import redactor_of
from builder.web.install.creation import wanted_of
from builder.web.install.form import CreationForm, InstallationForm, read_creation
from builder.web.page.parsing import ParsedPage, parse_page
from builder.web.page.session import CurrentSession, PostedData, Session
from builder.web.run.catalog import catalog_url
from builder.web.run.runner import BusyError
from builder.web.run.sandbox import SANDBOX_CREDENTIALS, SandboxError

router = APIRouter()


async def _creation(session: CurrentSession, data: PostedData) -> CreationForm:
    return read_creation(session.workspace.installation, data)


@router.get("/run")
async def show(session: CurrentSession) -> Response:
    """Return the latest run with its whole log."""
    return _whole(session)


@router.post("/run")
async def start(session: CurrentSession, form: Annotated[CreationForm, Depends(_creation)]) -> Response:
    """Start a run, or say what is missing."""
    session.save_installation(form.installation)
    parsed = parse_page(session.workspace)
    credentials = _credentials(form.installation, parsed.installation.port_base_url)
    if parsed.draft is None or (problem := _problem(parsed, credentials)):
        return _whole(session, problem if parsed.draft else "Complete the steps listed above first")
    draft = replace(parsed.draft, settings=parsed.connection.config)
    wanted = wanted_of(parsed.draft, session.workspace.opened)
    redact = redactor_of(session.workspace.connection)
    try:
        session.runner.start(draft, wanted, credentials, redact, "overwrite" if form.overwrites else "create")
    except BusyError as error:
        return _whole(session, str(error))
    return _whole(session)


@router.get("/run/live")
async def show_progress(session: CurrentSession, number: int = 0, seen: int = 0) -> Response:
    """Return the progress and the new lines of the log. Once the run has ended, return it as a whole.

    number: the run on display. seen: the number of log lines on display.
    """
    run = session.runner.run
    if run is None or run.is_over or run.number != number:
        return _whole(session, headers={"HX-Retarget": "#run", "HX-Reswap": "innerHTML"})
    return HTMLResponse(session.views.alone("run_live.html", run=run, lines=run.log.since(seen)))


@router.post("/run/cancel")
async def cancel(session: CurrentSession) -> Response:
    """Cancel the run in progress."""
    await session.runner.cancel()
    return _whole(session)


@router.get("/sandbox")
async def show_sandbox(session: CurrentSession) -> Response:
    """Return the state of the sandbox."""
    return _sandbox(session)


@router.post("/sandbox/start")
async def start_sandbox(session: CurrentSession) -> Response:
    """Start a sandbox."""
    try:
        await session.sandbox.start()
    except SandboxError as error:
        return _sandbox(session, str(error))
    return _sandbox(session)


@router.post("/sandbox/stop")
async def stop_sandbox(session: CurrentSession) -> Response:
    """End the sandbox that the page started."""
    await session.sandbox.stop()
    return _sandbox(session)


def _credentials(form: InstallationForm, port_url: str) -> Credentials:
    """Return the entered credentials, or those of the sandbox, which does not get credentials of Port."""
    entered = (form.client_id, form.client_secret)
    if form.region == "sandbox" or (is_local(port_url) and not all(entered)):
        return Credentials(*SANDBOX_CREDENTIALS, port_url)
    return Credentials(*entered, port_url)


def _problem(parsed: ParsedPage, credentials: Credentials) -> str:
    """Return what a run needs, in words."""
    if issues := request_issues(parsed.connection):
        return f"{issues[0].label}: {issues[0].message}"
    if not (credentials.client_id and credentials.client_secret):
        return "Enter the client ID and the client secret of Port under Create in Port"
    return ""


def _whole(session: Session, message: str = "", headers: dict[str, str] | None = None) -> Response:
    run = session.runner.run
    lines = run.log.since(0) if run else ()
    html = session.views.alone("run.html", run=run, lines=lines, message=message)
    return HTMLResponse(html, headers=headers)


def _sandbox(session: Session, error: str = "") -> Response:
    sandbox = session.sandbox
    catalog = catalog_url(sandbox.url) if sandbox.url else None
    return HTMLResponse(session.views.alone("sandbox.html", sandbox=sandbox, catalog=catalog, error=error))
