"""How batches become entities in Port: mapped one after another, and loaded several at once.

Ocean maps a batch, asks Port about each of its entities, writes the changed ones, and only then takes the
next batch. With Port far away it waits most of the time. It also keeps a model of each entity until the end.
"""

from collections.abc import Sequence
from typing import Any, cast, override

from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource as current_entry
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.models import Entity
from port_ocean.core.ocean_types import CalculationResult
from port_ocean.helpers.metric.metric import MetricPhase

from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.batch_loader import BatchLoader, Candidate, count_entities
from ocean_adapter.entity_diff import ConcurrentEntityDiff
from ocean_adapter.loading import Loading
from ocean_adapter.mapped_entities import MappedEntities
from ocean_adapter.mapping_check import entity_tally
from ocean_adapter.processing_mode import processing_record
from ocean_adapter.resync_scope import current_scope
from ocean_adapter.unchanged_items import RecalledBatch, recalled_batch

# Ocean counts the entities of a resync, and keeps them until its end. One object stands for all.
_SEEN = Entity(identifier="", blueprint="")

type Items = Sequence[dict[Any, Any]]


class OverlappedRegistration(ConcurrentEntityDiff):
    """Ocean's registration of batches. In a full resync, batches are loaded while others are read and mapped.

    If Ocean renames the overridden methods, loading is slow again and nothing else changes.
    """

    @override
    async def _register_in_batches(
        self,
        resource_config: ResourceConfig,
        user_agent_type: UserAgentType,
        index: int,
        dsp_enabled: bool = False,
    ) -> tuple[list[Entity], list[Exception]]:
        if dsp_enabled or event.event_type != EventType.RESYNC:
            return cast(
                "tuple[list[Entity], list[Exception]]",
                await super()._register_in_batches(resource_config, user_agent_type, index, dsp_enabled),
            )
        scope = current_scope()
        is_ordered = await scope.relations.may_lead_to_itself(ocean.port_client, resource_config)
        loading = scope.loading = Loading(1) if is_ordered else Loading()
        try:
            results: tuple[list[Entity], list[Exception]] = await super()._register_in_batches(
                resource_config, user_agent_type, index, dsp_enabled
            )
            await loading.finish()
        finally:
            await loading.cancel()
        return results

    @override
    async def _register_resource_raw(
        self,
        resource: ResourceConfig,
        results: list[dict[Any, Any]],
        user_agent_type: UserAgentType,
        parse_all: bool = False,
        batch_index: int = 1,
    ) -> CalculationResult:
        if event.event_type != EventType.RESYNC:
            return await super()._register_resource_raw(
                resource, results, user_agent_type, parse_all, batch_index
            )
        scope = current_scope()
        recalled = await recalled_batch(scope, current_entry.index, results)
        mapped, batch = await self._mapped(resource, results, recalled.remaining())
        if again := recalled.take(batch.keys & recalled.keys):
            # Another item became the same entity. The last item counts.
            others, more = await self._mapped(resource, results, again)
            mapped.errors.extend(others.errors)
            batch = batch.joined(more)
        _note_unchanged(recalled, current_entry.index)
        applier = cast("CustomStateApplier", self.entities_state_applier)
        loader = BatchLoader(scope, self, applier, resource, user_agent_type)
        candidates = {
            noted.key: Candidate(entity, noted.content, recalled.digests[place])
            for noted, entity, place in zip(batch.noted, batch, batch.places, strict=True)
        }
        await scope.loading.start(loader.load(candidates), candidates.keys())
        entities = len(batch) + len(recalled.unchanged)
        return mapped._replace(
            number_of_transformed_entities=entities,
            entity_selector_diff=mapped.entity_selector_diff._replace(passed=[_SEEN] * entities),
        )

    async def _mapped(
        self, resource: ResourceConfig, items: Items, places: Sequence[int]
    ) -> tuple[CalculationResult, MappedEntities]:
        """Map the items at these places of a batch."""
        [mapped] = await self._calculate_raw([(resource, [items[place] for place in places])])
        diff = mapped.entity_selector_diff
        count_entities(MetricPhase.TRANSFORM, MetricPhase.TransformResult.FAILED, len(diff.failed))
        batch = diff.passed if isinstance(diff.passed, MappedEntities) else MappedEntities()
        return mapped, batch.placed(places)


def _note_unchanged(recalled: RecalledBatch, entry: int) -> None:
    """Count unchanged items as seen, and as mapped by this process."""
    for each in recalled.unchanged.values():
        current_scope().ledger.note_seen(each.key, each.content, entry)
        current_scope().ledger.note_targets(each.targets)
    if number := len(recalled.unchanged):
        processing_record(event.attributes).mappings += 1
        entity_tally(event.attributes, entry).note_unchanged(number)
        count_entities(MetricPhase.LOAD, MetricPhase.LoadResult.SKIPPED, number)
