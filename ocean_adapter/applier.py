"""Ocean's way of writing entities, with a count of what Port takes."""

from collections.abc import Iterable
from typing import override

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event
from port_ocean.context.resource import resource
from port_ocean.core.handlers import BaseEntitiesStateApplier
from port_ocean.core.models import Entity

from ocean_adapter.deletion import CautiousDeletion
from ocean_adapter.ordering import in_levels
from ocean_adapter.written import current_tally, listen, written_of


class CustomStateApplier(CautiousDeletion):
    """Writes as Ocean does, and notes the outcome in the tally of the entry that is being read."""

    @override
    async def upsert(self, entities: list[Entity], user_agent_type: UserAgentType) -> list[Entity]:
        """The entities that Ocean takes for written. The tally knows better."""
        listen(self.context.port_client.client)
        waiting = event.entity_topological_sorter.entities
        known = len(waiting)
        written = await super().upsert(entities, user_agent_type)
        waiting[known:] = _whole(waiting[known:], entities)
        # A full resync sends what was refused again by itself, at its end.
        keep = event.event_type == EventType.INCREMENTAL_RESYNC
        if tally := current_tally():
            tally.note(entities, keep=keep)
        return written


def _whole(reduced: Iterable[Entity], entities: Iterable[Entity]) -> list[Entity]:
    """Ocean keeps what Port refused for a second try, but without properties and title: these are whole."""
    whole = {(entity.blueprint, str(entity.identifier)): entity for entity in entities}
    return [whole.get((entity.blueprint, str(entity.identifier)), entity) for entity in reduced]


async def write_again(applier: BaseEntitiesStateApplier) -> None:
    """Sends what Port refused of the current entry once more, in the order of relations."""
    waiting = written_of(event.attributes, resource.index).take_waiting()
    if waiting:
        logger.info("Port refused {} entities, which are sent again", len(waiting))
    for level in in_levels(waiting):
        await applier.upsert(level, UserAgentType.exporter)
