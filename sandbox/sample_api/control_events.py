"""`/_control/webhook`, `changes`, `deliveries` and `storm`: change items, and send signed events about it."""

from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter, HTTPException
from pydantic import Field, field_validator

from sandbox.sample_api.change_events import MadeChange
from sandbox.sample_api.changes import Action, ChangeError
from sandbox.sample_api.control import CurrentSample, Settings, require_known
from sandbox.sample_api.deliveries import Delivery, Webhook
from sandbox.sample_api.sample import Sample
from sandbox.sample_api.sample_data import Item, Json
from sandbox.sample_api.storm import DEFAULT_COLLECTIONS, Storm, StormPlan
from sandbox.webhooks.signing import DEFAULT_SCHEME, SCHEMES
from sandbox.webhooks.targets import TargetError, check_target

router = APIRouter(prefix="/_control")


class NewWebhook(Settings):
    """A new `deliveries.Webhook`."""

    url: str
    secret: str = ""
    scheme: str = DEFAULT_SCHEME
    stale: bool = False
    max_attempts: int = Field(default=8, ge=1, le=100)
    pause_s: float = Field(default=1, ge=0, le=60)

    @field_validator("scheme")
    @classmethod
    def _is_known(cls, scheme: str) -> str:
        if scheme not in SCHEMES:
            raise ValueError(f"must be one of {', '.join(SCHEMES)}")
        return scheme


class NewChange(Settings):
    """A change to make, as `changes.make_change` explains it."""

    action: Literal["created", "updated", "deleted"]
    collection: str
    item: Item = Field(default_factory=dict)


class NewStorm(Settings):
    """A new `storm.StormPlan`."""

    events: int = Field(ge=1, le=1_000_000)
    per_second: float = Field(default=20, gt=0, le=5000)
    duplicates: float = Field(default=0, ge=0, lt=1)
    reordered: float = Field(default=0, ge=0, le=1)
    delay_s: float = Field(default=2, ge=0, le=60)
    collections: list[str] = Field(default=[*DEFAULT_COLLECTIONS], min_length=1)
    seed: int = 1


@router.get("/webhook")
async def show_webhook(sample: CurrentSample) -> dict[str, Json] | None:
    """Return the webhook without its secret, or null."""
    webhook = sample.events.outbox.webhook
    return None if webhook is None else asdict(webhook) | {"secret": "***" if webhook.secret else ""}


@router.post("/webhook")
async def set_webhook(sample: CurrentSample, new: NewWebhook) -> dict[str, Json] | None:
    """Send events to this URL from now on."""
    try:
        url = check_target(new.url, sample.webhook_hosts)
    except TargetError as error:
        raise HTTPException(422, str(error)) from error
    sample.events.outbox.use(Webhook(**new.model_dump() | {"url": url}))
    return await show_webhook(sample)


@router.delete("/webhook")
async def remove_webhook(sample: CurrentSample) -> None:
    """Send no events from now on. Waiting ones are dropped."""
    sample.events.outbox.use(None)


@router.post("/changes")
async def change(sample: CurrentSample, new: NewChange) -> dict[str, Json]:
    """Change an item and send the event. Deleting an item deletes its children, with an event for each."""
    made = apply_change(sample, new.action, new.collection, new.item)
    return {"changes": [_made(each) for each in made]}


@router.get("/deliveries")
async def list_deliveries(sample: CurrentSample) -> dict[str, Json]:
    """Return counts of all deliveries, and the latest 500, newest first."""
    outbox = sample.events.outbox
    return {
        "waiting": outbox.waiting,
        "counts": {**outbox.counts},
        "statuses": {str(status or "none"): number for status, number in outbox.statuses.items()},
        "latest": [_delivery(each) for each in reversed(outbox.latest)],
    }


@router.post("/deliveries/{delivery_id}/repeat")
async def repeat_delivery(sample: CurrentSample, delivery_id: str) -> dict[str, Json]:
    """Send an event once more, with the same id."""
    delivery = sample.events.outbox.find(delivery_id)
    if delivery is None:
        raise HTTPException(404, "No kept delivery has this id")
    again = sample.events.outbox.repeat(delivery)
    if again is None:
        raise HTTPException(409, "There is no webhook. Set one with POST /_control/webhook")
    return _delivery(again)


@router.post("/storm")
async def start_storm(sample: CurrentSample, new: NewStorm) -> dict[str, Json]:
    """Change random items at a steady rate. A running storm stops."""
    require_known(*new.collections)
    return storm_document(sample.start_storm(StormPlan(**new.model_dump())))


@router.get("/storm")
async def show_storm(sample: CurrentSample) -> dict[str, Json] | None:
    """Return the progress of the latest storm, or null."""
    return None if sample.storm is None else storm_document(sample.storm)


@router.delete("/storm")
async def stop_storm(sample: CurrentSample) -> dict[str, Json] | None:
    """Stop changing items. Events that wait are still sent."""
    sample.stop_storm()
    return await show_storm(sample)


def apply_change(sample: Sample, action: Action, collection: str, item: Item) -> list[MadeChange]:
    """Change an item and send the events. Raises HTTPException: the change is not possible."""
    try:
        return [*sample.events.make(action, collection, item)]
    except ChangeError as error:
        raise HTTPException(error.status, str(error)) from error


def storm_document(storm: Storm) -> dict[str, Json]:
    return {
        "running": storm.is_running,
        "events": storm.plan.events,
        "sent": storm.sent,
        "changes": storm.changes,
        "duplicates": storm.duplicates,
    }


def _made(made: MadeChange) -> Json:
    change = made.change
    return {
        "action": change.action,
        "collection": change.collection,
        "item": change.item,
        "delivery": made.delivery.id if made.delivery else None,
    }


def _delivery(delivery: Delivery) -> dict[str, Json]:
    return {
        "id": delivery.id,
        "event": delivery.event,
        "action": delivery.action,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "answer": delivery.answer_text,
        "made_at": delivery.made_at.isoformat(timespec="milliseconds"),
        "retry_in_s": delivery.retry_in_s,
        "ended_after_s": delivery.ended_after_s,
        "body": delivery.body.decode(),
    }
