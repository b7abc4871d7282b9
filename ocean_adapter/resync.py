"""Ocean's resync with deletion by blueprint. It releases its resources however it ends."""

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
from ocean_adapter.deletion import withhold_from_deletion
from ocean_adapter.processing_mode import processing_record
from ocean_adapter.refused_entities import refusals_by_kind
from ocean_adapter.resync_scope import current_scope, open_scope
from ocean_adapter.verdict_report import report_refusal

type KindResults = list[tuple[list[Entity], list[Exception]]]


class CautiousResync(SyncRawMixin):
    """A resync that keeps the entities of failed kinds and of kinds with `enableDelete: false`.

    Ocean itself deletes nothing at all if one kind fails.
    """

    @override
    async def sync_raw_all(
        self,
        _: dict[Any, Any] | None = None,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
        silent: bool = True,
    ) -> bool:
        """Run Ocean's resync and return whether it succeeded.

        In addition to Ocean's rules, it fails if Port refuses most entities of a kind, and in DSP mode if a
        kind fails.
        """
        async with open_scope() as scope:
            succeeded = await super().sync_raw_all(_, trigger_type, user_agent_type, silent)
        for refusal in scope.refusals:
            logger.error("{}", refusal)
            report_refusal(refusal)
        return succeeded and not scope.failures

    @override
    async def sync_incremental(
        self,
        interval_seconds: int,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
    ) -> None:
        async with open_scope():
            await super().sync_incremental(interval_seconds, trigger_type, user_agent_type)

    @override
    async def process_resource(
        self, resource: ResourceConfig, index: int, user_agent_type: UserAgentType
    ) -> tuple[list[Entity], list[Exception]]:
        entities, errors = await super().process_resource(resource, index, user_agent_type)
        current_scope().failures += bool(errors)
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
        """Run Ocean's reconciliation. If kinds failed, also delete the stale entities of the other kinds."""
        if processing_record(event.attributes).batches_unmapped:
            logger.error(
                "Nothing is deleted: Port's feature flags changed the processing mode during this resync. "
                "Set OCEAN__PROCESSING_MODE=ocean-core"
            )
            return False
        failed = [index for index, (_, errors) in enumerate(creation_results) if errors]
        kept = _withheld_blueprints(app_config.resources, failed)
        withhold_from_deletion(event.attributes, kept)
        succeeded = await super().resync_reconciliation(
            creation_results, did_fetched_current_state, user_agent_type, app_config, silent
        )
        _record_refusals(app_config.resources)
        if failed and did_fetched_current_state and not kept.is_all:
            await self._delete_stale(creation_results, user_agent_type, app_config)
        return succeeded

    async def _delete_stale(
        self, creation_results: KindResults, user_agent_type: UserAgentType, app_config: PortAppConfig
    ) -> None:
        """Delete the stale entities of complete kinds. The blueprints of failed kinds are withheld."""
        async with metric_resource_context(MetricResourceKind.RECONCILIATION):
            start = event.attributes["resync_start_time"].isoformat()
            before = await ocean.port_client.search_entities(user_agent_type, before=start)
            after = [entity for entities, _ in creation_results for entity in entities]
            await self.entities_state_applier.delete_diff(
                {"before": before, "after": after}, user_agent_type, app_config.entity_deletion_threshold
            )


def _record_refusals(resources: Sequence[ResourceConfig]) -> None:
    """Record refused entities, to be logged as the last lines of the resync, after Ocean's own."""
    refusals = list(refusals_by_kind(resources))
    scope = current_scope()
    scope.refusals = [str(kind.error) for kind in refusals]
    scope.failures += sum(kind.fails_resync for kind in refusals)


def _withheld_blueprints(resources: Sequence[ResourceConfig], failed: Collection[int]) -> Withheld:
    """Return the blueprints whose entities are kept, and log a line for each reason."""
    ends = [
        EntryEnd(config.port.entity.mappings.blueprint, index in failed, config.enable_delete)
        for index, config in enumerate(resources)
    ]
    for config, end in zip(resources, ends, strict=True):
        if end.keeps:
            logger.warning(
                "{}: no entity of its blueprint {} is deleted because {}",
                config.kind,
                end.blueprint,
                "it failed" if end.has_failed else "its enableDelete is false",
            )
    kept = withheld(ends)
    if kept.is_all:
        logger.warning(
            "Nothing at all is deleted in this resync: the blueprint of a kind above depends on the item"
        )
    return kept
