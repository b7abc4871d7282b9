"""Loads the entities of a batch into Port: new ones, and those that differ from what Port has."""

from dataclasses import dataclass

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.models import Entity
from port_ocean.helpers.metric.metric import MetricPhase, MetricType

from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.entity_diff import ConcurrentEntityDiff
from ocean_adapter.recall import Became
from ocean_adapter.relation_targets import target_keys
from ocean_adapter.resync_scope import ResyncScope


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that may have to be written.

    content: the digest of its fields. item: the digest of its item; None: it cannot be remembered.
    """

    entity: Entity
    content: bytes
    item: bytes | None


type Candidates = dict[bytes, Candidate]


@dataclass(frozen=True, slots=True)
class BatchLoader:
    """Loads batches of one mapping entry."""

    scope: ResyncScope
    diff: ConcurrentEntityDiff
    applier: CustomStateApplier
    resource: ResourceConfig
    agent: UserAgentType

    async def load(self, candidates: Candidates) -> None:
        """Write what Port lacks or has in another state, and remember what Port then has."""
        targets = {key: await self._targets(candidate.entity) for key, candidate in candidates.items()}
        for keys in targets.values():
            self.scope.ledger.note_targets(keys or ())
        changed = await self._changed(candidates)
        count_entities(MetricPhase.LOAD, MetricPhase.LoadResult.SKIPPED, len(candidates) - len(changed))
        in_port = candidates.keys() - changed.keys()
        if changed:
            entities = [candidate.entity for candidate in changed.values()]
            written, _ = await self.applier.load(entities, self.agent)
            is_written = set(map(id, written))
            in_port |= {key for key, each in changed.items() if id(each.entity) in is_written}
            if self.scope.recall:
                self.scope.recall.note_written(written)
        if recall := self.scope.recall:
            await recall.remember(
                # In the order of the items, in which the next resync recalls them.
                Became(each.entity, key, each.item, each.content, known)
                for key, each in candidates.items()
                if key in in_port and each.item and (known := targets[key]) is not None
            )

    async def _changed(self, candidates: Candidates) -> Candidates:
        """Return the entities that Port lacks or has in another state."""
        state, recall = self.scope.port_state, self.scope.recall
        if state:
            await state.ready()
        new = {key for key in candidates if state and state.is_new(key)}
        listed = {key: each.entity for key, each in candidates.items() if key not in new}
        known = await recall.written_before(listed) if recall and state and state.is_complete else {}
        asked = [entity for key, entity in listed.items() if known.get(key) != candidates[key].content]
        changed = set(map(id, await self._compared(asked)))
        return {key: each for key, each in candidates.items() if key in new or id(each.entity) in changed}

    async def _compared(self, entities: list[Entity]) -> list[Entity]:
        """Return the entities that Port has in another state. If it cannot be asked, all of them."""
        if not entities:
            return []
        try:
            return await self.diff.changed_in_port(entities, self.resource, self.agent)
        except Exception as error:  # as Ocean does
            logger.warning("Entities are written without a comparison with Port: {}", error)
            return entities

    async def _targets(self, entity: Entity) -> list[bytes] | None:
        """Return what an entity relates to, if Port creates missing targets. None: Port does not say."""
        if not entity.relations or not event.port_app_config.create_missing_related_entities:
            return []
        targets = await self.scope.relations.of(ocean.port_client, entity.blueprint)
        if targets is None:
            self.scope.has_unknown_targets = True
            return None
        return list(target_keys(entity, targets))


def count_entities(phase: str, result: str, number: int) -> None:
    """Count entities of the current kind in Ocean's metrics."""
    labels = [ocean.metrics.current_resource_kind(), phase, result]
    ocean.metrics.inc_metric(name=MetricType.OBJECT_COUNT_NAME, labels=labels, value=number)
