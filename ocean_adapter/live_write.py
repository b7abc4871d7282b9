"""The write of what live events changed, through Ocean's own code for live events."""

from collections.abc import AsyncIterator, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast, override

import httpx
from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event, event_context
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource_context
from port_ocean.core.handlers.port_app_config.models import PortAppConfig
from port_ocean.core.handlers.webhook.webhook_event import WebhookEventRawResults
from port_ocean.core.integrations.mixins.live_events import LiveEventsMixin
from port_ocean.core.models import Entity

from mapping import EntryEnd, withheld
from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.deletion import withhold_from_deletion
from ocean_adapter.live_entities import ChangedItems, LiveEntities, key_of
from ocean_adapter.live_recent import RecentUpserts
from ocean_adapter.mapping_check import entity_tally
from ocean_adapter.write_response import EntityKey
from ocean_adapter.write_tally import check_writes, write_tally
from rest.doubts import DoubtName
from rest.errors import Place, SyncError, WriteError
from rest.page import Item


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What was not written, by the index of the change.

    outdated: the changes whose state has to be requested again, because an entity that they relate to was
    deleted after they were requested.
    has_deleted: whether entities were deleted. has_kept: whether Port refused to delete one, such as one that
    others relate to. left: the number of deletions that only a resync can carry out safely.
    """

    errors: Mapping[int, SyncError] = field(default_factory=dict)
    outdated: Collection[int] = ()
    has_deleted: bool = False
    has_kept: bool = False
    left: int = 0


class LiveWrite(LiveEventsMixin):
    """Writes what changed in the items of one mapping entry.

    Ocean decides on DSP mode, sends raw data to the lakehouse and checks who owns an entity before it is
    deleted. The mapping and the writes are those of a resync.

    fetched_at: when the first of the items was requested. accept: the doubts that are warnings.
    is_ordered: several changes may be of the same item, so that the last one counts.
    recent: what was written before. None: nothing.
    is_repeatable: the state of the items can be requested again.
    """

    def __init__(
        self,
        config: PortAppConfig,
        index: int,
        fetched_at: datetime,
        *,
        accept: Collection[DoubtName] = (),
        is_ordered: bool = False,
        recent: RecentUpserts | None = None,
        is_repeatable: bool = True,
    ) -> None:
        super().__init__()
        self._config = config
        self._index = index
        self._entry = config.resources[index]
        self._fetched_at = fetched_at
        self._accept = accept
        self._is_ordered = is_ordered
        self._recent = recent or RecentUpserts()
        self._changes: Sequence[ChangedItems] = ()
        self._is_repeatable = is_repeatable
        self._withheld = withheld(
            EntryEnd(each.port.entity.mappings.blueprint, enable_delete=each.enable_delete)
            for each in config.resources
        )
        self._entities = LiveEntities(config, index)
        self._mapping_errors: list[SyncError] = []
        self._not_deleted: list[Entity] = []
        self._outdated: set[EntityKey] = set()
        self._has_deleted = False
        self._left = 0
        self._is_answered = True
        self._held = AsyncExitStack()

    async def write(self, changes: Sequence[ChangedItems]) -> WriteReport:
        """Write the entities of updated items, and delete those of items that are gone or not selected.

        Return the changes that are not in Port. All others are.
        """
        async with event_context(EventType.HTTP_REQUEST, trigger_type="machine") as live_event:
            live_event.port_app_config = self._config
            withhold_from_deletion(live_event.attributes, self._withheld)
            async with resource_context(self._entry, self._index), self._held:
                try:
                    await self._write(changes)
                except SyncError as error:
                    failed = await self._changes_of(changes, self._refused) or range(len(changes))
                    errors = dict.fromkeys(failed, error.at(Place(kind=self._entry.kind)))
                except httpx.HTTPError as error:
                    self._is_answered = False
                    place = Place(kind=self._entry.kind)
                    failure = WriteError(f"a request to Port failed: {error}", place=place)
                    return WriteReport(dict.fromkeys(range(len(changes)), failure))
                else:
                    errors = {}
                outdated = await self._changes_of(changes, self._outdated, lost=False)
                return WriteReport(errors, outdated, self._has_deleted, bool(self._not_deleted), self._left)

    async def _write(self, changes: Sequence[ChangedItems]) -> None:
        """Write all changes. Raises SyncError: something was not written, but all else was."""
        self._changes = changes
        await self.sync_raw_results([await self._raw_results(change) for change in changes])
        check_writes(event.attributes, self._index, self._entry.kind)
        if self._mapping_errors:
            raise self._mapping_errors[0]
        if self._not_deleted:
            first = self._not_deleted[0]
            raise WriteError(
                f"Port did not delete {first.blueprint} {first.identifier}",
                hint="An entity is kept while others relate to it",
            )

    async def _raw_results(self, change: ChangedItems) -> WebhookEventRawResults:
        gone = await self._entities.proven(change.gone)
        self._left += len(change.gone) - len(gone)
        results = WebhookEventRawResults(list(change.updated), gone, event.id)
        results.resource, results.resource_index = self._entry, self._index
        return results

    async def _changes_of(
        self, changes: Sequence[ChangedItems], keys: Collection[EntityKey], *, lost: bool = True
    ) -> list[int]:
        """Return the changes that have some of the entities. lost: or an item that became no entity."""
        if not keys and not lost:
            return []
        found: list[int] = []
        for index, change in enumerate(changes):
            lost_before = self._entities.lost
            entities = await self._entities.of(change.updated, [each.item for each in change.gone])
            has_lost = lost and self._entities.lost > lost_before
            if has_lost or any(key_of(entity) in keys for group in entities for entity in group):
                found.append(index)
        return found

    @property
    def _refused(self) -> set[EntityKey]:
        """The entities that Port did not write or delete."""
        not_written = write_tally(event.attributes, self._index).refused_keys
        return not_written.union(map(key_of, self._not_deleted))

    @property
    @override
    def entities_state_applier(self) -> CustomStateApplier:
        return cast("CustomStateApplier", ocean.integration.entities_state_applier)

    @override
    async def _parse_raw_event_results_to_entities(
        self, webhook_events_raw_result: list[WebhookEventRawResults]
    ) -> tuple[list[Entity], list[Entity]]:
        """Return the entities to upsert and to delete. No resync writes them until this write ends."""
        desired: dict[EntityKey, tuple[Entity, bool]] = {}
        for change, updated, gone in self._groups(webhook_events_raw_result):
            written, deleted = await self._entities.of(updated, gone)
            desired |= {key_of(entity): (entity, True) for entity in written}
            if gone and not self._is_ordered:
                deleted = [
                    entity for entity in deleted if not self._is_found_elsewhere(change, entity, desired)
                ]
            desired |= {key_of(entity): (entity, False) for entity in deleted}
        errors = entity_tally(event.attributes, self._index).errors
        self._mapping_errors = [error for error in errors if error.doubt not in self._accept]
        await self._held.enter_async_context(self._exclusively(desired.keys()))
        kept = {key: entity for key, (entity, is_kept) in desired.items() if is_kept}
        written_for = [change.key for change in self._changes if change.updated]
        self._recent.note(written_for, kept, self._fetched_at)
        deletions = self.entities_state_applier.live_deletions
        if self._is_repeatable:
            self._outdated = await deletions.outdated(kept, self._fetched_at, ocean.port_client)
        deletions.note_written(kept.keys() - self._outdated)
        deletions.note_deleted(desired.keys() - kept.keys(), datetime.now(UTC))
        return (
            [entity for key, entity in kept.items() if key not in self._outdated],
            [entity for entity, is_kept in desired.values() if not is_kept],
        )

    def _groups(
        self, results: Sequence[WebhookEventRawResults]
    ) -> Iterator[tuple[Hashable, list[Item], list[Item]]]:
        """Yield items that can be mapped together, and the key of their change, where they are of one."""
        parts = [
            (change.key, each.updated_raw_results, each.deleted_raw_results)
            for change, each in zip(self._changes, results, strict=True)
        ]
        if self._is_ordered:
            yield from parts
        else:
            yield None, [item for _, updated, _ in parts for item in updated], []
            yield from ((key, [], gone) for key, _, gone in parts if gone)

    def _is_found_elsewhere(
        self, change: Hashable, entity: Entity, desired: Mapping[EntityKey, tuple[Entity, bool]]
    ) -> bool:
        """Return whether the entity was written for another change: its item has moved to another path."""
        key = key_of(entity)
        is_written_now = key in desired and desired[key][1]
        if is_written_now or self._recent.is_of_another_change(change, key, self._fetched_at):
            logger.info("{} {} is kept: its item is at another path", entity.blueprint, entity.identifier)
            return True
        return False

    @asynccontextmanager
    async def _exclusively(self, keys: Collection[EntityKey]) -> AsyncIterator[None]:
        """Hold entities, and record them for a running resync. It may write those that Port refused."""
        record = self.entities_state_applier.live_writes
        async with record.exclusive(keys):
            record.record(keys, self._fetched_at)
            try:
                yield
            finally:
                record.forget(self._refused | self._outdated if self._is_answered else keys)

    @override
    async def _delete_entities(self, entities: list[Entity]) -> None:
        """Delete the entities that this integration owns. Ocean's own method does not report failures."""
        found = [
            entity
            for entity in entities
            if not entity.is_using_search_identifier
            and not self._withheld.holds(entity.blueprint)
            and await self._does_entity_exists(entity)
        ]
        if left := len(entities) - len(found):
            logger.info("{} entities are not deleted: they are not in Port, or enableDelete is false", left)
        self._not_deleted = await self.entities_state_applier.delete_changed(found, UserAgentType.exporter)
        self._has_deleted = len(found) > len(self._not_deleted)
