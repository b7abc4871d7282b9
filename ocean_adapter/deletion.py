"""The deletion of stale entities, except those of withheld blueprints. Every deletion is logged."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched, chain
from typing import Any, override

import httpx
from loguru import logger
from port_ocean.clients.port.mixins.entities import ENTITIES_BULK_DELETE_MAX_BATCH_SIZE
from port_ocean.clients.port.types import RequestOptions, UserAgentType
from port_ocean.context.event import event
from port_ocean.context.ocean import PortOceanContext, ocean
from port_ocean.core.handlers import HttpEntitiesStateApplier
from port_ocean.core.models import Entity
from port_ocean.helpers.metric.metric import MetricPhase
from port_ocean.helpers.metric.utils import TimeMetric

from mapping import Withheld, named_blueprint
from ocean_adapter.live_relations import LiveDeletions
from ocean_adapter.live_writes import LiveWrites

_ATTRIBUTE = "ocean_custom_withheld"
_MAX_SHOWN = 10
_MAX_CONCURRENT_DELETES = 20
# The second round deletes the entities whose dependents were deleted in the first.
_ROUNDS = 2


def withhold_from_deletion(attributes: dict[str, Any], blueprints: Withheld) -> None:
    """Keep all entities of these blueprints in the current resync."""
    attributes[_ATTRIBUTE] = blueprints


class CautiousDeletion(HttpEntitiesStateApplier):
    """The deletion of stale entities, and of those that live events delete.

    live_writes: the entities that live events change while a resync runs.
    live_deletions: the entities that live events deleted.
    """

    def __init__(self, context: PortOceanContext) -> None:
        super().__init__(context)
        self.live_writes = LiveWrites()
        self.live_deletions = LiveDeletions()

    @override
    async def delete(self, entities: list[Entity], user_agent_type: UserAgentType) -> None:
        await self.delete_stale(_identifiers_by_blueprint(entities), user_agent_type)

    @TimeMetric(MetricPhase.DELETE)  # type: ignore[untyped-decorator]
    async def delete_stale(
        self, groups: dict[str, list[str]], user_agent_type: UserAgentType, *, keeps_dependents: bool = False
    ) -> None:
        """Delete entities by blueprint. Those that others relate to are kept, or deleted with the others.

        keeps_dependents: as if deleteDependentEntities were false. So it is while anything is withheld.
        """
        for blueprint, identifiers in groups.items():
            logger.info("Deleting {}", _summary(blueprint, identifiers))
        options = event.port_app_config.get_port_request_options()
        if keeps_dependents or current_withheld() or not options["delete_dependent_entities"]:
            await self._delete_without_dependents(groups, user_agent_type)
            return
        delete = self.context.port_client.bulk_delete_entities
        for blueprint, identifiers in groups.items():
            for some in batched(identifiers, _MAX_CONCURRENT_DELETES * ENTITIES_BULK_DELETE_MAX_BATCH_SIZE):
                await delete(blueprint, list(some), options, user_agent_type, should_raise=False)

    async def delete_changed(self, entities: list[Entity], user_agent_type: UserAgentType) -> list[Entity]:
        """Delete the entities of a live event. Return those that Port did not delete.

        With createMissingRelatedEntities, an entity is kept while others relate to it, as in a resync.
        Raises httpx.HTTPError: Port is unreachable.
        """
        for blueprint, identifiers in _identifiers_by_blueprint(entities).items():
            logger.info("Deleting {}", _summary(blueprint, identifiers))
        options = event.port_app_config.get_port_request_options()
        if current_withheld() or event.port_app_config.create_missing_related_entities:
            options |= {"delete_dependent_entities": False}
        remaining = entities
        for _ in range(_ROUNDS):
            remaining = [
                entity for entity in remaining if not await self._is_deleted(entity, options, user_agent_type)
            ]
        return remaining

    async def _is_deleted(
        self, entity: Entity, options: RequestOptions, user_agent_type: UserAgentType
    ) -> bool:
        """Delete an entity. Return False if Port refuses it. Ocean logs the reason."""
        delete = self.context.port_client.bulk_delete_entities
        try:
            return bool(await delete(entity.blueprint, [entity.identifier], options, user_agent_type))
        except httpx.HTTPStatusError:
            return False

    async def _delete_without_dependents(
        self, groups: dict[str, list[str]], user_agent_type: UserAgentType
    ) -> None:
        """Delete entities but not their dependents, which may be withheld.

        Port then refuses to delete an entity that others relate to.
        """
        remaining = dict(groups)
        for _ in range(_ROUNDS):
            remaining = {
                blueprint: refused
                for blueprint, identifiers in remaining.items()
                if (refused := await self._delete_each(blueprint, identifiers, user_agent_type))
            }
        for blueprint, identifiers in remaining.items():
            logger.warning("Kept {}: other entities relate to them", _summary(blueprint, identifiers))

    async def _delete_each(
        self, blueprint: str, identifiers: Sequence[str], user_agent_type: UserAgentType
    ) -> list[str]:
        """Delete entities of a blueprint. Return what Port did not delete."""
        slots = asyncio.Semaphore(_MAX_CONCURRENT_DELETES)
        options = event.port_app_config.get_port_request_options() | {"delete_dependent_entities": False}

        async def refused(some: Sequence[str]) -> list[str]:
            """Delete a bulk. Port refuses it as a whole, so its halves follow. They do not if Port fails."""
            try:
                async with slots:
                    deleted = set(
                        await self.context.port_client.bulk_delete_entities(
                            blueprint, list(some), options, user_agent_type
                        )
                    )
            except httpx.HTTPStatusError as error:
                if error.response.is_server_error or len(some) == 1:
                    return list(some)
            except httpx.HTTPError:
                return list(some)
            else:
                return [each for each in some if each not in deleted]
            middle = len(some) // 2
            return [*await refused(some[:middle]), *await refused(some[middle:])]

        size = max(1, min(ocean.config.delete_entities_max_batch_size, ENTITIES_BULK_DELETE_MAX_BATCH_SIZE))
        rest = await asyncio.gather(*map(refused, batched(identifiers, size)))
        return list(chain.from_iterable(rest))


def current_withheld() -> Withheld:
    """Return the blueprints whose entities are kept in the current resync."""
    withheld: Withheld = event.attributes.get(_ATTRIBUTE, Withheld())
    return withheld


def _identifiers_by_blueprint(entities: Iterable[Entity]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for entity in entities:
        groups[entity.blueprint].append(entity.identifier)
    return groups


def _summary(blueprint: str, identifiers: Sequence[str]) -> str:
    """Return text like `12 entities of blueprint task (from /tasks): a, b and 10 more`."""
    kinds = [
        config.kind
        for config in event.port_app_config.resources
        if named_blueprint(config.port.entity.mappings.blueprint) in (blueprint, None)
    ]
    source = f" (from {', '.join(dict.fromkeys(kinds))})" if kinds else ""
    more = len(identifiers) - _MAX_SHOWN
    names = ", ".join(identifiers[:_MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")
    noun = "entity" if len(identifiers) == 1 else "entities"
    return f"{len(identifiers)} {noun} of blueprint {blueprint}{source}: {names}"
