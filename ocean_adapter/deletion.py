"""What a resync deletes: no more than Ocean would, nothing of a withheld blueprint, and all of it logged."""

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
_SHOWN = 10
_AT_ONCE = 20


def withhold(attributes: dict[str, Any], blueprints: Withheld) -> None:
    """Nothing of these is deleted in this resync."""
    attributes[_ATTRIBUTE] = blueprints


class CautiousDeletion(HttpEntitiesStateApplier):
    """Ocean's way of deleting, without the entities of withheld blueprints."""

    @override
    async def delete_diff(
        self,
        entities: EntityDiff,
        user_agent_type: UserAgentType,
        entity_deletion_threshold: float | None = None,
    ) -> None:
        held = _withheld()
        kept = [entity for entity in entities["before"] if held.holds(entity.blueprint)]
        # Counted as seen, and not taken out of `before`: Ocean's threshold is a share of all of these.
        diff: EntityDiff = {"before": entities["before"], "after": [*entities["after"], *kept]}
        await super().delete_diff(diff, user_agent_type, entity_deletion_threshold)

    @override
    async def delete(self, entities: list[Entity], user_agent_type: UserAgentType) -> None:
        groups = _by_blueprint(entities)
        for blueprint, identifiers in groups.items():
            logger.info("Deleting {}", _shown(blueprint, identifiers))
        if not _withheld():
            await super().delete(entities, user_agent_type)
            return
        await self._delete_without_dependents(groups, user_agent_type)

    async def _delete_without_dependents(
        self, groups: dict[str, list[str]], user_agent_type: UserAgentType
    ) -> None:
        """Port deletes with an entity those that relate to it, which may be withheld: so it is told not to.

        It then refuses to delete an entity that others relate to. A second round finds those whose
        dependents went in the first.
        """
        left = dict(groups)
        for _ in range(2):
            left = {
                blueprint: refused
                for blueprint, identifiers in left.items()
                if (refused := await self._refused(blueprint, identifiers, user_agent_type))
            }
        for blueprint, identifiers in left.items():
            logger.warning("Kept {}, as other entities relate to them", _shown(blueprint, identifiers))

    async def _refused(
        self, blueprint: str, identifiers: Sequence[str], user_agent_type: UserAgentType
    ) -> list[str]:
        """Deletes one by one: Port refuses a bulk as a whole. Gives what was not deleted."""
        options = event.port_app_config.get_port_request_options() | {"delete_dependent_entities": False}
        delete = self.context.port_client.bulk_delete_entities
        deleted: set[str] = set()
        for some in batched(identifiers, _AT_ONCE):
            answers = await asyncio.gather(
                *(delete(blueprint, [each], options, user_agent_type, should_raise=False) for each in some)
            )
            deleted.update(chain.from_iterable(answers))
        return [identifier for identifier in identifiers if identifier not in deleted]


def _withheld() -> Withheld:
    held: Withheld = event.attributes.get(_ATTRIBUTE, Withheld())
    return held


def _by_blueprint(entities: Iterable[Entity]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for entity in entities:
        groups[entity.blueprint].append(entity.identifier)
    return groups


def _shown(blueprint: str, identifiers: Sequence[str]) -> str:
    """12 entities of blueprint task (from /tasks): a, b and 10 more."""
    kinds = [
        config.kind
        for config in event.port_app_config.resources
        if named_blueprint(config.port.entity.mappings.blueprint) in (blueprint, None)
    ]
    source = f" (from {', '.join(dict.fromkeys(kinds))})" if kinds else ""
    more = len(identifiers) - _SHOWN
    names = ", ".join(identifiers[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    noun = "entity" if len(identifiers) == 1 else "entities"
    return f"{len(identifiers)} {noun} of blueprint {blueprint}{source}: {names}"
