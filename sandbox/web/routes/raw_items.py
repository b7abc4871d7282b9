"""The page of raw items, which integrations send for Port's data source processor."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.http_messages import Name
from sandbox.port_api.timestamps import iso
from sandbox.web.display_values import moment
from sandbox.web.site import site_of

router = APIRouter()

_MAX_ITEMS = 5


@router.get("/integrations/{integration}/raw")
async def show_raw(request: Request, integration: Name) -> Response:
    """Show the first items of each kind of the latest resync."""
    site = site_of(request)
    found = site.port.integrations.get(integration)
    kinds = [
        (raw, moment(iso(raw.received_at)), site.queries.raw_items(integration, raw, _MAX_ITEMS))
        for raw in site.queries.raw_kinds(integration)
    ]
    return site.page("raw_items.html", integration=found.identifier, kinds=kinds)
