"""The routes of step 3."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from builder.install import bundle, is_local, zipped
from builder.port_account import Credentials
from builder.web.install.creation import create_in_port
from builder.web.install.form import CreationForm, InstallationForm, read_creation, read_installation
from builder.web.install.parsing import parse_installation
from builder.web.page.issues import Issue
from builder.web.page.parsing import parse_page
from builder.web.page.session import CurrentSession, PostedData, Session
from rest.errors import SyncError

router = APIRouter()
_ARCHIVE = "ocean-custom.zip"


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
    files = _files(session)
    if name not in files:
        raise HTTPException(HTTPStatus.NOT_FOUND, "File not found")
    _note_files(session)
    return PlainTextResponse(files[name], headers=_as_attachment(name.rpartition("/")[2]))


@router.get("/archive")
async def download_all(session: CurrentSession) -> Response:
    """Return all printed texts as a zip archive."""
    content = zipped(_files(session))
    _note_files(session)
    return Response(content, media_type="application/zip", headers=_as_attachment(_ARCHIVE))


@router.post("/port")
async def create(session: CurrentSession, form: PostedCreation) -> Response:
    """Create blueprints and mapping in Port. Existing ones are changed only if the user agreed."""
    session.save_installation(form.installation)
    draft = parse_page(session.workspace).draft
    issues = _missing_credentials(form.installation)
    if draft is None or issues:
        error = "" if issues else "Nothing was created. Complete the steps listed above first"
        return await session.part("port_result.html", issues, results=(), error=error, merge=False)
    credentials = Credentials(
        form.installation.client_id, form.installation.client_secret, draft.installation.port_base_url
    )
    try:
        results = await create_in_port(draft, credentials, merge=form.merge)
    except SyncError as error:
        issues = [Issue("client_secret", "Client secret", str(error))]
        session.save_evidence(session.workspace.evidence.with_creation(draft, issues[0]))
        return await session.part("port_result.html", issues, results=(), error=str(error), merge=form.merge)
    broken = next((each for each in results if not each.is_good), None)
    issue = Issue("create", "Create in Port", f"{broken.name}: {broken.outcome}") if broken else None
    session.save_evidence(session.workspace.evidence.with_creation(draft, issue))
    return await session.part("port_result.html", results=results, error="", merge=form.merge)


@router.post("/port/forget")
async def forget(session: CurrentSession) -> Response:
    """Discard the client secret of Port."""
    session.save_installation(replace(session.workspace.installation, client_secret=""))
    return HTMLResponse("Removed.")


def _is_local(session: Session) -> bool:
    return is_local(parse_installation(session.workspace.installation)[0].port_base_url)


def _files(session: Session) -> dict[str, str]:
    draft = parse_page(session.workspace).draft
    if draft is None:
        raise HTTPException(HTTPStatus.CONFLICT, "The files are not ready. Complete the steps first")
    return bundle(draft)


def _note_files(session: Session) -> None:
    """Note that the user took the files."""
    if draft := parse_page(session.workspace).draft:
        session.save_evidence(session.workspace.evidence.with_files(draft))


def _missing_credentials(form: InstallationForm) -> list[Issue]:
    texts = {
        "client_id": ("Client ID", form.client_id),
        "client_secret": ("Client secret", form.client_secret),
    }
    return [Issue(name, label, "Required") for name, (label, text) in texts.items() if not text]


def _as_attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
