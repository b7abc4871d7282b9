"""The item counts of previous resyncs, which Port keeps, and the check that a kind did not shrink.

GET /v1/integration/{id}/syncsMetadata lists the resyncs. GET …/syncMetrics?resyncId= lists a resync's kinds.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx
from loguru import logger
from port_ocean.clients.port.client import PortClient
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource

from configuration.resource import Resource
from extraction import MAX_RESYNCS, EarlierCounts, KindMetrics
from ocean_adapter.processing_mode import processing_record

_ATTRIBUTE = "ocean_custom_previous_counts"


async def check_shrink(wanted: Resource, items: int) -> None:
    """Raises ItemsError: the current kind lost more than max_shrink of its items since it last completed.

    Port is asked once per resync. A kind with `enableDelete: false` is not checked. In DSP mode Port keeps
    no counts, so no kind is checked.
    """
    if processing_record(event.attributes).started_in_dsp or not resource.resource_config.enable_delete:
        return
    counts = await read_earlier_counts(event.attributes)
    previous = counts.of(resource.index)
    if previous is not None:
        wanted.max_shrink.check(previous, items, wanted.accept_shrink)


def read_earlier_counts(attributes: dict[str, Any]) -> asyncio.Task[EarlierCounts]:
    """Return the reading of the item counts of previous resyncs. The first call in a resync starts it."""
    if _ATTRIBUTE not in attributes:
        kinds = [config.kind for config in event.port_app_config.resources]
        attributes[_ATTRIBUTE] = asyncio.create_task(_earlier_counts(ocean.port_client, kinds))
    reading: asyncio.Task[EarlierCounts] = attributes[_ATTRIBUTE]
    return reading


async def _earlier_counts(client: PortClient, kinds: Sequence[str]) -> EarlierCounts:
    """Return the item counts of the mapping's kinds, unknown ones if Port returns no counts."""
    counts = EarlierCounts(kinds)
    try:
        path = f"/integration/{quote(str((await client.get_current_integration())['_id']), safe='')}"
        resyncs = await _get_data(client, f"{path}/syncsMetadata")
        newest_first = sorted(resyncs, key=lambda resync: str(resync["createdAt"]), reverse=True)
        for resync in newest_first[:MAX_RESYNCS]:
            counts.add(
                await _get_data(
                    client, f"{path}/syncMetrics?resyncId={quote(str(resync['eventId']), safe='')}"
                )
            )
            if counts.are_complete:
                break
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
        logger.warning(
            "max_shrink is not checked: Port did not return the item counts of previous resyncs ({})",
            type(error).__name__,
        )
    return counts


async def _get_data(client: PortClient, path: str) -> list[KindMetrics]:
    response = await client.client.get(f"{client.auth.api_url}{path}", headers=await client.auth.headers())
    response.raise_for_status()
    data: list[KindMetrics] = response.json()["data"]
    return data
