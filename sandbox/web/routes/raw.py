"""Raw items, which come instead of entities where Port's own processor makes these."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.exchange import Name
from sandbox.port_api.times import iso
from sandbox.web.site import site_of
from sandbox.web.values import moment

router = APIRouter()

_MOST_ITEMS = 5


@router.get("/integrations/{integration}/raw")
async def show_raw(request: Request, integration: Name) -> Response:
    """Each kind of the newest resync, with its first items."""
    site = site_of(request)
    found = site.port.integrations.get(integration)
    kinds = [
        (raw, moment(iso(raw.received_at)), site.queries.raw_items(integration, raw, _MOST_ITEMS))
        for raw in site.queries.raw_kinds(integration)
    ]
    return site.page("raw.html", integration=found.identifier, kinds=kinds)
