"""Live events of an endpoint: a proposal from a pasted payload, and what the integration would do with it."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from builder.entered_settings import settings_of
from builder.events import EventReport, EventTrial, Verification
from builder.inference.webhooks import (
    FoundVerification,
    Payload,
    find_item_path,
    find_verification,
    propose_webhooks,
)
from builder.install.mapping import entry_of_source
from builder.mapping_file import entry_of
from builder.pasted_delivery import parse_delivery
from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.nesting import sampled_source
from builder.web.choose.parsing import parse_endpoint
from builder.web.connect.parsing import parse_connection, request_issues
from builder.web.page.issues import Issue, NotReadyError
from builder.web.page.text_formats import format_json
from builder.web.page.workspace import Workspace
from configuration.permissions import Permissions
from configuration.webhook_presets import HINT, PRESETS
from configuration.webhook_settings import WebhookSettings
from live_events.delivery import Delivery
from live_events.event import read_event
from rest.bodies import parse_json
from rest.errors import SyncError

# Without settings, a payload is tried as if it were signed. It has no signature, so none is verified.
_NOT_CHECKED = Verification(
    "not signed", "no signature is checked until step 1 has the secret of webhooks and their verification"
)
_ANY_SIGNED = WebhookSettings("/webhook", PRESETS["token"])


@dataclass(frozen=True, slots=True)
class ProposedVerification:
    """How the sender signs. text: the value for the input."""

    text: str
    why: str
    doubt: str


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A proposal as the page shows it. other: the endpoint that the payload is about instead."""

    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    refusal: str = ""
    other: EndpointForm | None = None
    verification: ProposedVerification | None = None


async def with_proposed_webhook(
    workspace: Workspace, form: EndpointForm, payload: str
) -> tuple[EndpointForm, ShownProposal]:
    """Return the endpoint with the block that a payload shows, and what to say about it.

    Raises NotReadyError: the payload cannot be read.
    """
    delivery = _delivery(payload)
    event = _as_payload(delivery)
    samples = {each.number: sampled_source(each) for each in (*workspace.sampled, form)}
    proposals = await asyncio.to_thread(
        propose_webhooks,
        event,
        list(samples.values()),
        str(parse_connection(workspace.connection).config.get("baseUrl", "")),
        workspace.imported.detail_paths if workspace.imported else (),
        is_signed=workspace.connection.texts.get("webhookVerify", "").strip() != HINT,
    )
    own = next(each for each in proposals if each.source is samples[form.number])
    if own.block is not None:
        form = replace(form, webhook=format_json(dict(own.block)))
    best = proposals[0]
    other = next((number for number, each in samples.items() if each is best.source), None)
    is_other = best.block is not None and own.block is None and other is not None
    return form, ShownProposal(
        own.reasons,
        own.doubts,
        own.refusal,
        workspace.numbered(other) if is_other and other is not None else None,
        _verification(workspace, delivery),
    )


async def webhook_report(workspace: Workspace, form: EndpointForm, payload: str) -> EventReport:
    """Return what the integration would do with a payload, for this endpoint.

    Raises NotReadyError: inputs are wrong or missing. Raises SyncError: the payload cannot be read.
    """
    delivery = _delivery(payload)
    connection = parse_connection(workspace.connection)
    parsed = parse_endpoint(form, workspace.connection)
    if issues := [*request_issues(connection), *parsed.errors, *parsed.missing]:
        raise NotReadyError(issues)
    if parsed.source is None or not form.webhook.strip():
        raise NotReadyError([Issue("webhook", "Live events", "Enter the block, or propose one")])
    config = dict(connection.config)
    if "webhookSecret" not in config and config.get("webhookVerify") != HINT:
        config.pop("webhookVerify", None)
    settings = settings_of(config)
    webhook = settings.webhook or _ANY_SIGNED
    permissions = Permissions(settings.allow_writes, unsigned_events=not webhook.is_signed)
    entry = await asyncio.to_thread(
        entry_of, entry_of_source(parsed.source), settings.pagination, permissions
    )
    report = await EventTrial(settings, [entry], webhook, is_pasted=True).report(delivery, datetime.now(UTC))
    return report if settings.webhook else replace(report, verification=_NOT_CHECKED)


def advice_on(report: EventReport, form: EndpointForm) -> list[str]:
    """Return where the item is in the response, for each change of which no entity could be made."""
    found: list[str] = []
    for change in (change for kind in report.kinds for change in kind.changes):
        if change.has_entity or not change.content:
            continue
        try:
            path = find_item_path(sampled_source(form), parse_json(change.content))
        except ValueError:
            continue
        if path:
            found.append(f"The response has the item at {path}. Set data_path to {path}")
    return list(dict.fromkeys(found))


def _delivery(payload: str) -> Delivery:
    try:
        return parse_delivery(payload)
    except SyncError as error:
        raise NotReadyError([Issue.of("payload", "Payload", error)]) from error


def _as_payload(delivery: Delivery) -> Payload:
    try:
        event = read_event(delivery, is_signed=True, received_at=datetime.now(UTC))
    except SyncError as error:
        raise NotReadyError([Issue.of("payload", "Payload", error)]) from error
    return Payload(event.headers, event.query, event.body)


def _verification(workspace: Workspace, delivery: Delivery) -> ProposedVerification | None:
    """Return how the sender signs, None if the settings say it already."""
    if workspace.connection.texts.get("webhookVerify", "").strip():
        return None
    found: FoundVerification | None = find_verification(delivery)
    if found is None:
        return None
    text = found.verify if isinstance(found.verify, str) else json.dumps(found.verify)
    return ProposedVerification(text, found.why, found.doubt)
