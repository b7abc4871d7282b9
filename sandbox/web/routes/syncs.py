"""The Syncs page: the live state of each integration and kind, and a button for resyncs."""

from hashlib import blake2s
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from sandbox.port_api.http_messages import Name
from sandbox.web.site import form_of, site_of
from sandbox.web.sync_views import SyncView, latest_syncs
from sandbox.web.urls import ROOT

router = APIRouter()


@router.get("/syncs")
async def show_syncs(request: Request) -> Response:
    """Show the latest resync of all integrations."""
    site = site_of(request)
    syncs = latest_syncs(site.port, site.queries)
    address = f"{request.url.scheme}://{request.headers['host']}"
    return site.page("syncs.html", syncs=syncs, seen=_hash(syncs), address=address)


@router.get("/syncs/live")
async def show_changes(request: Request, seen: str = "") -> Response:
    """Return the page's content, or 204 if it has not changed since `seen`."""
    site = site_of(request)
    syncs = latest_syncs(site.port, site.queries)
    current = _hash(syncs)
    return (
        Response(status_code=204)
        if current == seen
        else site.page("syncs_live.html", syncs=syncs, seen=current)
    )


@router.post("/integrations/{integration}/resync")
async def request_resync(request: Request, integration: Name) -> Response:
    """Request a resync with an empty PATCH, as Port's own page does."""
    await form_of(request)
    await site_of(request).call("PATCH", f"/v1/integration/{quote(integration, safe='')}", {})
    return RedirectResponse(f"{ROOT}/syncs", 303)


def _hash(syncs: list[SyncView]) -> str:
    return blake2s(repr(syncs).encode(), digest_size=8).hexdigest()
