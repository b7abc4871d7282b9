"""The page that sends an event to an integration, and shows its answer and what changed in the catalog."""

from hashlib import blake2s

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from sandbox.port_api.http_messages import Name
from sandbox.port_api.timestamps import iso
from sandbox.web.changed_entities import CatalogChanges, changes_since
from sandbox.web.display_values import NO_VALUE, moment
from sandbox.web.event_answers import answer_view
from sandbox.web.senders import DEFAULT_URL, Draft, EventError, Sender
from sandbox.web.site import Site, form_of, site_of
from sandbox.web.urls import event_path
from sandbox.webhooks.signing import SCHEMES

router = APIRouter()


@router.get("/integrations/{integration}/event")
async def show_event(request: Request, integration: Name) -> Response:
    """Show the form, the latest event's answer and what changed since."""
    return _page(site_of(request), integration)


@router.get("/integrations/{integration}/event/live")
async def show_changes(request: Request, integration: Name, seen: str = "") -> Response:
    """Return what changed since the event, or 204 if that is what `seen` stands for."""
    site = site_of(request)
    changes = _changes(site, site.senders.of(site.port.integrations.get(integration).identifier))
    current = _hash(changes)
    if current == seen:
        return Response(status_code=204)
    return site.page("event_changes.html", integration=integration, changes=changes, seen=current)


@router.post("/integrations/{integration}/event")
async def send_event(request: Request, integration: Name) -> Response:
    """Sign and send the event of the form, or send the latest one again."""
    site = site_of(request)
    form = await form_of(request)
    site.port.integrations.get(integration)
    sender = site.senders.of(integration)
    try:
        if "repeat" in form:
            await site.senders.repeat(sender, site.port.now())
        else:
            sender.draft = _draft(form, sender.draft)
            await site.senders.send(sender, site.port.now())
    except EventError as error:
        return _page(site, integration, str(error))
    return RedirectResponse(event_path(integration), 303)


def _draft(form: dict[str, str], old: Draft) -> Draft:
    """Return the event of a form. An empty secret means the remembered one."""
    scheme = form.get("scheme", "")
    return Draft(
        form.get("url", "").strip(),
        scheme if scheme in SCHEMES else old.scheme,
        form.get("headers", "").replace("\r\n", "\n"),
        form.get("payload", "").replace("\r\n", "\n"),
        form.get("secret", "").strip() or old.secret,
    )


def _page(site: Site, integration: str, mistake: str = "") -> Response:
    found = site.port.integrations.get(integration)
    sender = site.senders.of(integration)
    changes = _changes(site, sender)
    return site.page(
        "event.html",
        422 if mistake else 200,
        integration=found.identifier,
        draft=sender.draft,
        has_secret=bool(sender.draft.secret),
        schemes={name: scheme.label for name, scheme in SCHEMES.items()},
        default_url=DEFAULT_URL,
        mistake=mistake,
        sent=moment(iso(sender.sent.moment)) if sender.sent else NO_VALUE,
        answer=answer_view(sender.sent.answer) if sender.sent else None,
        changes=changes,
        seen=_hash(changes),
    )


def _changes(site: Site, sender: Sender) -> CatalogChanges:
    return changes_since(site.port, sender.sent.moment) if sender.sent else CatalogChanges()


def _hash(changes: CatalogChanges) -> str:
    return blake2s(repr(changes).encode(errors="replace"), digest_size=8).hexdigest()
