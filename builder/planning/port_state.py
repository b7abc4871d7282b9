"""The blueprints and entities in Port that a sync would meet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from builder.existing import blueprint_difference
from builder.json_values import as_object
from builder.planning.api_entities import Write
from builder.planning.field_changes import is_search
from builder.planning.kind_plan import Name, Target
from builder.port_account import PortAccount, integration_datasource
from mapping import Entity
from rest.bodies import Json

# Identifiers in one query.
_QUERY_SIZE = 100


@dataclass(slots=True)
class PortState:
    """What is in Port before the sync.

    blueprints: by identifier. own: the entities that the integration has written. others: further entities
    that it would write. targets: the further entities that its entities relate to. new: the blueprints that
    Port does not have yet.
    """

    blueprints: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    own: dict[Name, Entity] = field(default_factory=dict)
    others: dict[Name, Entity] = field(default_factory=dict)
    targets: set[Name] = field(default_factory=set)
    new: frozenset[str] = frozenset()

    def entity(self, name: Name) -> Entity | None:
        """Return an entity that the sync would change, None if Port does not have it."""
        return self.own.get(name) or self.others.get(name)

    def has(self, name: Name) -> bool:
        """Return whether Port has an entity."""
        return name in self.own or name in self.others or name in self.targets

    def relations_of(self, entity: Entity) -> Iterator[tuple[str, Name]]:
        """Yield each relation of an entity with its target. A search names no target."""
        relations = as_object(self.blueprints.get(str(entity.get("blueprint")), {}).get("relations"))
        for relation, value in as_object(entity.get("relations")).items():
            target = as_object(relations.get(relation)).get("target")
            for identifier in value if isinstance(value, list) else [value]:
                if isinstance(target, str) and isinstance(identifier, str):
                    yield relation, (target, identifier)

    def blueprints_related_to(self, targets: Iterable[str]) -> list[str]:
        """Return the blueprints with a relation to one of these, directly or through others."""
        reached = set(targets)
        related: list[str] = []
        while True:
            found = [
                name
                for name, blueprint in self.blueprints.items()
                if name not in related
                and any(each.get("target") in reached for each in _relations(blueprint))
            ]
            if not found:
                return related
            related += found
            reached.update(found)


async def read_port_state(account: PortAccount, target: Target, writes: Iterable[Write]) -> PortState:
    """Read what the writes would meet. Raises PortError."""
    in_port = {str(each["identifier"]): each for each in await account.blueprints()}
    added = {
        identifier: blueprint_difference(each, in_port.get(identifier)).merged
        for each in target.blueprints
        for identifier in [str(each["identifier"])]
    }
    state = PortState({**in_port, **added}, new=frozenset(added) - in_port.keys())
    for blueprint in in_port:
        rules = integration_datasource(target.integration, target.integration_type)
        async for entity in account.entities(blueprint, rules):
            state.own[blueprint, str(entity["identifier"])] = entity
    wanted = [write for write in writes if isinstance(write.entity.get("identifier"), str)]
    names = (write.name for write in wanted if write.name not in state.own)
    state.others = await _entities(account, state, names)
    targets = (
        name for write in wanted for _, name in state.relations_of(write.entity) if not state.has(name)
    )
    state.targets = set(await _entities(account, state, targets))
    return state


def identifies_by_search(entity: Entity) -> bool:
    """Return whether Port searches for the entity to write."""
    return is_search(entity.get("identifier"))


def relates_by_search(entity: Entity) -> bool:
    """Return whether Port searches for the target of a relation."""
    return any(map(is_search, as_object(entity.get("relations")).values()))


async def _entities(account: PortAccount, state: PortState, names: Iterable[Name]) -> dict[Name, Entity]:
    """Return those of the named entities that are in Port."""
    by_blueprint: dict[str, dict[str, None]] = defaultdict(dict)
    for blueprint, identifier in names:
        if blueprint in state.blueprints and blueprint not in state.new:
            by_blueprint[blueprint][identifier] = None
    found: dict[Name, Entity] = {}
    for blueprint, identifiers in by_blueprint.items():
        for some in batched(identifiers, _QUERY_SIZE):
            rules: list[dict[str, Json]] = [
                {"property": "$identifier", "operator": "in", "value": list[Json](some)}
            ]
            async for entity in account.entities(blueprint, rules):
                found[blueprint, str(entity["identifier"])] = entity
    return found


def _relations(blueprint: Mapping[str, Any]) -> Iterator[dict[str, Json]]:
    return map(as_object, as_object(blueprint.get("relations")).values())
