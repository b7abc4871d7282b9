"""The routes of step 3."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from builder.creation import Mode
from builder.draft import Draft
from builder.existing import Difference, Wanted
from builder.install import bundle, is_local, zipped
from builder.port_account import PortError
from builder.web.install.creation import review, wanted_of, write_reviewed
from builder.web.install.form import CreationForm, InstallationForm, read_creation, read_installation
from builder.web.install.parsing import parse_installation, port_issue
from builder.web.open.account import credentials_of
from builder.web.page.issues import Issue, NotReadyError
from builder.web.page.parsing import ParsedPage, parse_page
from builder.web.page.session import CurrentSession, PostedData, Session
from rest.errors import ResourceError, SyncError

router = APIRouter()
_ARCHIVE = "ocean-custom.zip"
_INCOMPLETE = "Nothing was written. Complete the inputs listed above first"


async def _installation(session: CurrentSession, data: PostedData) -> InstallationForm:
    return read_installation(session.workspace.installation, data)


async def _creation(session: CurrentSession, data: PostedData) -> CreationForm:
    return read_creation(session.workspace.installation, data)


PostedInstallation = Annotated[InstallationForm, Depends(_installation)]
PostedCreation = Annotated[CreationForm, Depends(_creation)]


@router.post("/installation")
async def save(session: CurrentSession, form: PostedInstallation) -> Response:
    """Save the inputs. The order of the commands depends on where Port is."""
    was_local = _is_local(session)
    session.save_installation(form)
    return await session.live(also=["install_tabs.html"] if _is_local(session) != was_local else [])


@router.get("/files/{name:path}")
async def download(session: CurrentSession, name: str) -> Response:
    """Return one of the printed texts as a file."""
    draft = _complete_draft(session)
    files = bundle(draft)
    if name not in files:
        raise HTTPException(HTTPStatus.NOT_FOUND, "File not found")
    session.save_evidence(session.workspace.evidence.with_files(draft))
    return PlainTextResponse(files[name], headers=_as_attachment(name.rpartition("/")[2]))


@router.get("/archive")
async def download_all(session: CurrentSession) -> Response:
    """Return all printed texts as a zip archive."""
    draft = _complete_draft(session)
    session.save_evidence(session.workspace.evidence.with_files(draft))
    return Response(zipped(bundle(draft)), media_type="application/zip", headers=_as_attachment(_ARCHIVE))


@router.post("/files/taken")
async def take_text(session: CurrentSession) -> Response:
    """Note that the user copied a printed text."""
    if draft := parse_page(session.workspace).draft:
        session.save_evidence(session.workspace.evidence.with_files(draft))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/port/review")
async def review_changes(session: CurrentSession, form: PostedCreation) -> Response:
    """Show what writing would change in Port. Nothing is written."""
    session.save_installation(form.installation)
    parsed = parse_page(session.workspace)
    try:
        credentials = credentials_of(form.installation)
        reviewed = await review(_wanted(session, parsed), credentials)
    except SyncError as error:
        return await _refused(session, error, parsed)
    return await session.part("port_result.html", review=reviewed, error="")


@router.post("/port")
async def write_changes(session: CurrentSession, form: PostedCreation) -> Response:
    """Write what was reviewed. What exists in Port is changed only if the user agreed."""
    session.save_installation(form.installation)
    parsed = parse_page(session.workspace)
    mode: Mode = "overwrite" if form.overwrites else "merge"
    try:
        credentials, wanted = credentials_of(form.installation), _wanted(session, parsed)
        written = await write_reviewed(wanted, credentials, mode, form.fingerprint)
    except SyncError as error:
        return await _refused(session, error, parsed)
    _note_written(session, written.remaining)
    if written.results:
        broken = next((each for each in written.results if not each.is_good), None)
        issue = Issue("create", "Create in Port", f"{broken.name}: {broken.outcome}") if broken else None
        _note_creation(session, parsed, issue)
    return await session.part("port_result.html", review=written, error="")


def _wanted(session: Session, parsed: ParsedPage) -> Wanted:
    """Return what should be in Port. Raises ResourceError: the steps are incomplete."""
    if parsed.port_draft is None:
        raise ResourceError(_INCOMPLETE)
    return wanted_of(parsed.port_draft, session.workspace.opened)


def _note_written(session: Session, in_port: Difference | None) -> None:
    """Keep what is in Port now, to notice changes by others later. It is not a change of the page."""
    opened = session.workspace.opened
    if in_port and opened and opened.is_in_port:
        blueprints = {each.identifier: each.existing for each in in_port.blueprints if each.existing}
        seen = {**opened.seen_blueprints, **blueprints}
        opened = replace(opened, seen_mapping=in_port.mapping.existing, seen_blueprints=seen)
        session.workspace = replace(session.workspace, opened=opened)


async def _refused(session: Session, error: SyncError, parsed: ParsedPage) -> Response:
    if isinstance(error, NotReadyError):
        return await session.part("port_result.html", error.issues, review=None, error=_INCOMPLETE)
    if not isinstance(error, PortError):
        return await session.part("port_result.html", review=None, error=str(error))
    issue = port_issue(session.workspace.installation, error)
    _note_creation(session, parsed, issue)
    return await session.part(
        "port_result.html", [issue], review=None, error=f"Nothing was written. See {issue.label}"
    )


def _note_creation(session: Session, parsed: ParsedPage, issue: Issue | None) -> None:
    """Note that everything is in Port, or why not. parsed: the page when Port was asked."""
    if parsed.draft:
        session.save_evidence(session.workspace.evidence.with_creation(parsed.draft, issue))


@router.post("/port/forget")
async def forget(session: CurrentSession) -> Response:
    """Discard the client secret of Port."""
    session.save_installation(replace(session.workspace.installation, client_secret=""))
    return HTMLResponse("Removed.")


def _is_local(session: Session) -> bool:
    return is_local(parse_installation(session.workspace.installation)[0].port_base_url)


def _complete_draft(session: Session) -> Draft:
    """Return the draft whose files the user takes. Raises HTTPException: the steps are incomplete."""
    draft = parse_page(session.workspace).draft
    if draft is None:
        raise HTTPException(HTTPStatus.CONFLICT, "The files are not ready. Complete the steps first")
    return draft


def _as_attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
