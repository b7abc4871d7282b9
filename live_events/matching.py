"""From an event to the changes that it reports: one run of jq for all kinds of the mapping."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import uuid4

from configuration.webhook import Webhook
from expressions.process import JqLimits
from expressions.program import JqProgram
from live_events.change import Change, LiveKind
from live_events.event import Event
from rest.bodies import Json
from rest.errors import ItemsError, JqError, Place, SyncError
from rest.outline import type_name
from rest.page import Item
from rest.texts import text_of

MOST_ITEMS = 1000
# The longest text of a value: longer than any identifier, and short enough for a URL.
_MOST_CHARACTERS = 2000
_MOST_SHOWN = 200
_SURROGATE = re.compile("[\ud800-\udfff]")
# An expression that never ends must not hold up the events of other kinds for long.
_LIMITS = JqLimits(timeout_s=3, max_bytes=2**30, pause_s=30)

# A failed expression is reported with the key of the webhook that has it.
_AT = "def __at($key; f): try f catch error({key: $key, why: (. | tostring)}); "


class Matcher:
    """Finds the changes that events report. kinds: the entries of the mapping that have a webhook."""

    def __init__(self, kinds: Sequence[LiveKind]) -> None:
        self.kinds = tuple(kinds)

    def changes_of(self, event: Event) -> tuple[list[Change], list[SyncError]]:
        """Return the changes that an event reports, and what failed. It waits for another process."""
        changes: list[Change] = []
        errors: list[SyncError] = []
        for kind, result in zip(self.kinds, self._results(event), strict=True):
            reading = _Reading(kind, event)
            for each in _elements(result):
                try:
                    change = reading.change(_checked(each))
                except SyncError as error:
                    errors.append(error.at(Place(kind=kind.resource.kind)))
                    continue
                if not change.is_of_other_partition:
                    changes.append(change)
        return changes, errors

    def _results(self, event: Event) -> list[Json]:
        """Return what each kind makes of an event. If their common program fails, each has its own."""
        if not self.kinds:
            return []
        value: Json = event.as_json
        try:
            found = self._common.outputs(value)[0]
            return found if isinstance(found, list) else []
        except JqError:
            readable = _without_surrogates(value)
            return [self._alone(kind, readable) for kind in self.kinds]

    @cached_property
    def _common(self) -> JqProgram:
        return _program(self.kinds)

    def _alone(self, kind: LiveKind, value: Json) -> Json:
        try:
            found = _program([kind]).outputs(value)[0]
        except JqError as error:
            return {"error": {"key": "", "why": error.what}}
        return found[0] if isinstance(found, list) else None


def changes_of(event: Event, kinds: Sequence[LiveKind]) -> tuple[list[Change], list[SyncError]]:
    """Return the changes that an event reports, and what failed. It waits for another process."""
    return Matcher(kinds).changes_of(event)


def _program(kinds: Sequence[LiveKind]) -> JqProgram:
    programs = ", ".join(_program_text(kind.webhook) for kind in kinds)
    return JqProgram(f"{_AT} . as $event | [{programs}]", _LIMITS)


def _program_text(webhook: Webhook) -> str:
    """Return jq for null, where the event is not for this kind, {error}, or the list of what changed."""
    items = webhook.items or ".body"
    # Without `items`, an event without a body is an item too: its values may be in the headers or the query.
    kept = "." if webhook.fetch and not webhook.items else "select(. != null)"
    values = ", ".join(
        f"{json.dumps(name)}: [__at({json.dumps(f'values.{name}')}; limit(2; {_text(jq)}))]"
        for name, jq in webhook.values
    )
    delete = f'($event | [__at("delete"; limit(1; {_text(webhook.delete)}))])' if webhook.delete else "[]"
    return f"""
(try (
  if __at("when"; first({_text(webhook.when or "true")}, false)) then
    [__at("items"; limit({MOST_ITEMS + 1}; {_text(items)}))]
    | if length == 1 and (.[0] | type) == "array" then .[0] else . end
    | if length > {MOST_ITEMS} then error({{key: "items", why: "more than {MOST_ITEMS} items"}}) else . end
    | [.[] | {kept} | . as $item
       | try {{item: $item, values: {{{values}}}, delete: {delete}}} catch {{error: .}}]
  else null end
) catch {{error: .}})"""


def _without_surrogates(value: Json) -> Json:
    """Return the event without halves of characters, which jq does not read. Some senders cut texts there."""
    try:
        text = json.dumps(value, ensure_ascii=False)
        return json.loads(_SURROGATE.sub("\ufffd", text)) if _SURROGATE.search(text) else value
    except RecursionError:
        return value


def _text(expression: str) -> str:
    """Return an expression of the user in parentheses. The line breaks end a comment."""
    return f"({expression}\n\n)"


def _elements(result: Json) -> list[Json]:
    """Return what changed, or the failure of the kind."""
    if isinstance(result, list):
        return result
    return [] if result is None else [result]


def _checked(element: Json) -> Mapping[str, Json]:
    """Return an element of a result. Raises ItemsError: an expression failed."""
    fields = element if isinstance(element, dict) else {}
    error = fields.get("error")
    if error is None:
        return fields
    place, why = (str(error.get("key")), error.get("why")) if isinstance(error, dict) else ("", error)
    key = f"selector.webhook.{place}" if place else "selector.webhook"
    raise ItemsError(f"{key} fails on an event: {_printable(str(why))}", hint=_hint(key))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the changes of one kind in one event."""

    kind: LiveKind
    event: Event

    def change(self, element: Mapping[str, Json]) -> Change:
        """Return a change. Raises ItemsError: a value is missing, or of a wrong type."""
        webhook, event = self.kind.webhook, self.event
        outputs = element["values"]
        values = (
            {name: self._value(name, outputs[name]) for name in outputs} if isinstance(outputs, dict) else {}
        )
        if webhook.fetch is None and not event.is_signed:
            raise ItemsError(
                "selector.webhook.fetch is missing, but the event is not signed",
                hint="Set it to the path that returns the item",
            )
        # What an event shows is only kept if its sender is known.
        item = _as_item(element["item"]) if event.is_signed else None
        is_deletion = self._is_deletion(element["delete"]) and event.is_signed
        return Change(
            self.kind,
            values,
            item,
            is_deletion,
            event.is_signed,
            event.received_at,
            "" if webhook.needed or webhook.fetch else uuid4().hex,
            0 if item is None else len(json.dumps(item)),
            member=_fingerprint(item) if is_deletion and self._fetches_a_listing else "",
        )

    @property
    def _fetches_a_listing(self) -> bool:
        """True if the values identify a listing, so that several deletions in it have the same values."""
        fetch = self.kind.webhook.fetch
        return fetch is not None and fetch.path == self.kind.resource.endpoint.path

    def _value(self, name: str, outputs: Json) -> Json:
        key = f"selector.webhook.values.{name}"
        found = outputs if isinstance(outputs, list) else []
        if len(found) > 1:
            raise ItemsError(f"{key} returns several values", hint="Select what each belongs to with items")
        value = found[0] if found else None
        partition = self.kind.resource.partition
        if name not in self.kind.webhook.needed and not (partition and name in partition.names):
            return value
        if value is None or value == "":
            raise ItemsError(f"{key} is null or empty in an event", hint=_hint(key))
        if isinstance(value, dict | list):
            raise ItemsError(
                f"{key} must return a string, number or boolean, but returned a value of type "
                f"{type_name(value)}",
                hint=_hint(key),
            )
        if len(text_of(value)) > _MOST_CHARACTERS:
            raise ItemsError(f"{key} returned more than {_MOST_CHARACTERS} characters", hint=_hint(key))
        return value

    def _is_deletion(self, outputs: Json) -> bool:
        value = outputs[0] if isinstance(outputs, list) and outputs else None
        if value is not None and not isinstance(value, bool):
            raise ItemsError(
                "selector.webhook.delete must return true or false, but returned a value of type "
                f"{type_name(value)}",
                hint='Write a condition, like .body.action == "deleted"',
            )
        return value is True


def _fingerprint(item: Item | None) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()


def _as_item(value: Json) -> Item | None:
    if value is None:
        return None
    return value if isinstance(value, dict) else {"value": value}


def _hint(key: str) -> str:
    return f"Correct {key}, or exclude such events with selector.webhook.when"


def _printable(text: str) -> str:
    """Return the beginning of a text, which may be a stranger's, on one line."""
    return "".join(each if each.isprintable() else " " for each in text[:_MOST_SHOWN])
