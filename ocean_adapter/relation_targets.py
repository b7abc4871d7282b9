"""Which entities the relations of an entity lead to, by the blueprints in Port."""

from collections.abc import Iterator, Mapping

import httpx
from loguru import logger
from port_ocean.clients.port.client import PortClient
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.models import Entity

from mapping import key_of, named_blueprint


class RelationTargets:
    """The blueprints that relations lead to. Port is asked once in a resync about each blueprint."""

    def __init__(self) -> None:
        self._known: dict[str, Mapping[str, str] | None] = {}

    async def of(self, client: PortClient, blueprint: str) -> Mapping[str, str] | None:
        """Return the blueprint that each relation of a blueprint leads to. None: Port does not say."""
        if blueprint not in self._known:
            self._known[blueprint] = await _targets(client, blueprint)
        return self._known[blueprint]

    async def may_lead_to_itself(self, client: PortClient, entry: ResourceConfig) -> bool:
        """Return whether entities of a mapping entry may relate to each other."""
        mappings = entry.port.entity.mappings
        if not mappings.relations:
            return False
        blueprint = named_blueprint(mappings.blueprint)
        targets = await self.of(client, blueprint) if blueprint else None
        return targets is None or blueprint in {targets.get(name) for name in mappings.relations}


async def _targets(client: PortClient, blueprint: str) -> Mapping[str, str] | None:
    try:
        found = await client.get_blueprint(blueprint)
    except httpx.HTTPError as error:
        logger.warning("The relations of blueprint {} are unknown ({})", blueprint, type(error).__name__)
        return None
    return {name: relation.target for name, relation in found.relations.items()}


def target_keys(entity: Entity, targets: Mapping[str, str]) -> Iterator[bytes]:
    """Yield the keys of the entities that an entity relates to. A search names none."""
    for name, related in entity.relations.items():
        for one in related if isinstance(related, list) else [related]:
            if isinstance(one, str) and name in targets:
                yield key_of(targets[name], one)
