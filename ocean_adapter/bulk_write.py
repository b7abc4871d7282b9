"""Writes entities to Port: at most 20 in a request, and many requests at once on few connections.

POST /v1/blueprints/{blueprint}/entities/bulk, or …/entities for an entity that is too large for a bulk.
Ocean's own code opens one connection for each request of a batch, and copies each entity three times.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import httpx
import msgspec
from loguru import logger
from port_ocean.clients.port.client import PortClient
from port_ocean.clients.port.types import RequestOptions, UserAgentType
from port_ocean.clients.port.utils import get_event_context_params
from port_ocean.context.ocean import ocean
from port_ocean.core.models import Entity
from port_ocean.helpers.metric.metric import MetricPhase, MetricType

from ocean_adapter.write_client import write_client
from ocean_adapter.write_response import WriteResult, bulk_result, entity_key, merged, single_result

# With 300 ms for each request, 40 at once are 2,666 entities a second. Port accepts 2,333.
MAX_CONCURRENT_WRITES = 40
_MAX_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class _Bulk:
    """Entities of one request. texts: each one as JSON."""

    blueprint: str
    entities: Sequence[Entity]
    texts: Sequence[bytes]

    @property
    def body(self) -> bytes:
        return b'{"entities":[' + b",".join(self.texts) + b"]}"

    def halves(self) -> "tuple[_Bulk, _Bulk]":
        middle = len(self.entities) // 2
        return (
            _Bulk(self.blueprint, self.entities[:middle], self.texts[:middle]),
            _Bulk(self.blueprint, self.entities[middle:], self.texts[middle:]),
        )


class BulkWriter:
    """Writes entities with Ocean's tokens and retries. All writes of a process share the connections."""

    def __init__(self, client: PortClient) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_WRITES)
        self._http: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def write(
        self, entities: Sequence[Entity], options: RequestOptions, agent: UserAgentType
    ) -> WriteResult:
        """Return what Port accepted and refused. A request that fails refuses all its entities."""
        params = _params(options)
        writes = [self._written(bulk, params, agent) for bulk in _bulks(entities)]
        result = merged(await asyncio.gather(*writes))
        _count(MetricPhase.LoadResult.LOADED, len(result.accepted))
        _count(MetricPhase.LoadResult.FAILED, len(result.reasons))
        return result

    async def _written(
        self, bulk: _Bulk, params: bytes, agent: UserAgentType, *, is_single: bool = False
    ) -> WriteResult:
        """Write a bulk. If it is too large, its halves follow, and at last each entity by itself."""
        keys = [entity_key(bulk.blueprint, entity.identifier) for entity in bulk.entities]
        try:
            async with self._slots:
                response = await self._sent(bulk, params, agent, is_single=is_single)
            is_too_large = response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
            result = single_result(keys[0], response) if is_single else bulk_result(keys, response)
        except (httpx.HTTPError, msgspec.DecodeError, IndexError) as error:
            reason = str(error) or type(error).__name__
            logger.error(
                "{} entities of blueprint {} were not written: {}", len(keys), bulk.blueprint, reason
            )
            return WriteResult(reasons=dict.fromkeys(keys, reason))
        if is_too_large and len(keys) > 1:
            return merged([await self._written(half, params, agent) for half in bulk.halves()])
        if is_too_large and not is_single:
            return await self._written(bulk, params, agent, is_single=True)
        if result.reasons:
            logger.error(
                "{} of {} entities of blueprint {} were not written: {}",
                len(result.reasons),
                len(keys),
                bulk.blueprint,
                next(iter(result.reasons.values())),
                extra=_samples(result),
            )
        return result

    async def _sent(
        self, bulk: _Bulk, params: bytes, agent: UserAgentType, *, is_single: bool
    ) -> httpx.Response:
        auth, path = self._client.auth, "" if is_single else "/bulk"
        return await self._connected().post(
            httpx.URL(f"{auth.api_url}/blueprints/{bulk.blueprint}/entities{path}", query=params),
            content=bulk.texts[0] if is_single else bulk.body,
            headers={**await auth.headers(agent), "Content-Type": "application/json"},
            extensions={"retryable": True},
        )

    def _connected(self) -> httpx.AsyncClient:
        """Return the client of this event loop."""
        loop = asyncio.get_running_loop()
        if self._http is None or self._loop is not loop:
            self._http, self._loop = write_client(self._client, MAX_CONCURRENT_WRITES), loop
        return self._http


def _samples(result: WriteResult) -> dict[str, Any]:
    """Return the first refused entities, in the form of Ocean's own log of a bulk."""
    first = islice(result.reasons.items(), _MAX_SAMPLES)
    samples = {
        str(index): {"identifier": msgspec.json.decode(key[1]), "blueprint": key[0], "error": reason}
        for index, (key, reason) in enumerate(first)
    }
    return {"failed_count": len(result.reasons), "sample_errors": samples}


def _params(options: RequestOptions) -> bytes:
    """Return the query of all requests of a write."""
    params = {
        "upsert": "true",
        "merge": _text(options["merge"]),
        "create_missing_related_entities": _text(options["create_missing_related_entities"]),
        "validation_only": _text(options["validation_only"]),
        **get_event_context_params(),
    }
    return str(httpx.QueryParams(params)).encode()


def _text(value: object) -> str:
    return str(value).lower()


def _bulks(entities: Iterable[Entity]) -> Iterator[_Bulk]:
    """Yield the entities in bulks of one blueprint, within Ocean's limits."""
    most, most_bytes = (
        ocean.config.upsert_entities_batch_max_length,
        ocean.config.upsert_entities_batch_max_size_in_bytes,
    )
    groups: dict[str, list[Entity]] = {}
    for entity in entities:
        groups.setdefault(entity.blueprint, []).append(entity)
    for blueprint, group in groups.items():
        start, size = 0, 0
        texts = [_json(entity) for entity in group]
        for index, text in enumerate(texts):
            if index > start and (index - start >= most or size + len(text) > most_bytes):
                yield _Bulk(blueprint, group[start:index], texts[start:index])
                start, size = index, 0
            size += len(text) + 1
        yield _Bulk(blueprint, group[start:], texts[start:])


def _json(entity: Entity) -> bytes:
    fields = entity.dict(exclude_unset=True, by_alias=True)
    try:
        return msgspec.json.encode(fields)
    except (OverflowError, UnicodeEncodeError):  # a number beyond 64 bits, an unpaired surrogate
        return json.dumps(fields).encode()


def _count(result: str, number: int) -> None:
    labels = [ocean.metrics.current_resource_kind(), MetricPhase.LOAD, result]
    ocean.metrics.inc_metric(name=MetricType.OBJECT_COUNT_NAME, labels=labels, value=number)
