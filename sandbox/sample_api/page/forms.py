"""What the forms of the control page do."""

import json
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import ImmutableMultiDict

from sandbox.sample_api.changes import ChangeError
from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.deliveries import Webhook
from sandbox.sample_api.page.views import Place, ids_of_key
from sandbox.sample_api.sample import Sample
from sandbox.sample_api.sample_data import Item
from sandbox.sample_api.storm import StormPlan
from sandbox.webhooks.signing import SCHEMES
from sandbox.webhooks.targets import TargetError, check_target

type Fields = ImmutableMultiDict[str, Any]
"""The fields of a form, or the parameters of a query."""
type Action = Callable[[Sample, Fields], None]


class MistakeError(ValueError):
    """A form cannot be carried out. The message says what to change."""


def place_of(fields: Fields) -> Place:
    """Return the place that a form or a query names. Unknown values mean the default."""
    collection = _text(fields, "collection")
    number = _text(fields, "number")
    return Place(
        collection if collection in COLLECTIONS else Place.collection,
        _text(fields, "search"),
        max(1, int(number)) if number.isascii() and number.isdecimal() and len(number) < 9 else 1,
        _text(fields, "edited"),
    )


def _set_webhook(sample: Sample, form: Fields) -> None:
    """Set or remove the webhook. An empty secret keeps the present one."""
    present = sample.events.outbox.webhook
    if "stop" in form:
        sample.events.outbox.use(None)
        return
    try:
        url = check_target(_text(form, "url"), sample.webhook_hosts)
    except TargetError as error:
        raise MistakeError(str(error)) from error
    scheme = _text(form, "scheme")
    if scheme not in SCHEMES:
        raise MistakeError("choose how events are signed")
    secret = _text(form, "secret") or (present.secret if present else "")
    if not secret and scheme != "none":
        raise MistakeError("enter the secret, or choose unsigned")
    sample.events.outbox.use(Webhook(url, secret, scheme, stale="stale" in form))


def _change(sample: Sample, form: Fields) -> None:
    try:
        _make_change(sample, form)
    except ChangeError as error:
        raise MistakeError(str(error)) from error


def _make_change(sample: Sample, form: Fields) -> None:
    """Create, update or delete an item. Its fields are a title, or JSON. Raises ChangeError."""
    name = place_of(form).collection
    collection = COLLECTIONS[name]
    title: Item = {collection.title_field: _text(form, "title")}
    match _text(form, "action"):
        case "created":
            parents: Item = {key: _text(form, key) for key in collection.parents}
            sample.events.make("created", name, parents | title)
        case "renamed":
            sample.events.make("updated", name, title | _ids(name, form))
        case "edited":
            sample.events.make("updated", name, _fields(_text(form, "fields")) | _ids(name, form))
        case "deleted":
            sample.events.make("deleted", name, _ids(name, form))
        case _:
            raise MistakeError("choose what to do with the item")


def _start_storm(sample: Sample, form: Fields) -> None:
    if "stop" in form:
        sample.stop_storm()
        return
    plan = StormPlan(
        events=round(_number(form, "events", 1, 1_000_000)),
        per_second=_number(form, "per_second", 0.1, 5000),
        duplicates=_number(form, "duplicates", 0, 99) / 100,
        reordered=_number(form, "reordered", 0, 100) / 100,
    )
    sample.start_storm(plan)


def _repeat(sample: Sample, form: Fields) -> None:
    delivery = sample.events.outbox.find(_text(form, "delivery"))
    if delivery is None or sample.events.outbox.repeat(delivery) is None:
        raise MistakeError("this event cannot be sent again: it is too old, or there is no webhook")


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {"webhook": _set_webhook, "change": _change, "storm": _start_storm, "repeat": _repeat}
)


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(fields: Fields, name: str, least: float, most: float) -> float:
    text = _text(fields, name)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise MistakeError(f"{name} must be a number from {least:g} to {most:g}, not {text!r:.40}")
    return number


def _ids(name: str, form: Fields) -> Item:
    try:
        return ids_of_key(name, _text(form, "key"))
    except ValueError as error:
        raise MistakeError(f"the form has no item: {error}") from error


def _fields(text: str) -> Item:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MistakeError(f"the item is not valid JSON: {error}") from error
    if not isinstance(fields, dict):
        raise MistakeError("the item must be a JSON object")
    return fields
