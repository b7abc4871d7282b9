"""The routes of the second visit: opening, saving drafts, and the blueprints in Port."""

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from builder.web.choose.posted_forms import PostedMapping
from builder.web.connect.setting_fields import label_of
from builder.web.install.form import InstallationForm
from builder.web.open.account import (
    credentials_of,
    list_integrations,
    read_catalog,
    read_integration,
    with_integration,
)
from builder.web.open.draft_file import draft_text, missing_secrets
from builder.web.open.files import with_file
from builder.web.open.form import FileForm, read_file, read_port_access
from builder.web.page.session import CurrentSession, PostedData, Session
from rest.errors import SyncError

router = APIRouter()


async def _access(session: CurrentSession, data: PostedData) -> InstallationForm:
    return read_port_access(session.workspace.installation, data)


async def _file(data: PostedData) -> FileForm:
    return read_file(data)


PostedAccess = Annotated[InstallationForm, Depends(_access)]
PostedFile = Annotated[FileForm, Depends(_file)]


@router.post("/open/port")
async def list_port(session: CurrentSession, form: PostedAccess) -> Response:
    """List the integrations of the account. Step 3 shows the access only after one was opened."""
    try:
        found = await list_integrations(credentials_of(form, "open_"))
    except SyncError as error:
        return await _refused(session, error)
    return await session.part("open_result.html", integrations=found, error="")


@router.post("/open/port/{identifier:path}")
async def open_integration(session: CurrentSession, identifier: str, form: PostedAccess) -> Response:
    """Open an integration of the account."""
    try:
        found = await read_integration(credentials_of(form, "open_"), identifier)
    except SyncError as error:
        return await _refused(session, error)
    session.workspace = with_integration(replace(session.workspace, installation=form), found)
    return await session.part("steps.html")


@router.post("/open/file")
async def open_file(session: CurrentSession, form: PostedFile) -> Response:
    """Open a mapping file or a draft."""
    try:
        session.workspace = await asyncio.to_thread(with_file, session.workspace, form)
    except SyncError as error:
        return await _refused(session, error)
    again = [label_of(name) for name in missing_secrets(form.text, session.workspace)]
    return await session.part("steps.html", again=again)


@router.get("/draft")
async def download_draft(session: CurrentSession, samples: str = "yes") -> Response:
    """Return the whole work as a file, without secrets."""
    text = await asyncio.to_thread(draft_text, session.workspace, with_samples=samples != "no")
    headers = {"Content-Disposition": 'attachment; filename="ocean-custom-draft.json"'}
    return Response(text, media_type="application/json", headers=headers)


@router.post("/choice/targets")
async def list_targets(session: CurrentSession, form: PostedMapping) -> Response:
    """List the blueprints in Port as possible targets of relations."""
    await session.save_endpoint(form)
    try:
        credentials = credentials_of(session.workspace.installation, "open_")
        names = await read_catalog(credentials)
    except SyncError as error:
        return await session.part("own_relations.html", catalog_error=str(error))
    session.workspace = replace(session.workspace, catalog=names)
    return await session.part("own_relations.html")


async def _refused(session: Session, error: SyncError) -> Response:
    """Return why nothing was opened, below the button that was pressed."""
    response = await session.part("open_result.html", integrations=None, error=str(error))
    response.headers["HX-Retarget"] = "#open-result"
    response.headers["HX-Reswap"] = "innerHTML"
    return response
