"""Try one delivery: verify it, match it, read the API and map the items."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from builder.events.checking import check_delivery
from builder.events.report import ChangeReport, EventReport, KindReport
from builder.mapping_file import Entry
from builder.recording import Exchange, Recorder
from builder.sampling import QUICK_LIMITS, quick
from client import tls_rules
from configuration.settings import Settings
from configuration.webhook_settings import WebhookSettings
from expressions.program import JqProgram
from extraction import Extractor, open_extractor
from live_events.change import Change, ChangeKey, LiveKind
from live_events.delivery import Delivery, DeliveryError
from live_events.event import Event, read_event
from live_events.fetching import Deletion, Outcome, current_state
from live_events.matching import changes_of
from live_events.verification import without_secret
from mapping import (
    Entity,
    EntityTally,
    Mapped,
    Mapper,
    WorkerLimits,
    is_plain_mapping,
    marks_for,
    named_blueprint,
    open_mapper,
    proves,
)
from rest.errors import JqError, SyncError
from rest.page import Item

_LIMITS = WorkerLimits(count=1, timeout_s=10)
_CONTRADICTS = (
    "the event and the API differ on whether the item exists, so the integration asks again after 2 seconds"
)
_NO_WEBHOOK = "its selector has no webhook"


@dataclass(frozen=True, slots=True)
class EventTrial:
    """A trial with the settings and the mapping of an integration.

    entries: of the mapping, in order. is_pasted: deliveries may be formatted differently than they were sent.
    """

    settings: Settings
    entries: Sequence[Entry] = field(repr=False)
    webhook: WebhookSettings
    is_pasted: bool = False

    async def report(self, delivery: Delivery, now: datetime) -> EventReport:
        """Return what would happen with a delivery. A challenge and a rejected delivery lead to no request.

        Raises DeliveryError: the body cannot be read.
        """
        verification, challenge = check_delivery(delivery, self.webhook, now, is_pasted=self.is_pasted)
        if challenge is not None or not verification.is_good:
            content = None if challenge is None else challenge.content.decode(errors="replace")
            return EventReport(verification, content)
        if len(delivery.body) > self.webhook.max_bytes:
            raise DeliveryError(
                413, f"the body is larger than webhookMaxBytes, {self.webhook.max_bytes}", hint="Raise it"
            )
        event = read_event(
            without_secret(delivery, self.webhook), is_signed=self.webhook.is_signed, received_at=now
        )
        return EventReport(verification, kinds=tuple(await self._kinds(event)))

    async def _kinds(self, event: Event) -> list[KindReport]:
        redact = self.settings.redactor
        settings = quick(self.settings)
        recorder = Recorder(redact, verify=tls_rules(settings))
        found: list[KindReport] = []
        async with (
            open_extractor(settings, transport=recorder, redact=redact, limits=QUICK_LIMITS) as extractor,
            open_mapper(_LIMITS) as mapper,
        ):
            for number, entry in enumerate(self.entries):
                found.append(
                    await _kind(number, entry, event, _Reading(extractor, recorder, mapper, self.entries))
                )
        return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """What reads the API and maps its items."""

    extractor: Extractor
    recorder: Recorder
    mapper: Mapper
    entries: Sequence[Entry]

    async def change(self, change: Change, entry: Entry) -> ChangeReport:
        """Return what becomes of one change."""
        sent = self.extractor.requests_sent
        try:
            outcome = await current_state(change, self.extractor)
            report = await self._mapped(outcome, change, entry)
        except SyncError as error:
            report = ChangeReport(change.values, error=error)
        exchanges = self.recorder.last if self.extractor.requests_sent > sent else ()
        content = exchanges[-1].content if exchanges else ""
        requests = tuple(map(_request_line, exchanges))
        return replace(report, values=change.values, requests=requests, content=content)

    async def _mapped(self, outcome: Outcome, change: Change, entry: Entry) -> ChangeReport:
        """Return the entities of an outcome. Those of items that the query excludes are deleted."""
        tally = EntityTally()
        mapped, items = await self._entities(outcome.updated, entry, tally)
        tally.note(mapped, items)
        notes = [*map(str, tally.errors), *([tally.warning] if tally.warning else [])]
        deleted = list(mapped.failed)
        if mapped.failed:
            notes.append(f"query excludes {len(mapped.failed)} of the items, so their entities are deleted")
        for each in outcome.deleted:
            gone, _ = await self._entities([each.item], entry, EntityTally())
            found = [*gone.passed, *gone.failed]
            if reason := await self._why_kept(each, found, change, entry):
                notes.append(f"{reason}, so the entity is left to the next resync")
            else:
                deleted += found
        if outcome.certainty > 1:
            notes.append(_CONTRADICTS)
        if deleted and not entry.enable_delete:
            notes.append("enableDelete is false, so nothing is deleted")
            deleted = []
        entities = (*mapped.passed, *mapped.incomplete)
        return ChangeReport({}, (), entities, tuple(map(_identity, deleted)), tuple(notes))

    async def _why_kept(
        self, deletion: Deletion, entities: Sequence[Entity], change: Change, entry: Entry
    ) -> str:
        """Return why the integration would keep the entities of an item that is gone, "" if it would not."""
        if not entities:
            return "the identifier cannot be computed from the event"
        if not deletion.must_contain:
            return ""
        if other := self._other_kind(entry):
            return f"it may also come from {other}"
        if not deletion.is_item_known:
            is_proven = await self._has_own_identifier(deletion, change, entry)
            return "" if is_proven else "other values could lead to the same identifier"
        has_values = all(deletion.allows(str(each.get("identifier"))) for each in entities)
        return "" if has_values else "its identifier does not contain the values of fetch"

    def _other_kind(self, entry: Entry) -> str:
        """Return another kind whose items may become entities of the same blueprint, "" if there is none."""
        own = named_blueprint(entry.mapping.fields.get("blueprint"))
        return next(
            (
                each.kind
                for each in self.entries
                if each.kind != entry.kind
                and named_blueprint(each.mapping.fields.get("blueprint")) in (own, None)
            ),
            "",
        )

    async def _has_own_identifier(self, deletion: Deletion, change: Change, entry: Entry) -> bool:
        proof = {name: change.values[name] for name in sorted(change.kind.webhook.needed)}
        if entry.items_to_parse or not is_plain_mapping(entry.mapping.fields, list(proof)):
            return False
        marks = marks_for(proof)
        marked = marks | {f"__{name}": mark for name, mark in marks.items()}
        mapped = await self.mapper.map(replace(entry.mapping, query="true"), [deletion.item, marked])
        match mapped.passed:
            case [own, other]:
                return proves(own.get("identifier"), other.get("identifier"), proof)
        return False

    async def _entities(
        self, items: Sequence[Item], entry: Entry, tally: EntityTally
    ) -> tuple[Mapped, Sequence[Item]]:
        if entry.items_to_parse:
            items = await entry.items_to_parse.elements(items, self.mapper, tally)
        return await self.mapper.map(entry.mapping, items, every=True), items


async def _kind(number: int, entry: Entry, event: Event, reading: _Reading) -> KindReport:
    webhook = entry.resource.webhook
    if webhook is None:
        return KindReport(entry.kind, _NO_WEBHOOK)
    why_not = await asyncio.to_thread(_why_not, webhook.when, event)
    if why_not:
        return KindReport(entry.kind, why_not)
    changes, errors = await asyncio.to_thread(changes_of, event, [LiveKind(number, entry.resource)])
    if not changes and not errors and await asyncio.to_thread(_is_of_other_partition, event, number, entry):
        return KindReport(entry.kind, f"its parent is not in {entry.resource.partition}")
    reports = [await reading.change(change, entry) for change in _merged(changes)]
    return KindReport(entry.kind, "", tuple(reports), tuple(errors))


def _is_of_other_partition(event: Event, number: int, entry: Entry) -> bool:
    """Return True if an installation that has all partitions would process an event."""
    if entry.resource.partition is None:
        return False
    changes, _ = changes_of(event, [LiveKind(number, replace(entry.resource, partition=None))])
    return bool(changes)


def _why_not(when: str, event: Event) -> str:
    """Return why an event is not for a kind, "" if it is."""
    if not when:
        return ""
    try:
        outputs = JqProgram(when).outputs(event.as_json)
    except JqError as error:
        return f"when fails: {error.what}"
    if outputs and outputs[0] not in (None, False):
        return ""
    return f"when returns {json.dumps(outputs[0])}" if outputs else "when returns nothing"


def _merged(changes: Sequence[Change]) -> list[Change]:
    """Return one change for each item, as the integration merges them."""
    by_key: dict[ChangeKey, Change] = {}
    for each in changes:
        earlier = by_key.get(each.key)
        by_key[each.key] = earlier.merged(each) if earlier else each
    return list(by_key.values())


def _request_line(exchange: Exchange) -> str:
    """Return a request and the status of its response. The secrets are masked already."""
    body = f" {exchange.body}" if exchange.body else ""
    result = exchange.error or f"status {exchange.status}"
    return f"{exchange.method} {exchange.url}{body}: {result}"


def _identity(entity: Entity) -> Entity:
    return {name: entity.get(name) for name in ("identifier", "blueprint")}
