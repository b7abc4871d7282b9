"""The syncs of all integrations: each kind's state, live, and the button for a resync."""

from hashlib import blake2s
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from sandbox.port_api.exchange import Name
from sandbox.web.addresses import ROOT
from sandbox.web.site import form_of, site_of
from sandbox.web.sync import SyncView, sync_views

router = APIRouter()


@router.get("/syncs")
async def show_syncs(request: Request) -> Response:
    """All integrations."""
    site = site_of(request)
    syncs = sync_views(site.port, site.queries)
    address = f"{request.url.scheme}://{request.headers['host']}"
    return site.page("syncs.html", syncs=syncs, seen=_mark(syncs), address=address)


@router.get("/syncs/live")
async def show_changes(request: Request, seen: str = "") -> Response:
    """The same without the page around it; 204 when it is as the page has seen it."""
    site = site_of(request)
    syncs = sync_views(site.port, site.queries)
    mark = _mark(syncs)
    return Response(status_code=204) if mark == seen else site.page("syncs_live.html", syncs=syncs, seen=mark)


@router.post("/integrations/{integration}/resync")
async def ask_for_resync(request: Request, integration: Name) -> Response:
    """As Port's page does it: a change of nothing."""
    await form_of(request)
    await site_of(request).call("PATCH", f"/v1/integration/{quote(integration, safe='')}", {})
    return RedirectResponse(f"{ROOT}/syncs", 303)


def _mark(syncs: list[SyncView]) -> str:
    return blake2s(repr(syncs).encode(), digest_size=8).hexdigest()
