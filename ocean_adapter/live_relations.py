"""The entities that live events deleted, and entities whose state is older than that.

With createMissingRelatedEntities, Port creates the target of a relation if it does not exist. An item that
was requested before its parent was deleted would bring the parent back, as an empty entity.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from port_ocean.clients.port.client import PortClient
from port_ocean.core.models import Entity

from ocean_adapter.write_response import EntityKey, entity_key

_MAX_ENTRIES = 10_000


class LiveDeletions:
    """The entities that live events deleted last. max_entries: how many are remembered."""

    def __init__(self, max_entries: int = _MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        # In order of the times.
        self._deleted_at: dict[EntityKey, datetime] = {}
        self._identifiers: Counter[bytes] = Counter()

    def note_deleted(self, keys: Iterable[EntityKey], now: datetime) -> None:
        """Remember deleted entities."""
        for key in keys:
            self._forget(key)
            self._deleted_at[key] = now
            self._identifiers[key[1]] += 1
        while len(self._deleted_at) > self._max_entries:
            self._forget(next(iter(self._deleted_at)))

    def note_written(self, keys: Iterable[EntityKey]) -> None:
        """Forget the entities that exist again."""
        for key in keys:
            self._forget(key)

    async def outdated(
        self, entities: Mapping[EntityKey, Entity], known_since: datetime, port: PortClient
    ) -> set[EntityKey]:
        """Return the entities that relate to one that was deleted since their state was requested."""
        return {
            key for key, entity in entities.items() if await self._has_lost_target(entity, known_since, port)
        }

    async def _has_lost_target(self, entity: Entity, known_since: datetime, port: PortClient) -> bool:
        for name, identifier in _targets(entity):
            if entity_key("", identifier)[1] not in self._identifiers:
                continue
            relation = (await port.get_blueprint(entity.blueprint)).relations.get(name)
            deleted_at = relation and self._deleted_at.get(entity_key(relation.target, identifier))
            if deleted_at and deleted_at >= known_since:
                return True
        return False

    def _forget(self, key: EntityKey) -> None:
        if self._deleted_at.pop(key, None):
            self._identifiers[key[1]] -= 1
            if not self._identifiers[key[1]]:
                del self._identifiers[key[1]]


def _targets(entity: Entity) -> Iterator[tuple[str, Any]]:
    """Yield the names and identifiers of relation targets. A search names none."""
    for name, target in entity.relations.items():
        for one in target if isinstance(target, list) else [target]:
            if isinstance(one, str):
                yield name, one
