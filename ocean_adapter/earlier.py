"""How many items each kind had when it was last complete: Port keeps the counts of earlier resyncs.

GET /v1/integration/{id}/syncsMetadata lists the resyncs, GET …/syncMetrics?resyncId= the kinds of one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
from loguru import logger
from port_ocean.clients.port.client import PortClient
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource

from configuration.resource import Resource
from ocean_adapter.processing_mode import processing_of

type Record = Mapping[str, Any]

_ATTRIBUTE = "ocean_custom_earlier"
# Failed resyncs are passed over, but not without end.
_MOST_RESYNCS = 20


async def check_shrink(wanted: Resource, items: int) -> None:
    """Raises ItemsError: the current kind lost more than max_shrink of its items since it was last complete.

    Port is asked once in a resync. In DSP mode it keeps no counts, and nothing is checked; nor is a kind of
    which nothing would be deleted.
    """
    if processing_of(event.attributes).starts_as_dsp or not resource.resource_config.enable_delete:
        return
    if _ATTRIBUTE not in event.attributes:
        kinds = [config.kind for config in event.port_app_config.resources]
        event.attributes[_ATTRIBUTE] = await _last_complete(ocean.port_client, kinds)
    earlier: int | None = event.attributes[_ATTRIBUTE].get(resource.index)
    if earlier is not None:
        wanted.max_shrink.check(earlier, items, wanted.accept_shrink)


async def _last_complete(client: PortClient, kinds: Sequence[str]) -> dict[int, int]:
    """The items of each entry of the mapping when it was last complete; none where Port does not tell."""
    found: dict[int, int] = {}
    places = _places(enumerate(kinds))
    try:
        path = f"/integration/{quote(str((await client.get_current_integration())['_id']), safe='')}"
        syncs = await _data(client, f"{path}/syncsMetadata")
        newest = sorted(syncs, key=lambda sync: str(sync["createdAt"]), reverse=True)
        for sync in newest[:_MOST_RESYNCS]:
            records = await _data(
                client, f"{path}/syncMetrics?resyncId={quote(str(sync['eventId']), safe='')}"
            )
            _add_complete(found, places, records)
            if not places:
                break
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
        logger.warning(
            "Port does not tell how many items the last resyncs had, so max_shrink is not checked: {}",
            type(error).__name__,
        )
    return found


def _add_complete(found: dict[int, int], places: dict[str, list[int]], records: Iterable[Record]) -> None:
    """Takes the kinds that were complete in one resync out of the places, and into what is found."""
    by_kind = _by_kind(records)
    for kind, indices in list(places.items()):
        own = by_kind.get(kind, [])
        if not own:
            continue
        if len(own) != len(indices):
            # The mapping was another one: which entry was which is unknown, and older resyncs tell no more.
            del places[kind]
            continue
        for index, record in zip(indices, own, strict=True):
            if record["syncState"] == "completed":
                found.setdefault(index, _items(record))
        if all(index in found for index in indices):
            del places[kind]


def _by_kind(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Each kind's records, in the order of the mapping."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda record: int(record.get("kindIndex", 0))):
        groups[str(record["kind"])].append(record)
    return groups


def _places(kinds: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, kind in kinds:
        places[kind].append(index)
    return dict(places)


def _items(record: Record) -> int:
    """The raw items that were extracted. Raises LookupError: the record has no such count."""
    counts = record["metrics"]["phase"]["extract"]["object_count_type"]["raw_extracted"]
    return int(counts["object_count"])


async def _data(client: PortClient, path: str) -> list[Record]:
    answer = await client.client.get(f"{client.auth.api_url}{path}", headers=await client.auth.headers())
    answer.raise_for_status()
    data: list[Record] = answer.json()["data"]
    return data
