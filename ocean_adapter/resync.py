"""Ocean's resync with deletion by blueprint. It releases its resources however it ends."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, cast, override

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import TriggerType, event
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.integrations.mixins import SyncRawMixin
from port_ocean.core.models import Entity
from port_ocean.helpers.metric.metric import MetricPhase
from port_ocean.helpers.metric.utils import TimeMetricWithResourceKind

from mapping import EntryEnd, Withheld, withheld
from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.deletion import withhold_from_deletion
from ocean_adapter.live_writes import LiveWrites
from ocean_adapter.metric_reports import metric_reports
from ocean_adapter.processing_mode import processing_record
from ocean_adapter.reconciliation import delete_stale
from ocean_adapter.refused_entities import refusals_by_kind
from ocean_adapter.relation_order import dependency_levels
from ocean_adapter.resources import listed_endpoints
from ocean_adapter.resync_metrics import reported_resync
from ocean_adapter.resync_opening import finish_recall, start_reading_port
from ocean_adapter.resync_scope import current_scope, open_scope
from ocean_adapter.verdict_report import report_failed_kind, report_refusal
from ocean_adapter.write_response import entity_key
from ocean_adapter.write_tally import write_tally

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
            reports = metric_reports()
            start_reading_port(scope, user_agent_type)
            with reported_resync(scope) as result:
                try:
                    with self._live_writes.during_resync():
                        succeeded = await super().sync_raw_all(_, trigger_type, user_agent_type, silent)
                        await asyncio.gather(finish_recall(scope, self._live_writes), reports.flush())
                finally:
                    await reports.flush()
                result.succeeded = succeeded and not scope.failures
        for refusal in scope.refusals:
            logger.error("{}", refusal)
            report_refusal(refusal)
        return result.succeeded

    @override
    async def sync_incremental(
        self,
        interval_seconds: int,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
    ) -> None:
        async with open_scope():
            with self._live_writes.during_resync():
                await super().sync_incremental(interval_seconds, trigger_type, user_agent_type)

    @override
    async def process_resource(
        self, resource: ResourceConfig, index: int, user_agent_type: UserAgentType
    ) -> tuple[list[Entity], list[Exception]]:
        scope = current_scope()
        earlier = event.port_app_config.resources[:index]
        # The listing may have been read for an earlier kind.
        is_shared = any(resource.kind in listed_endpoints(config) for config in earlier)
        scope.reading_since = scope.started if is_shared else datetime.now(UTC)
        entities, errors = await super().process_resource(resource, index, user_agent_type)
        scope.failures += bool(errors)
        if errors:
            report_failed_kind(resource.kind, index)
        return entities, errors

    @TimeMetricWithResourceKind(MetricPhase.RESYNC)  # type: ignore[untyped-decorator]
    @override
    async def resync_reconciliation(
        self,
        creation_results: KindResults,
        did_fetched_current_state: bool,
        user_agent_type: UserAgentType,
        app_config: Any,
        silent: bool = True,
    ) -> bool:
        """Send refused entities again, and delete stale ones. The blueprints of failed kinds are withheld.

        Raises ExceptionGroup: kinds failed, and the caller wants to know.
        """
        if _has_unmapped_batches():
            return False
        failed = [index for index, (_, errors) in enumerate(creation_results) if errors]
        kept = _withheld_blueprints(app_config.resources, failed)
        await self.sort_and_upsert_failed_entities(user_agent_type)
        _record_refusals(app_config.resources)
        if not did_fetched_current_state:
            logger.warning("Nothing is deleted: Port failed at the start of this resync")
            return False
        withhold_from_deletion(event.attributes, kept)
        if not kept.is_all:
            await delete_stale(self._applier, user_agent_type, app_config.entity_deletion_threshold)
        if failed:
            _report_failures([error for _, errors in creation_results for error in errors], silent=silent)
            return False
        logger.info("Resync finished successfully")
        for hook in self.event_strategy.resync_complete:
            await hook()
        return True

    @property
    def _applier(self) -> CustomStateApplier:
        return cast("CustomStateApplier", self.entities_state_applier)

    @property
    def _live_writes(self) -> LiveWrites:
        return self._applier.live_writes

    @override
    async def sort_and_upsert_failed_entities(self, user_agent_type: UserAgentType) -> None:
        """Send refused entities again, targets of relations first. Skip those that live events have changed.

        With createMissingRelatedEntities, none are left for this. Ocean sends one after another.
        """
        sorter, live = event.entity_topological_sorter, self._live_writes
        refused, sorter.entities = sorter.entities, []
        for level in dependency_levels(
            [each for each in refused if not live.has(entity_key(each.blueprint, each.identifier))]
        ):
            written, _ = await self._applier.load(level, user_agent_type)
            keys = [entity_key(each.blueprint, each.identifier) for each in written]
            for index in range(len(event.port_app_config.resources)):
                write_tally(event.attributes, index).note_accepted(keys)


def _has_unmapped_batches() -> bool:
    """Return whether Port was to map some of the batches, and log that nothing is deleted then."""
    if not processing_record(event.attributes).batches_unmapped:
        return False
    logger.error(
        "Nothing is deleted: Port's feature flags changed the processing mode during this resync. "
        "Set OCEAN__PROCESSING_MODE=ocean-core"
    )
    return True


def _report_failures(errors: list[Exception], *, silent: bool) -> None:
    """Log the errors of failed kinds. Raises ExceptionGroup: the caller wants to know."""
    failures = ExceptionGroup(
        f"Resync failed with {len(errors)} errors, the entities of failed kinds are kept", errors
    )
    if not silent:
        raise failures
    logger.error("{}", failures.message)


def _record_refusals(resources: Sequence[ResourceConfig]) -> None:
    """Record refused entities, to be logged as the last lines of the resync, after Ocean's own."""
    refusals = list(refusals_by_kind(resources))
    scope = current_scope()
    scope.counts.refused = sum(len(kind.reasons) for kind in refusals)
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
