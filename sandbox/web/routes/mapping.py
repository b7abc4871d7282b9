"""An integration's mapping: shown as YAML, saved through Port's own call."""

import re
from dataclasses import dataclass
from hashlib import blake2s
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from sandbox.port_api.errors import PortError
from sandbox.port_api.exchange import Name
from sandbox.port_api.jsontext import Json
from sandbox.web.addresses import mapping_path
from sandbox.web.mapping_text import MappingTextError, ReadMapping, read_mapping, write_mapping
from sandbox.web.site import Site, form_of, site_of

router = APIRouter()

_PLACE = re.compile(r"body/config/(\S+) ")
_CHANGED = (
    "The mapping was changed by someone else while you edited it. "
    "Save again to put yours in its place, or reload the page to see the other."
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why the text was not saved; code: the API's own word for it, empty when the API was not asked."""

    message: str
    line: int | None = None
    code: str = ""


@router.get("/integrations/{integration}/mapping")
async def show_mapping(request: Request, integration: Name, saved: str = "") -> Response:
    """The mapping as it stands."""
    site = site_of(request)
    text = write_mapping(_stored(site, integration))
    return _editor(site, integration, text, saved=saved)


@router.post("/integrations/{integration}/mapping")
async def save_mapping(request: Request, integration: Name) -> Response:
    """Saves it; or the same page again, with the text as it was sent and what is wrong with it."""
    site = site_of(request)
    form = await form_of(request)
    text = form.get("text", "").replace("\r\n", "\n")
    resync = "resync" in form
    asked = site.port.integrations.get(integration).resync_requested_at
    mistake = await _save(site, integration, text, form.get("mark", ""), resync=resync)
    if mistake is not None:
        return _editor(site, integration, text, mistake=mistake, resync=resync)
    moved = site.port.integrations.get(integration).resync_requested_at != asked
    return RedirectResponse(f"{mapping_path(integration)}?saved={'resync' if moved else 'only'}", 303)


async def _save(site: Site, integration: str, text: str, mark: str, *, resync: bool) -> Mistake | None:
    try:
        mapping = read_mapping(text)
    except MappingTextError as error:
        return Mistake(error.message, error.line)
    if mark != _mark(site, integration):
        return Mistake(_CHANGED)
    path = f"/v1/integration/{quote(integration, safe='')}/config"
    headers = {} if resync else {"x-skip-resync": "true"}
    try:
        await site.call("PATCH", path, {"config": mapping.value}, **headers)
    except PortError as error:
        return Mistake(error.message, _line(mapping, error.message), error.code)
    return None


def _line(mapping: ReadMapping, message: str) -> int | None:
    """Where in the text the API's message points to."""
    place = _PLACE.match(message)
    return mapping.line_of(place[1]) if place else None


def _stored(site: Site, integration: str) -> Json:
    config: Json = site.port.integrations.get(integration).document.get("config")
    return config or {"resources": []}


def _mark(site: Site, integration: str) -> str:
    """Of the mapping as it stands, so that a change by someone else is noticed."""
    return blake2s(write_mapping(_stored(site, integration)).encode(), digest_size=8).hexdigest()


def _editor(
    site: Site,
    integration: str,
    text: str,
    *,
    mistake: Mistake | None = None,
    saved: str = "",
    resync: bool = True,
) -> Response:
    return site.page(
        "mapping.html",
        422 if mistake else 200,
        integration=integration,
        text=text,
        line_count=text.count("\n") + 1,
        mark=_mark(site, integration),
        mistake=mistake,
        saved=saved,
        resync=resync,
    )
