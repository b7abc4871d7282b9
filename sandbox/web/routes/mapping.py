"""The mapping editor. It shows the mapping as YAML and saves it through Port's API."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from sandbox.port_api.errors import PortError
from sandbox.port_api.http_messages import Name
from sandbox.port_api.json_codec import Json
from sandbox.web.mapping_checks import mapping_mistakes
from sandbox.web.mapping_yaml import MappingTextError, ReadMapping, read_mapping, write_mapping
from sandbox.web.site import Site, form_of, site_of
from sandbox.web.urls import mapping_path

router = APIRouter()

# The types of integrations for any API.
_CUSTOM = ("custom", "generic-http")
_PLACE = re.compile(r"body/config/(\S+) ")
_CHANGED = (
    "The mapping was changed by someone else while you edited it. "
    "Save again to overwrite it, or reload the page to see the other version."
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why the text was not saved. code: the API's error code, empty if the API was not called."""

    message: str
    line: int | None = None
    code: str = ""


@router.get("/integrations/{integration}/mapping")
async def show_mapping(request: Request, integration: Name, saved: str = "") -> Response:
    """Show the current mapping."""
    site = site_of(request)
    text = write_mapping(_current_mapping(site, integration))
    return _editor(site, integration, text, saved=saved)


@router.post("/integrations/{integration}/mapping")
async def save_mapping(request: Request, integration: Name) -> Response:
    """Save the mapping. If it is invalid, show the submitted text with the error."""
    site = site_of(request)
    form = await form_of(request)
    text = form.get("text", "").replace("\r\n", "\n")
    resync = "resync" in form
    previous_request = site.port.integrations.get(integration).resync_requested_at
    mistakes = await _save(site, integration, text, form.get("mark", ""), resync=resync)
    if mistakes:
        return _editor(site, integration, text, mistakes=mistakes, resync=resync)
    requested = site.port.integrations.get(integration).resync_requested_at != previous_request
    return RedirectResponse(f"{mapping_path(integration)}?saved={'resync' if requested else 'only'}", 303)


async def _save(site: Site, integration: str, text: str, mark: str, *, resync: bool) -> list[Mistake]:
    """Save the mapping. If something is wrong, return the mistakes and keep the stored mapping."""
    try:
        mapping = read_mapping(text)
    except MappingTextError as error:
        return [Mistake(error.message, error.line)]
    if mark != _version(site, integration):
        return [Mistake(_CHANGED)]
    blueprints = {blueprint.identifier for blueprint in site.port.blueprints}
    kind = site.port.integrations.get(integration).document.get("installationAppType")
    if found := mapping_mistakes(mapping.value, blueprints, is_custom=kind in _CUSTOM):
        return [Mistake(each.message, mapping.line_of("/".join(each.place)) or 1) for each in found]
    path = f"/v1/integration/{quote(integration, safe='')}/config"
    headers = {} if resync else {"x-skip-resync": "true"}
    try:
        await site.call("PATCH", path, {"config": mapping.value}, **headers)
    except PortError as error:
        return [Mistake(error.message, _line(mapping, error.message), error.code)]
    return []


def _line(mapping: ReadMapping, message: str) -> int | None:
    """Return the line that the API's message refers to, if any."""
    place = _PLACE.match(message)
    return mapping.line_of(place[1]) if place else None


def _current_mapping(site: Site, integration: str) -> Json:
    config: Json = site.port.integrations.get(integration).document.get("config")
    return config or {"resources": []}


def _version(site: Site, integration: str) -> str:
    """Return a hash of the current mapping, to detect concurrent changes."""
    return blake2s(write_mapping(_current_mapping(site, integration)).encode(), digest_size=8).hexdigest()


def _editor(
    site: Site,
    integration: str,
    text: str,
    *,
    mistakes: Sequence[Mistake] = (),
    saved: str = "",
    resync: bool = True,
) -> Response:
    return site.page(
        "mapping.html",
        422 if mistakes else 200,
        integration=integration,
        text=text,
        line_count=text.count("\n") + 1,
        mark=_version(site, integration),
        mistakes=mistakes,
        saved=saved,
        resync=resync,
    )
