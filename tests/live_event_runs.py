"""Apply one delivery to a mapping with the real functions: verify, match, fetch and map."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from builder.mapping_file import Entry, entries_of
from configuration.permissions import Permissions
from configuration.settings import Settings
from extraction import open_extractor
from live_events.change import LiveKind
from live_events.delivery import Delivery
from live_events.event import read_event
from live_events.fetching import current_state
from live_events.matching import Matcher
from live_events.value_evidence import ValueEvidence
from live_events.verification import verify
from mapping import EntityMapping, Mapper, WorkerLimits, open_mapper
from rest.page import Item


@dataclass
class Applied:
    """What a delivery leads to. updated, deleted: entities, by the kind of their mapping entry.

    excluded: entities of items that the query excludes. Ocean deletes them.
    """

    updated: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    excluded: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LiveRun:
    """Applies deliveries to a mapping. config: settings by their names in snake case.

    evidence: what earlier responses show about the values of events.
    """

    config: Mapping[str, Any]
    mapping: Mapping[str, Any]
    mapper: Mapper
    evidence: ValueEvidence = field(default_factory=ValueEvidence)

    @property
    def settings(self) -> Settings:
        """The validated settings."""
        return Settings.from_config(self.config, {})

    def entries(self) -> list[Entry]:
        """Return the validated entries of the mapping."""
        webhook = self.settings.webhook
        permissions = replace(Permissions(), unsigned_events=bool(webhook and not webhook.is_signed))
        return list(entries_of(self.mapping, self.settings.pagination, permissions))

    async def apply(self, delivery: Delivery, now: datetime) -> Applied:
        """Verify a delivery, and return what it leads to."""
        webhook, entries, applied = self.settings.webhook, self.entries(), Applied()
        assert webhook is not None
        verify(delivery, webhook, now)
        event = read_event(delivery, is_signed=webhook.is_signed, received_at=now)
        kinds = [
            LiveKind(index, each.resource) for index, each in enumerate(entries) if each.resource.webhook
        ]
        changes, errors = await asyncio.to_thread(Matcher(kinds).changes_of, event)
        assert errors == []
        async with open_extractor(self.settings) as extractor:
            for change in changes:
                outcome = await current_state(change, extractor, self.evidence)
                kind, mapping = change.kind.resource.kind, entries[change.kind.index].mapping
                updated, excluded = await self.entities(mapping, outcome.updated)
                applied.updated += [(kind, entity) for entity in updated]
                applied.excluded += [(kind, entity["identifier"]) for entity in excluded]
                gone = [each.item for each in outcome.deleted]
                deleted, _ = await self.entities(EntityMapping(mapping.fields, "true"), gone)
                for deletion, entity in zip(outcome.deleted, deleted, strict=True):
                    assert deletion.allows(entity["identifier"])
                    applied.deleted.append((kind, entity["identifier"]))
        return applied

    async def entities(
        self, mapping: EntityMapping, items: Sequence[Item]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the entities of items that the query selects, and of those that it excludes."""
        mapped = await self.mapper.map(mapping, items, every=True)
        return [dict(each) for each in mapped.passed], [dict(each) for each in mapped.failed]


@asynccontextmanager
async def open_run(
    config: Mapping[str, Any], mapping: Mapping[str, Any], evidence: ValueEvidence | None = None
) -> AsyncIterator[LiveRun]:
    """Open a run. Its processes for jq end with the block."""
    async with open_mapper(WorkerLimits()) as mapper:
        yield LiveRun(config, mapping, mapper, evidence or ValueEvidence())
