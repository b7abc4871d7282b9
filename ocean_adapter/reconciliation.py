"""The end of a resync: delete what Port lists and the resync did not see.

Ocean reads Port's list into one model for each entity, beside one for each entity of the resync. This reads
it a page at a time, and only if the list of the start has an entity that was not seen.
"""

from contextlib import aclosing
from datetime import datetime

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.helpers.metric.metric import MetricPhase, MetricType

from mapping import key_of
from ocean_adapter.deletion import CautiousDeletion, current_withheld
from ocean_adapter.port_list import ListedEntity, by_blueprint, listed_entities
from ocean_adapter.resync_scope import current_scope
from ocean_adapter.write_response import entity_key


async def delete_stale(
    applier: CautiousDeletion, agent: UserAgentType, deletion_threshold: float | None
) -> int:
    """Delete the stale entities of this resync, and return how many they are.

    deletion_threshold: with a larger share of Port's list, nothing is deleted. None: nothing ever is.
    Raises httpx.HTTPError or msgspec.DecodeError: Port's list cannot be read. Nothing is deleted.
    """
    scope = current_scope()
    state = scope.port_state
    if state and state.is_complete and not scope.ledger.has_unseen:
        logger.info("Nothing is stale: all {} entities in Port were seen", scope.ledger.listed)
        scope.counts.listed = scope.ledger.listed
        _count_deleted(0)
        return 0
    stale, listed = await _stale_entities(applier, agent)
    logger.info("{} of {} entities in Port that were not updated since are stale", len(stale), listed)
    scope.counts.listed, scope.counts.stale = listed, len(stale)
    if not stale:
        _count_deleted(0)
        return 0
    share = len(stale) / listed
    if deletion_threshold is None or share > deletion_threshold:
        logger.warning(
            "Nothing is deleted: {} stale entities are {:.0%} of those in Port, more than "
            "entityDeletionThreshold {} admits",
            len(stale),
            share,
            deletion_threshold,
        )
        return 0
    await applier.delete_stale(by_blueprint(stale), agent, keeps_dependents=scope.has_unknown_targets)
    _count_deleted(len(stale))
    return len(stale)


async def _stale_entities(applier: CautiousDeletion, agent: UserAgentType) -> tuple[list[ListedEntity], int]:
    """Return the stale entities, and the number of all entities that Port lists."""
    ledger, unidentified = current_scope().ledger, current_scope().unidentified
    withheld, live = current_withheld(), applier.live_writes
    stale: list[ListedEntity] = []
    listed = 0
    async with aclosing(listed_entities(ocean.port_client, agent, _resync_start())) as pages:
        async for page in pages:
            listed += len(page)
            stale += [
                entity
                for entity in page
                if not withheld.holds(entity.blueprint)
                and entity.blueprint not in unidentified
                and not ledger.is_kept(key_of(entity.blueprint, entity.identifier))
                and not live.has(entity_key(entity.blueprint, entity.identifier))
            ]
    return stale, listed


def _resync_start() -> str | None:
    start = event.attributes.get("resync_start_time")
    return start.isoformat() if isinstance(start, datetime) else None


def _count_deleted(number: int) -> None:
    current_scope().counts.deleted = number
    labels = [ocean.metrics.current_resource_kind(), MetricPhase.DELETE, MetricPhase.DeletionResult.DELETED]
    ocean.metrics.inc_metric(name=MetricType.OBJECT_COUNT_NAME, labels=labels, value=number)
