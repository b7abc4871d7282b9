"""Ocean's resync, so that it never deletes what it cannot judge, and frees what it held however it ends."""

from collections.abc import Collection, Sequence
from typing import Any, override

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import TriggerType, event
from port_ocean.context.metric_resource import metric_resource_context
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import PortAppConfig, ResourceConfig
from port_ocean.core.integrations.mixins import SyncRawMixin
from port_ocean.core.models import Entity
from port_ocean.helpers.metric.metric import MetricResourceKind

from mapping import EntryEnd, Withheld, withheld
from ocean_adapter.deletion import withhold
from ocean_adapter.processing_mode import processing_of
from ocean_adapter.refused import refused_kinds
from ocean_adapter.runtime import held_by_resync, holding
from ocean_adapter.verdicts import tell_refusal

type KindResults = list[tuple[list[Entity], list[Exception]]]


class CautiousResync(SyncRawMixin):
    """A failed kind withholds its own blueprint alone from deletion; `enableDelete: false` does so always."""

    @override
    async def sync_raw_all(
        self,
        _: dict[Any, Any] | None = None,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
        silent: bool = True,
    ) -> bool:
        """Ocean's own. It has failed, too, where Port refused most of a kind, and in DSP mode where a kind
        failed.
        """
        async with holding() as held:
            succeeded = await super().sync_raw_all(_, trigger_type, user_agent_type, silent)
        for words in held.refusals:
            logger.error("{}", words)
            tell_refusal(words)
        return succeeded and not held.failures

    @override
    async def sync_incremental(
        self,
        interval_seconds: int,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
    ) -> None:
        async with holding():
            await super().sync_incremental(interval_seconds, trigger_type, user_agent_type)

    @override
    async def process_resource(
        self, resource: ResourceConfig, index: int, user_agent_type: UserAgentType
    ) -> tuple[list[Entity], list[Exception]]:
        entities, errors = await super().process_resource(resource, index, user_agent_type)
        held_by_resync().failures += bool(errors)
        return entities, errors

    @override
    async def resync_reconciliation(
        self,
        creation_results: KindResults,
        did_fetched_current_state: bool,
        user_agent_type: UserAgentType,
        app_config: Any,
        silent: bool = True,
    ) -> bool:
        """Ocean's own, and where kinds failed, what the others left behind is deleted all the same."""
        if processing_of(event.attributes).batches_unmapped:
            logger.error(
                "Port's feature flags changed the processing mode during this resync: nothing is deleted. "
                "Set OCEAN__PROCESSING_MODE=ocean-core"
            )
            return False
        failed = [index for index, (_, errors) in enumerate(creation_results) if errors]
        held = _withheld(app_config.resources, failed)
        withhold(event.attributes, held)
        succeeded = await super().resync_reconciliation(
            creation_results, did_fetched_current_state, user_agent_type, app_config, silent
        )
        _judge_refused(app_config.resources)
        if failed and did_fetched_current_state and not held.is_all:
            await self._delete_beside_failed(creation_results, user_agent_type, app_config)
        return succeeded

    async def _delete_beside_failed(
        self, creation_results: KindResults, user_agent_type: UserAgentType, app_config: PortAppConfig
    ) -> None:
        """What the complete kinds no longer saw. The failed ones' blueprints are withheld."""
        async with metric_resource_context(MetricResourceKind.RECONCILIATION):
            start = event.attributes["resync_start_time"].isoformat()
            before = await ocean.port_client.search_entities(user_agent_type, before=start)
            after = [entity for entities, _ in creation_results for entity in entities]
            await self.entities_state_applier.delete_diff(
                {"before": before, "after": after}, user_agent_type, app_config.entity_deletion_threshold
            )


def _judge_refused(resources: Sequence[ResourceConfig]) -> None:
    """The words are kept for the end: Ocean called these kinds completed, and goes on writing lines."""
    refused = list(refused_kinds(resources))
    held = held_by_resync()
    held.refusals = [str(kind.error) for kind in refused]
    held.failures += sum(kind.is_most for kind in refused)


def _withheld(resources: Sequence[ResourceConfig], failed: Collection[int]) -> Withheld:
    """What is kept, with a line for each reason."""
    ends = [
        EntryEnd(config.port.entity.mappings.blueprint, index in failed, config.enable_delete)
        for index, config in enumerate(resources)
    ]
    for config, end in zip(resources, ends, strict=True):
        if end.keeps:
            logger.warning(
                "{}: nothing of its blueprint {} is deleted, as {}",
                config.kind,
                end.blueprint,
                "it failed" if end.has_failed else "its enableDelete is false",
            )
    held = withheld(ends)
    if held.is_all:
        logger.warning(
            "Nothing at all is deleted in this resync: the blueprint of a kind above depends on the item"
        )
    return held
