"""The comparison of a batch with the entities in Port. Ocean's queries run concurrently."""

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

# Ocean writes batches of this size or less without a comparison.
_MAX_UNCOMPARED = 10
# Ocean's own query size. Larger queries are not faster.
_ENTITIES_PER_QUERY = 50
# An item can become many entities. Ocean's requests fail when they wait a minute for a connection.
_MAX_CONCURRENT_QUERIES = 20


class ConcurrentEntityDiff(SyncRawMixin):
    """Ocean's entity diff with concurrent queries, each for one blueprint.

    Ocean itself runs the queries of a batch one after another. Each names only the first entity's blueprint,
    so entities of other blueprints are written again with every resync.

    If Ocean renames the overridden method, the comparison is as slow as before and nothing else changes.
    """

    @override
    async def _map_entities_compared_with_port(
        self, entities: list[Entity], resource: ResourceConfig, user_agent_type: UserAgentType
    ) -> list[Entity]:
        if len(entities) <= _MAX_UNCOMPARED:
            return entities
        async with aclosing(self._entities_in_port(entities, resource, user_agent_type)) as existing:
            return await resolve_entities_diff(entities, existing)

    async def _entities_in_port(
        self, entities: list[Entity], resource: ResourceConfig, user_agent_type: UserAgentType
    ) -> AsyncGenerator[list[Entity], None]:
        """Yield the entities that Port has.

        No query starts before the first result is requested: Ocean skips the comparison of some batches.
        """
        slots = asyncio.Semaphore(_MAX_CONCURRENT_QUERIES)

        async def query(some: list[Entity]) -> list[Entity]:
            async with slots:
                return await self._fetch_entities_batch_from_port(some, resource, user_agent_type)

        queries = [asyncio.create_task(query(some)) for some in _query_batches(entities)]
        try:
            for each in queries:
                yield await each
        finally:
            for each in queries:
                each.cancel()
            await asyncio.gather(*queries, return_exceptions=True)


def _query_batches(entities: Iterable[Entity]) -> Iterator[list[Entity]]:
    """Yield batches of one blueprint each: Ocean's query can name only one."""
    by_blueprint: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        by_blueprint[entity.blueprint].append(entity)
    for group in by_blueprint.values():
        yield from map(list, batched(group, _ENTITIES_PER_QUERY))
