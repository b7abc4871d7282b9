"""The entities state applier: Ocean's, with a tally of what Port accepted."""

from functools import cached_property
from typing import override

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event
from port_ocean.context.resource import resource
from port_ocean.core.handlers import BaseEntitiesStateApplier
from port_ocean.core.models import Entity

from mapping import key_of
from ocean_adapter.bulk_write import BulkWriter
from ocean_adapter.deletion import CautiousDeletion
from ocean_adapter.relation_order import dependency_levels
from ocean_adapter.resync_scope import open_scope_or_none, reading_start
from ocean_adapter.write_response import WriteResult, entity_key, is_search
from ocean_adapter.write_tally import current_write_tally, write_tally


class CustomStateApplier(CautiousDeletion):
    """Writes entities as Ocean does, and records the result in the current entry's tally."""

    @override
    async def upsert(self, entities: list[Entity], user_agent_type: UserAgentType) -> list[Entity]:
        """Return the entities that count as written. The tally has the exact result."""
        written, kept = await self.load(entities, user_agent_type)
        return kept + written

    async def load(
        self, entities: list[Entity], user_agent_type: UserAgentType
    ) -> tuple[list[Entity], list[Entity]]:
        """Write entities. Return those that Port accepted, and those that were not sent.

        A resync does not overwrite what a live event has fetched since the resync began to read the kind, and
        does not write what relates to an entity that was deleted since.
        """
        read_since = reading_start()
        if read_since is None:
            return await self._write(entities, user_agent_type), []
        by_key = {entity_key(entity.blueprint, entity.identifier): entity for entity in entities}
        async with self.live_writes.exclusive(by_key.keys()):
            newer = {key for key in by_key if self.live_writes.is_newer(key, read_since)}
            newer |= await self.live_deletions.outdated(by_key, read_since, self.context.port_client)
            if not newer:
                return await self._write(entities, user_agent_type), []
            logger.info("{} entities are not overwritten: live events brought a newer state", len(newer))
            if tally := current_write_tally():
                tally.written += len(newer)
            older = [each for each in entities if entity_key(each.blueprint, each.identifier) not in newer]
            kept = [by_key[key] for key in newer]
            return (await self._write(older, user_agent_type) if older else []), kept

    async def _write(self, entities: list[Entity], user_agent_type: UserAgentType) -> list[Entity]:
        logger.info("Upserting {} entities", len(entities))
        options = event.port_app_config.get_port_request_options()
        result = await self._writer.write(entities, options, user_agent_type)
        _keep_found(result)
        written, refused = [], []
        for entity in entities:
            key = entity_key(entity.blueprint, entity.identifier)
            if result.has_accepted(key):
                written.append(entity)
            elif key not in result.unmatched:
                refused.append(entity)
        if event.entity_topological_sorter.should_execute():
            for entity in refused:
                event.entity_topological_sorter.register_entity(entity)
        # A full resync retries refused entities itself at its end.
        keep_refused = event.event_type == EventType.INCREMENTAL_RESYNC
        if tally := current_write_tally():
            tally.count(entities, result, keep_refused=keep_refused)
        return written

    @cached_property
    def _writer(self) -> BulkWriter:
        return BulkWriter(self.context.port_client)


def _keep_found(result: WriteResult) -> None:
    """Note the entities that searches identified. Only Port's response tells which ones they are.

    They would be deleted as stale, if Port does not date the write because it changed nothing. A search that
    Port refused may stand for any entity of the blueprint.
    """
    scope = open_scope_or_none()
    if scope is None:
        return
    scope.ledger.note_targets(
        key_of(blueprint, identifier) for (blueprint, _), identifier in result.found.items()
    )
    scope.unidentified |= {key[0] for key in result.reasons.keys() - result.unmatched if is_search(key)}


async def resend_refused(applier: BaseEntitiesStateApplier) -> None:
    """Send the current entry's refused entities once more, targets of relations first."""
    refused = write_tally(event.attributes, resource.index).take_refused()
    if refused:
        logger.info("Port refused {} entities. Sending them again", len(refused))
    for level in dependency_levels(refused):
        await applier.upsert(level, UserAgentType.exporter)
