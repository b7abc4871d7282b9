"""Step 3: what is printed, and creating it in Port."""

from dataclasses import replace
from http import HTTPStatus

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from builder.install import bundle, zipped
from builder.port_account import Credentials
from builder.web.creating import created_in_port
from builder.web.desk import AtDesk, Desk, Posted
from builder.web.drafting import reading_of_page
from builder.web.forms import read_credentials, read_installation
from builder.web.mistakes import Mistake
from rest.errors import SyncError

router = APIRouter()
_ARCHIVE = "ocean-custom.zip"


@router.post("/installation")
async def keep(desk: AtDesk, form: Posted) -> Response:
    """What was typed."""
    desk.keep_installation(read_installation(desk.workspace.installation, form))
    return await desk.live()


@router.get("/files/{name:path}")
async def download(desk: AtDesk, name: str) -> Response:
    """One of the printed texts."""
    files = _files(desk)
    if name not in files:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such file")
    return PlainTextResponse(files[name], headers=_attached(name.rpartition("/")[2]))


@router.get("/archive")
async def download_all(desk: AtDesk) -> Response:
    """All of them as one zip archive."""
    return Response(zipped(_files(desk)), media_type="application/zip", headers=_attached(_ARCHIVE))


@router.post("/port")
async def create(desk: AtDesk, form: Posted) -> Response:
    """Blueprints and mapping into Port; what is there already is changed only when agreed to."""
    desk.keep_installation(read_credentials(desk.workspace.installation, form))
    installation = desk.workspace.installation
    draft = reading_of_page(desk.workspace).draft
    mistakes = _missing(installation.client_id, installation.client_secret)
    if draft is None or mistakes:
        error = "" if mistakes else "Nothing is created yet: see above what is to be done first"
        return await desk.part("port_result.html", mistakes, results=(), error=error, agreed=False)
    credentials = Credentials(
        installation.client_id, installation.client_secret, draft.installation.port_base_url
    )
    agreed = "agreed" in form
    try:
        results = await created_in_port(draft, credentials, agreed=agreed)
    except SyncError as error:
        found = [Mistake("client_secret", "Client secret", str(error))]
        return await desk.part("port_result.html", found, results=(), error=str(error), agreed=agreed)
    return await desk.part("port_result.html", results=results, error="", agreed=agreed)


@router.post("/port/forget")
async def forget(desk: AtDesk) -> Response:
    """The secret of Port's credentials is forgotten."""
    desk.keep_installation(replace(desk.workspace.installation, client_secret=""))
    return HTMLResponse("Forgotten.")


def _files(desk: Desk) -> dict[str, str]:
    draft = reading_of_page(desk.workspace).draft
    if draft is None:
        raise HTTPException(HTTPStatus.CONFLICT, "Nothing can be printed yet: see the page")
    return bundle(draft)


def _missing(client_id: str, client_secret: str) -> list[Mistake]:
    given = {"client_id": ("Client id", client_id), "client_secret": ("Client secret", client_secret)}
    return [Mistake(name, label, "is missing") for name, (label, text) in given.items() if not text]


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
