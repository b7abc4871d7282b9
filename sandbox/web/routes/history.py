"""The history of an integration's resyncs: a list and one page for each resync."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sandbox.port_api.http_messages import Name
from sandbox.web.history import past_sync
from sandbox.web.site import site_of
from sandbox.web.sync_views import messages_of

router = APIRouter()


@router.get("/integrations/{integration}/history")
async def show_history(request: Request, integration: Name) -> Response:
    """Show the kept resyncs, newest first."""
    site = site_of(request)
    found = site.port.integrations.get(integration)
    errors = site.port.reports.error_counts(found.identifier)
    records = site.port.resyncs.history(found.identifier)
    syncs = [past_sync(site.port, record, errors.get(record.event, 0)) for record in records]
    return site.page("history.html", integration=integration, syncs=syncs)


@router.get("/integrations/{integration}/history/{number}")
async def show_resync(request: Request, integration: Name, number: int) -> Response:
    """Show the kinds and messages of one resync."""
    site = site_of(request)
    record = site.port.resyncs.find(site.port.integrations.get(integration).identifier, number)
    if record is None:
        raise HTTPException(404)
    messages = messages_of(site.port, record.integration, record.event)
    errors = sum(message.level == "error" for message in messages)
    return site.page(
        "past_sync.html",
        integration=integration,
        sync=past_sync(site.port, record, errors),
        found_messages=messages,
    )
