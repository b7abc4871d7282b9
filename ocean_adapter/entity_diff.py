"""The comparison of a batch with the entities in Port. Ocean's queries run concurrently."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from itertools import batched

from port_ocean.clients.port.types import UserAgentType
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.integrations.mixins import SyncRawMixin
from port_ocean.core.models import Entity
from port_ocean.core.utils.utils import resolve_entities_diff

# Ocean's own query size. Larger queries are not faster.
_ENTITIES_PER_QUERY = 50
# An item can become many entities. Ocean's requests fail when they wait a minute for a connection.
_MAX_CONCURRENT_QUERIES = 20


class ConcurrentEntityDiff(SyncRawMixin):
    """Ocean's entity diff with concurrent queries, each for one blueprint.

    Ocean itself runs the queries of a batch one after another. Each names only the first entity's blueprint,
    so entities of other blueprints are written again with every resync. Batches of up to ten entities are
    always written.
    """

    async def changed_in_port(
        self, entities: list[Entity], resource: ResourceConfig, user_agent_type: UserAgentType
    ) -> list[Entity]:
        """Return the entities that Port has in another state or lacks, and those found by a search.

        Raises httpx.HTTPError: Port does not answer.
        """
        plain = [entity for entity in entities if not _is_by_search(entity)]
        async with aclosing(self._entities_in_port(plain, resource, user_agent_type)) as existing:
            changed = set(map(id, await resolve_entities_diff(plain, existing)))
        return [entity for entity in entities if id(entity) in changed or _is_by_search(entity)]

    async def _entities_in_port(
        self, entities: list[Entity], resource: ResourceConfig, user_agent_type: UserAgentType
    ) -> AsyncGenerator[list[Entity], None]:
        """Yield the entities that Port has."""
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


def _is_by_search(entity: Entity) -> bool:
    return entity.is_using_search_identifier or entity.is_using_search_relation


def _query_batches(entities: Iterable[Entity]) -> Iterator[list[Entity]]:
    """Yield batches of one blueprint each: Ocean's query can name only one."""
    by_blueprint: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        by_blueprint[entity.blueprint].append(entity)
    for group in by_blueprint.values():
        yield from map(list, batched(group, _ENTITIES_PER_QUERY))
