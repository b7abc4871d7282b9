"""What a resync recalls from the last one, so that unchanged items cost next to nothing.

An item is unchanged if the same item became the same entity in the last resync, by the same mapping and
blueprint, and Port still lists that entity and has not changed it since. Once a day all is compared anew.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from loguru import logger
from port_ocean.clients.port.client import PortClient
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import event
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.models import Entity
from port_ocean.version import __integration_version__

from mapping import (
    DIGEST_BYTES,
    KEY_BYTES,
    EntityMapping,
    EntityMemory,
    LastResync,
    MemoryRow,
    Recalled,
    is_deterministic,
    item_digest,
    mapping_digest,
    named_blueprint,
    slot_of,
)
from ocean_adapter.port_changes import blueprint_version, entities_changed_since, last_update
from rest.page import Item

_COMPARED_EVERY = timedelta(hours=24)
# Up to this many writes of the last resync are asked about again. That finds changes that others made while
# it ran. With more writes, only later changes are found, and the others within a day.
_MAX_ASKED_AGAIN = 1000
_CLOCK_MARGIN = timedelta(seconds=2)
# Bulks arrive in any order. One in so many entities of the last batch tells when its last bulk was written:
# Ocean sends at most 20 entities in a bulk.
_BULK = 20
# Port's times have milliseconds. The last entities that were written have the latest one.
_NEXT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The entity of an unchanged item: its digests, and the keys of what it relates to."""

    key: bytes
    content: bytes
    targets: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Became:
    """What an item became. item: its digest."""

    entity: Entity
    key: bytes
    item: bytes
    content: bytes
    targets: Sequence[bytes]


class Recall:
    """The memory of entities during one resync. `prepare` comes first, and is awaited by `ready`.

    memory: None: nothing is recalled or remembered.
    """

    def __init__(self, memory: EntityMemory | None, client: PortClient, agent: UserAgentType) -> None:
        self._memory = memory
        self._client = client
        self._agent = agent
        self._started = datetime.min.replace(tzinfo=UTC)
        # The entities that others changed. None: unknown, so nothing is recalled.
        self._changed: Collection[bytes] | None = None
        self._entries: dict[int, bytes] = {}
        # By blueprint. Port changes entities with their blueprint, without a new time of their update.
        self._versions: dict[str, str] = {}
        self._lock = asyncio.Lock()
        self._writes = 0
        self._last_written: Sequence[Entity] = ()
        self._preparing: asyncio.Task[None] | None = None

    @property
    def is_recalling(self) -> bool:
        """Whether anything may be recalled in this resync."""
        return self._memory is not None and self._changed is not None

    def prepare(self, entries: Sequence[ResourceConfig], started: datetime) -> None:
        """Begin to ask Port what has changed since the last resync. Nothing is recalled if it does not say.

        started: of the resync, not later than by Port's clock.
        """
        if self._memory:
            self._started = started
            self._preparing = asyncio.create_task(self._prepare(self._memory, entries))

    async def ready(self) -> None:
        """Wait until Port has answered."""
        if self._preparing:
            await asyncio.shield(self._preparing)

    async def _prepare(self, memory: EntityMemory, entries: Sequence[ResourceConfig]) -> None:
        self._changed, versions = await asyncio.gather(
            self._changes(memory.last),
            asyncio.gather(*(_version(self._client, entry) for entry in entries)),
        )
        # They are compared in this resync. If it fails first, the next one must not recall them.
        await self._run(memory.forget, list(self._changed or ()))
        for index, (entry, version) in enumerate(zip(entries, versions, strict=True)):
            creates = event.port_app_config.create_missing_related_entities
            decisive = f"{__integration_version__} {version} {creates}"
            if version and (digest := _entry_digest(entry, decisive)):
                self._entries[index] = digest
                self._versions[str(named_blueprint(entry.port.entity.mappings.blueprint))] = version

    def digests(self, entry: int, items: Iterable[Item]) -> list[bytes | None]:
        """Return the digest of each item of a mapping entry. None: it cannot be remembered."""
        mapping = self._entries.get(entry)
        return [item_digest(mapping, item) if mapping else None for item in items]

    async def recalled(self, digests: Sequence[bytes | None]) -> list[Unchanged | None]:
        """Return what each item became, if Port has not changed it since."""
        if self._memory is None or self._changed is None or not any(digests):
            return [None] * len(digests)
        known = [digest for digest in digests if digest]
        found = dict(zip(known, await self._run(self._memory.recall, known), strict=True))
        return [
            _unchanged(each) if digest and (each := found[digest]) and each.key not in self._changed else None
            for digest in digests
        ]

    async def written_before(self, entities: dict[bytes, Entity]) -> dict[bytes, bytes]:
        """Return the digest of what was written last, by entity, if Port has not changed it since."""
        if self._memory is None or self._changed is None:
            return {}
        slots = {key: slot for key, entity in entities.items() if (slot := self._slot(entity))}
        known = await self._run(self._memory.known, list(slots.values()))
        return {
            key: content[:DIGEST_BYTES]
            for key, content in zip(slots, known, strict=True)
            if content and key not in self._changed
        }

    async def remember(self, became: Iterable[Became]) -> None:
        """Remember what items became, once Port has it. Not if a search finds the entity or its targets."""
        rows = [
            MemoryRow(slot, each.key, each.item, each.content + b"".join(each.targets))
            for each in became
            if not each.entity.is_using_search_identifier
            and not each.entity.is_using_search_relation
            and (slot := self._slot(each.entity))
        ]
        if self._memory and rows:
            await self._run(self._memory.remember, rows)

    async def forget(self, keys: Iterable[bytes]) -> None:
        """Forget entities that others write or delete."""
        if self._memory:
            await self._run(self._memory.forget, list(keys))

    def note_written(self, entities: Sequence[Entity]) -> None:
        """Note what this resync wrote."""
        if entities:
            self._writes += len(entities)
            self._last_written = entities[::-_BULK]

    async def finish(self) -> None:
        """Commit what was remembered. From now on it can be recalled."""
        if self._memory is None:
            return
        last = self._memory.last
        ended = None
        if self._writes > _MAX_ASKED_AGAIN and self._last_written:
            ended = await last_update(self._client, self._last_written)
        compared = last.compared if last and self.is_recalling else self._started
        started = self._started - _CLOCK_MARGIN
        resync = LastResync(self._started, ended or started, compared, self._writes)
        await self._run(self._memory.finish, resync)

    async def close(self) -> None:
        """Close the memory. What was remembered since `finish` is dropped."""
        if self._preparing:
            self._preparing.cancel()
            await asyncio.gather(self._preparing, return_exceptions=True)
        if self._memory:
            await asyncio.to_thread(self._memory.close)

    async def _changes(self, last: LastResync | None) -> Collection[bytes] | None:
        if last is None or not timedelta() <= self._started - last.compared < _COMPARED_EVERY:
            return None
        since = last.ended + _NEXT if last.writes > _MAX_ASKED_AGAIN else last.started - _CLOCK_MARGIN
        try:
            return await entities_changed_since(self._client, self._agent, since)
        except httpx.HTTPError as error:
            logger.warning(
                "Port did not tell which entities have changed ({}). All are compared", type(error).__name__
            )
            return None

    def _slot(self, entity: Entity) -> bytes | None:
        """Return the slot of an entity. None: the version of its blueprint is unknown.

        All entries share it: only the entry that wrote an entity last knows what Port has.
        """
        version = self._versions.get(str(entity.blueprint))
        return slot_of(version, str(entity.blueprint), entity.identifier) if version else None

    async def _run[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method of the memory in a thread, one at a time."""
        async with self._lock:
            return await asyncio.to_thread(call, *args, **kwargs)


def _unchanged(recalled: Recalled) -> Unchanged:
    targets = recalled.content[DIGEST_BYTES:]
    keys = [targets[start : start + KEY_BYTES] for start in range(0, len(targets), KEY_BYTES)]
    return Unchanged(recalled.key, recalled.content[:DIGEST_BYTES], keys)


async def _version(client: PortClient, entry: ResourceConfig) -> str | None:
    blueprint = named_blueprint(entry.port.entity.mappings.blueprint)
    return await blueprint_version(client, blueprint) if blueprint else None


def _entry_digest(entry: ResourceConfig, version: str) -> bytes | None:
    """Return the digest of what decides about the entities of a mapping entry. None: they vary.

    version: what decides beside the entry.
    """
    fields = entry.port.entity.mappings.dict(exclude_unset=True)
    mapping = EntityMapping(fields, entry.selector.query)
    if not is_deterministic(mapping.fields, mapping.query):
        return None
    return mapping_digest(mapping.fields, mapping.query, version)
