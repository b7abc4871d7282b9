"""The routes of an endpoint's live events."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.form import read_number
from builder.web.choose.webhook import advice_on, webhook_report, with_proposed_webhook
from builder.web.page.cancellation import cancel_on_disconnect
from builder.web.page.issues import NotReadyError
from builder.web.page.session import CurrentSession, PostedData, Session
from rest.errors import SyncError

router = APIRouter()


@router.post("/webhook")
async def save_webhook(session: CurrentSession, data: PostedData) -> Response:
    """Save the block. The payload is not stored: it may have secrets."""
    await _saved(session, data)
    return await session.live()


@router.post("/webhook/propose")
async def propose(request: Request, session: CurrentSession, data: PostedData) -> Response:
    """Fill in the block from a payload, and say why."""
    form = await _saved(session, data)
    work = with_proposed_webhook(session.workspace, form, data.get("payload", ""))
    try:
        proposed, shown = await cancel_on_disconnect(request, work)
    except NotReadyError as error:
        return await session.part("webhook_found.html", error.issues)
    if current := session.workspace.latest(form):
        await session.save_endpoint(replace(current, webhook=proposed.webhook))
    return await session.part("webhook_found.html", webhook_proposal=shown)


@router.post("/webhook/preview")
async def preview(request: Request, session: CurrentSession, data: PostedData) -> Response:
    """Show the request and the entity that a payload leads to. Nothing is written to Port."""
    form = await _saved(session, data)
    work = webhook_report(session.workspace, form, data.get("payload", ""))
    try:
        report = await cancel_on_disconnect(request, work)
    except NotReadyError as error:
        message = f"{error.issues[0].label}: {error.issues[0].message}"
        return await session.part(
            "webhook_preview.html", error.issues, message=message, advice=error.issues[0].advice
        )
    except SyncError as error:
        return await session.part("webhook_preview.html", message=error.summary, advice=error.advice)
    return await session.part(
        "webhook_preview.html", message="", report=report, advice=advice_on(report, form)
    )


async def _saved(session: Session, data: PostedData) -> EndpointForm:
    form = session.workspace.numbered(read_number(data))
    form = replace(form, webhook=data.get("webhook", form.webhook))
    await session.save_endpoint(form)
    return form
