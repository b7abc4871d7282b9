"""The `event` command: shows what the integration would do with one delivery of a webhook."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from builder.cli.inputs import Inputs
from builder.cli.output import console, entities_table
from builder.events import ChangeReport, EventReport, EventTrial, KindReport
from builder.events.signing import signed_delivery
from builder.pasted_delivery import delivery_of, parse_delivery
from builder.port_rules import problems
from configuration.webhook_settings import WebhookSettings
from live_events.delivery import Delivery
from rest.errors import Mistake, SettingsError, SyncError
from rest.texts import Pairs

_NO_WEBHOOK = Mistake(
    "webhookVerify",
    "is not set, so the integration receives no events",
    "Set it with webhookSecret. docs/live-events.md lists the presets",
)


async def run_event(inputs: Inputs, delivery: Delivery, *, sign: bool, as_json: bool) -> int:
    """Print what would happen with a delivery. Returns the exit code: 1 if it would be lost.

    sign: sign it with the secret of the settings first.
    """
    webhook = _webhook_of(inputs)
    now = datetime.now(UTC)
    if sign:
        delivery = signed_delivery(delivery, webhook, now)
    entries = inputs.entries(await inputs.mapping())
    report = await EventTrial(inputs.settings, entries, webhook).report(delivery, now)
    if as_json:
        click.echo(json.dumps(report.document, indent=2, ensure_ascii=False))
    else:
        _print_report(report)
    return 1 if report.has_failed else 0


def delivery_in(file: Path, headers: Sequence[str], query: Sequence[str], method: str) -> Delivery:
    """Return the delivery of a file: the body alone, or a recorded delivery if no headers are given.

    Raises SyncError: the file cannot be read. Raises click.BadParameter: a header or parameter is malformed.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SyncError(f"{file} cannot be read: {error.strerror}", hint="Check the path") from error
    if not headers:
        recorded = parse_delivery(content.decode("utf-8-sig", "replace"))
        if recorded.body.strip() != content.strip():
            return recorded
    return delivery_of(content, _pairs(headers, ":"), _pairs(query, "="), method)


def _webhook_of(inputs: Inputs) -> WebhookSettings:
    webhook = inputs.settings.webhook
    if webhook is None:
        raise SettingsError([_NO_WEBHOOK])
    return webhook


def _pairs(texts: Sequence[str], separator: str) -> Pairs:
    pairs = [text.partition(separator) for text in texts]
    wrong = next((name for name, found, _ in pairs if not (found and name.strip())), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} has no {separator!r} between name and value")
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _print_report(report: EventReport) -> None:
    verification = report.verification
    click.secho(f"Delivery {verification.line}", fg=None if verification.is_good else "red")
    if verification.hint:
        click.echo(f"  {verification.hint}")
    if report.challenge is not None:
        click.echo(f"Answer: status 200, {report.challenge or 'without a body'}")
    for kind in report.kinds:
        _print_kind(kind)
    if report.kinds and not any(each.is_matched for each in report.kinds):
        click.secho("No kind matches, so the event is ignored", fg="red")


def _print_kind(kind: KindReport) -> None:
    if kind.is_matched:
        click.secho(f"{kind.kind}: matches, {len(kind.changes)} changed", bold=True)
    else:
        click.echo(f"{kind.kind}: does not match, {kind.why_not}")
    for error in kind.errors:
        click.secho(f"  {error}", fg="red")
    for change in kind.changes:
        _print_change(change)


def _print_change(change: ChangeReport) -> None:
    click.echo(f"  values: {json.dumps(dict(change.values), ensure_ascii=False)}")
    for line in change.requests:
        click.echo(f"  request: {line}")
    if change.error:
        click.secho(f"  {change.error}", fg="red")
    for entity in change.deleted:
        click.echo(f"  deleted: {entity.get('blueprint')} {entity.get('identifier')}")
    if change.entities:
        console().print(entities_table("  written:", change.entities, list(problems(change.entities, None))))
    for note in change.notes:
        click.secho(f"  {note}", fg="yellow")
