"""The routes of the second visit: opening, saving drafts, duplicating, own relations."""

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.form import read_mapping, read_number
from builder.web.choose.own_relations import with_new_relation, without_relation
from builder.web.connect.setting_fields import label_of
from builder.web.install.form import InstallationForm
from builder.web.open.account import (
    credentials_of,
    list_integrations,
    with_catalog,
    with_integration_of_port,
)
from builder.web.open.draft_file import draft_text, missing_secrets
from builder.web.open.files import with_file
from builder.web.open.form import FileForm, read_file, read_port_access
from builder.web.page.issues import NotReadyError
from builder.web.page.session import CurrentSession, PostedData, Session
from rest.errors import SyncError

router = APIRouter()


async def _access(session: CurrentSession, data: PostedData) -> InstallationForm:
    return read_port_access(session.workspace.installation, data)


async def _file(data: PostedData) -> FileForm:
    return read_file(data)


async def _mapping(session: CurrentSession, data: PostedData) -> EndpointForm:
    return read_mapping(session.workspace.numbered(read_number(data)), data)


PostedAccess = Annotated[InstallationForm, Depends(_access)]
PostedFile = Annotated[FileForm, Depends(_file)]
PostedMapping = Annotated[EndpointForm, Depends(_mapping)]


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
        credentials = credentials_of(form, "open_")
        workspace = replace(session.workspace, installation=form)
        session.workspace = await with_integration_of_port(workspace, credentials, identifier)
    except SyncError as error:
        return await _refused(session, error)
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


@router.post("/endpoints/{number}/duplicate")
async def duplicate(session: CurrentSession, number: int) -> Response:
    """Add a copy of an endpoint."""
    session.workspace = session.workspace.with_duplicate(number)
    return await session.part("choose.html")


@router.post("/kept/{position}/remove")
async def remove_kept(session: CurrentSession, position: int) -> Response:
    """Remove an entry that the page cannot show."""
    session.workspace = session.workspace.without_kept(position)
    return await session.part("choose.html")


@router.post("/choice/relation")
async def add_relation(session: CurrentSession, form: PostedMapping) -> Response:
    """Add an empty relation."""
    await session.save_endpoint(with_new_relation(form))
    return await session.part("own_relations.html")


@router.post("/choice/relation/{number}/remove")
async def remove_relation(session: CurrentSession, number: int, form: PostedMapping) -> Response:
    """Remove a relation that the user added or opened."""
    await session.save_endpoint(without_relation(form, number))
    return await session.part("own_relations.html")


@router.post("/choice/targets")
async def list_targets(session: CurrentSession, form: PostedMapping) -> Response:
    """List the blueprints in Port as possible targets of relations."""
    await session.save_endpoint(form)
    try:
        credentials = credentials_of(session.workspace.installation, "open_")
        session.workspace = await with_catalog(session.workspace, credentials)
    except SyncError as error:
        return await session.part("own_relations.html", catalog_error=_message(error))
    return await session.part("own_relations.html")


async def _refused(session: Session, error: SyncError) -> Response:
    """Return why nothing was opened, below the button that was pressed."""
    response = await session.part("open_result.html", integrations=None, error=_message(error))
    response.headers["HX-Retarget"] = "#open-result"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _message(error: SyncError) -> str:
    if isinstance(error, NotReadyError):
        return "; ".join(f"{each.label}: {each.message}" for each in error.issues)
    return str(error)
