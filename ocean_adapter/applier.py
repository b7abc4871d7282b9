"""The entities state applier: Ocean's, with a tally of what Port accepted."""

from collections.abc import Iterable
from typing import override

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event
from port_ocean.context.resource import resource
from port_ocean.core.handlers import BaseEntitiesStateApplier
from port_ocean.core.models import Entity

from ocean_adapter.deletion import CautiousDeletion
from ocean_adapter.relation_order import dependency_levels
from ocean_adapter.write_tally import current_write_tally, watch_writes, write_tally


class CustomStateApplier(CautiousDeletion):
    """Writes entities as Ocean does, and records the result in the current entry's tally."""

    @override
    async def upsert(self, entities: list[Entity], user_agent_type: UserAgentType) -> list[Entity]:
        """Return the entities that Ocean considers written. The tally has the exact result."""
        watch_writes(self.context.port_client.client)
        failed = event.entity_topological_sorter.entities
        failed_before = len(failed)
        written = await super().upsert(entities, user_agent_type)
        failed[failed_before:] = _with_all_fields(failed[failed_before:], entities)
        # A full resync retries refused entities itself at its end.
        keep_refused = event.event_type == EventType.INCREMENTAL_RESYNC
        if tally := current_write_tally():
            tally.count(entities, keep_refused=keep_refused)
        return written


def _with_all_fields(reduced: Iterable[Entity], entities: Iterable[Entity]) -> list[Entity]:
    """Return the complete entities. Ocean keeps refused entities without properties and title."""
    complete = {(entity.blueprint, str(entity.identifier)): entity for entity in entities}
    return [complete.get((entity.blueprint, str(entity.identifier)), entity) for entity in reduced]


async def resend_refused(applier: BaseEntitiesStateApplier) -> None:
    """Send the current entry's refused entities once more, targets of relations first."""
    refused = write_tally(event.attributes, resource.index).take_refused()
    if refused:
        logger.info("Port refused {} entities. Sending them again", len(refused))
    for level in dependency_levels(refused):
        await applier.upsert(level, UserAgentType.exporter)
