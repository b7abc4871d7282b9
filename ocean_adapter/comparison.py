"""How Ocean asks Port which entities of a batch have changed: its own questions, those of a batch at once."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from itertools import batched
from typing import override

from port_ocean.clients.port.types import UserAgentType
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.integrations.mixins import SyncRawMixin
from port_ocean.core.models import Entity
from port_ocean.core.utils.utils import resolve_entities_diff

# Ocean asks about none of so few.
_TOO_FEW_TO_ASK_ABOUT = 10
# As many as Ocean itself puts into one question; more of them change nothing.
_ENTITIES_A_QUESTION = 50
# An item may become many entities, and Ocean's requests that wait a minute for one of its connections fail.
_QUESTIONS_AT_ONCE = 20


class ConcurrentComparison(SyncRawMixin):
    """Ocean asks one question after the other, so that each batch waits for Port ten times. It names but one
    blueprint in each, that of the first entity, and so writes those of the others anew with each resync.

    Should Ocean rename what is overridden here, it asks as slowly as before, and nothing else changes.
    """

    @override
    async def _map_entities_compared_with_port(
        self, entities: list[Entity], resource: ResourceConfig, user_agent_type: UserAgentType
    ) -> list[Entity]:
        if len(entities) <= _TOO_FEW_TO_ASK_ABOUT:
            return entities
        async with aclosing(self._known(entities, resource, user_agent_type)) as known:
            return await resolve_entities_diff(entities, known)

    async def _known(
        self, entities: list[Entity], resource: ResourceConfig, user_agent_type: UserAgentType
    ) -> AsyncGenerator[list[Entity], None]:
        """What Port has of them. Nothing is asked before the first answer is asked for: Ocean knows entities
        that it does not ask about.
        """
        places = asyncio.Semaphore(_QUESTIONS_AT_ONCE)

        async def asked(some: list[Entity]) -> list[Entity]:
            async with places:
                return await self._fetch_entities_batch_from_port(some, resource, user_agent_type)

        asking = [asyncio.create_task(asked(some)) for some in _questions(entities)]
        try:
            for answer in asking:
                yield await answer
        finally:
            for answer in asking:
                answer.cancel()
            await asyncio.gather(*asking, return_exceptions=True)


def _questions(entities: Iterable[Entity]) -> Iterator[list[Entity]]:
    """Those of one blueprint, as Ocean's query names but one."""
    by_blueprint: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        by_blueprint[entity.blueprint].append(entity)
    for own in by_blueprint.values():
        yield from map(list, batched(own, _ENTITIES_A_QUESTION))
