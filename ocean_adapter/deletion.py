"""The deletion of stale entities, except those of withheld blueprints. Every deletion is logged."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched, chain
from typing import Any, override

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import event
from port_ocean.core.handlers import HttpEntitiesStateApplier
from port_ocean.core.models import Entity
from port_ocean.core.ocean_types import EntityDiff

from mapping import Withheld, named_blueprint

_ATTRIBUTE = "ocean_custom_withheld"
_MAX_SHOWN = 10
_MAX_CONCURRENT_DELETES = 20
# The second round deletes the entities whose dependents were deleted in the first.
_ROUNDS = 2


def withhold_from_deletion(attributes: dict[str, Any], blueprints: Withheld) -> None:
    """Keep all entities of these blueprints in the current resync."""
    attributes[_ATTRIBUTE] = blueprints


class CautiousDeletion(HttpEntitiesStateApplier):
    """Ocean's deletion, except for the entities of withheld blueprints."""

    @override
    async def delete_diff(
        self,
        entities: EntityDiff,
        user_agent_type: UserAgentType,
        entity_deletion_threshold: float | None = None,
    ) -> None:
        withheld = _withheld()
        kept = [entity for entity in entities["before"] if withheld.holds(entity.blueprint)]
        # Kept entities count as seen. They stay in `before`: Ocean's threshold is a share of all entities.
        diff: EntityDiff = {"before": entities["before"], "after": [*entities["after"], *kept]}
        await super().delete_diff(diff, user_agent_type, entity_deletion_threshold)

    @override
    async def delete(self, entities: list[Entity], user_agent_type: UserAgentType) -> None:
        groups = _identifiers_by_blueprint(entities)
        for blueprint, identifiers in groups.items():
            logger.info("Deleting {}", _summary(blueprint, identifiers))
        if not _withheld():
            await super().delete(entities, user_agent_type)
            return
        await self._delete_without_dependents(groups, user_agent_type)

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
        """Delete one by one, as Port refuses a bulk as a whole. Return what was not deleted."""
        options = event.port_app_config.get_port_request_options() | {"delete_dependent_entities": False}
        delete = self.context.port_client.bulk_delete_entities
        deleted: set[str] = set()
        for some in batched(identifiers, _MAX_CONCURRENT_DELETES):
            results = await asyncio.gather(
                *(delete(blueprint, [each], options, user_agent_type, should_raise=False) for each in some)
            )
            deleted.update(chain.from_iterable(results))
        return [identifier for identifier in identifiers if identifier not in deleted]


def _withheld() -> Withheld:
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
