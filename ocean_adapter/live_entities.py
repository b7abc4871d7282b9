"""The entities that the mapping makes of items that live events changed."""

from collections.abc import AsyncIterator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource_context
from port_ocean.core.handlers.port_app_config.models import PortAppConfig, ResourceConfig
from port_ocean.core.integrations.mixins.utils import handle_items_to_parse
from port_ocean.core.models import Entity

from mapping import is_plain_mapping, marks_for, named_blueprint, proves
from ocean_adapter.mapping_check import entity_tally
from ocean_adapter.write_response import EntityKey, entity_key
from rest.bodies import Json
from rest.page import Item

# Deleted items have a tally of their own: at this index less that of their entry.
_GONE = -2
# What `.id | tostring` makes of a response without an id.
_NO_IDENTIFIER = "null"


@dataclass(frozen=True, slots=True)
class GoneItem:
    """An item that the API no longer has.

    proof: the values by which the API confirmed this, where only they are known. The entity is then deleted
    only if no other values have the same identifier. None: the event itself shows the item.
    must_contain: the values by which the API confirmed this, where the event does not say it. The entity is
    deleted only if its identifier has them all.
    """

    item: Item
    proof: Mapping[str, Json] | None = None
    must_contain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedItems:
    """The items of one change. key: equal for changes of the same item."""

    updated: Sequence[Item] = ()
    gone: Sequence[GoneItem] = ()
    key: Hashable = None


class LiveEntities:
    """Maps items by the mapping entry at an index. It needs Ocean's context of an event."""

    def __init__(self, config: PortAppConfig, index: int) -> None:
        self._config = config
        self._index = index
        self._entry = config.resources[index]

    @property
    def lost(self) -> int:
        """The number of updated items so far that became no entity although the query selects them."""
        return _lost(self._index)

    async def of(self, updated: Sequence[Item], gone: Sequence[Item]) -> tuple[list[Entity], list[Entity]]:
        """Return the entities to write, and those to delete: of items that are gone or no longer selected."""
        passed, excluded = await self._mapped(self._entry, self._index, updated)
        if excluded and self._may_come_from_other_kinds():
            excluded = []
        if excluded:
            others = await self._keys_of_other_entries(updated)
            excluded = [entity for entity in excluded if key_of(entity) not in others]
        kept = set(map(key_of, passed))
        deleted = [*await self._gone(gone), *excluded]
        return passed, [entity for entity in deleted if key_of(entity) not in kept]

    async def _gone(self, items: Sequence[Item]) -> list[Entity]:
        """Return the entities of items that are gone. The query does not count: it may no longer hold."""
        index = _GONE - self._index
        lost_before = _lost(index)
        entities, _ = await self._mapped(_without_query(self._entry), index, items)
        if lost := _lost(index) - lost_before:
            logger.warning(
                "{}: {} deleted items became no entity. What they were before is left to the next resync",
                self._entry.kind,
                lost,
            )
        return entities

    async def proven(self, gone: Sequence[GoneItem]) -> list[Item]:
        """Return the items that are certainly those of the entities that would be deleted."""
        return [each.item for each in gone if await self._is_proven(each)]

    async def _is_proven(self, gone: GoneItem) -> bool:
        if gone.proof is None and not gone.must_contain:
            return True
        if self._may_come_from_other_kinds():
            return False
        if gone.proof is not None:
            return await self._has_own_identifier(gone.item, gone.proof)
        entities, _ = await self._mapped(_without_query(self._entry), _GONE - self._index, [gone.item])
        if all(text in str(entity.identifier) for entity in entities for text in gone.must_contain):
            return True
        logger.warning(
            "{}: an item is gone, but its entity is left to the next resync: its identifier does not contain "
            "the values of the path, so the item may be at another path now",
            self._entry.kind,
        )
        return False

    def _may_come_from_other_kinds(self) -> bool:
        """Return whether items of other kinds may become entities of the same blueprint. Log it."""
        own = named_blueprint(self._entry.port.entity.mappings.blueprint)
        others = [
            entry.kind
            for entry in self._config.resources
            if entry.kind != self._entry.kind
            and named_blueprint(entry.port.entity.mappings.blueprint) in (own, None)
        ]
        if others:
            logger.warning(
                "{}: an item is gone or no longer selected, but its entity is left to the next resync: it "
                "may also come from {}",
                self._entry.kind,
                ", ".join(others),
            )
        return bool(others)

    async def _has_own_identifier(self, item: Item, proof: Mapping[str, Json]) -> bool:
        mappings: dict[str, Any] = self._entry.port.entity.mappings.dict(exclude_unset=True)
        if not self._entry.port.items_to_parse and is_plain_mapping(mappings, list(proof)):
            marks = marks_for(proof)
            marked = marks | {f"__{name}": mark for name, mark in marks.items()}
            entities, _ = await self._mapped(_without_query(self._entry), _GONE - self._index, [item, marked])
            match entities:
                case [entity, other] if proves(entity.identifier, other.identifier, proof):
                    return True
        logger.warning(
            "{}: an item is gone, but its entity is left to the next resync: only webhook.values are known, "
            "and other values could lead to the same port.entity.mappings.identifier",
            self._entry.kind,
        )
        return False

    async def _keys_of_other_entries(self, items: Sequence[Item]) -> set[EntityKey]:
        """Return the entities that other entries of the same kind make of items."""
        keys: set[EntityKey] = set()
        for index, entry in enumerate(self._config.resources):
            if index != self._index and entry.kind == self._entry.kind:
                passed, _ = await self._mapped(entry, index, items)
                keys.update(map(key_of, passed))
        return keys

    def _named(self, entities: Sequence[Entity]) -> list[Entity]:
        """Return the entities without those of responses that are no item of the kind."""
        named = [entity for entity in entities if entity.identifier != _NO_IDENTIFIER]
        if len(named) < len(entities):
            logger.warning(
                "{}: the response to webhook.fetch has nothing for port.entity.mappings.identifier, so "
                "nothing is written. Set webhook.data_path to where the item is",
                self._entry.kind,
            )
        return named

    async def _mapped(
        self, entry: ResourceConfig, index: int, items: Sequence[Item]
    ) -> tuple[list[Entity], list[Entity]]:
        """Return the entities of the items that the query selects, and of those that it excludes."""
        passed: list[Entity] = []
        excluded: list[Entity] = []
        async with resource_context(entry, index):
            async for batch in _expanded(entry, items):
                result = await ocean.integration.entity_processor.parse_items(entry, batch, parse_all=True)
                passed += self._named(result.entity_selector_diff.passed)
                excluded += result.entity_selector_diff.failed
        return passed, excluded


def _lost(index: int) -> int:
    tally = entity_tally(event.attributes, index)
    return tally.skipped + tally.unparsed


def key_of(entity: Entity) -> EntityKey:
    """Return the key that identifies an entity."""
    return entity_key(entity.blueprint, entity.identifier)


async def _expanded(entry: ResourceConfig, items: Sequence[Item]) -> AsyncIterator[list[Item]]:
    """Yield the items in batches, expanded by itemsToParse as in a resync."""
    port = entry.port
    if not port.items_to_parse:
        if items:
            yield list(items)
        return
    async for batch in handle_items_to_parse(
        list(items), port.items_to_parse_name, port.items_to_parse, port.items_to_parse_top_level_transform
    ):
        yield batch


def _without_query(entry: ResourceConfig) -> ResourceConfig:
    """Return an entry that selects all items."""
    selector = entry.selector.copy(update={"query": "true"})
    return entry.copy(update={"selector": selector})
