"""The item counts of previous resyncs, which Port keeps, and the check that a kind did not shrink.

GET /v1/integration/{id}/syncsMetadata lists the resyncs. GET …/syncMetrics?resyncId= lists a resync's kinds.
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
from ocean_adapter.processing_mode import processing_record

type Metrics = Mapping[str, Any]

_ATTRIBUTE = "ocean_custom_previous_counts"
# Failed resyncs are skipped, up to this number.
_MAX_RESYNCS = 20


async def check_shrink(wanted: Resource, items: int) -> None:
    """Raises ItemsError: the current kind lost more than max_shrink of its items since it last completed.

    Port is asked once per resync. A kind with `enableDelete: false` is not checked. In DSP mode Port keeps
    no counts, so no kind is checked.
    """
    if processing_record(event.attributes).started_in_dsp or not resource.resource_config.enable_delete:
        return
    if _ATTRIBUTE not in event.attributes:
        kinds = [config.kind for config in event.port_app_config.resources]
        event.attributes[_ATTRIBUTE] = await _previous_counts(ocean.port_client, kinds)
    previous: int | None = event.attributes[_ATTRIBUTE].get(resource.index)
    if previous is not None:
        wanted.max_shrink.check(previous, items, wanted.accept_shrink)


async def _previous_counts(client: PortClient, kinds: Sequence[str]) -> dict[int, int]:
    """Return each mapping entry's item count when it last completed. Empty if Port returns no counts."""
    counts: dict[int, int] = {}
    missing = _indices_by_kind(kinds)
    try:
        path = f"/integration/{quote(str((await client.get_current_integration())['_id']), safe='')}"
        resyncs = await _get_data(client, f"{path}/syncsMetadata")
        newest_first = sorted(resyncs, key=lambda resync: str(resync["createdAt"]), reverse=True)
        for resync in newest_first[:_MAX_RESYNCS]:
            metrics = await _get_data(
                client, f"{path}/syncMetrics?resyncId={quote(str(resync['eventId']), safe='')}"
            )
            _add_completed(counts, missing, metrics)
            if not missing:
                break
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
        logger.warning(
            "max_shrink is not checked: Port did not return the item counts of previous resyncs ({})",
            type(error).__name__,
        )
    return counts


def _add_completed(counts: dict[int, int], missing: dict[str, list[int]], metrics: Iterable[Metrics]) -> None:
    """Move the kinds that completed in one resync from `missing` to `counts`."""
    by_kind = _metrics_by_kind(metrics)
    for kind, indices in list(missing.items()):
        records = by_kind.get(kind, [])
        if not records:
            continue
        if len(records) != len(indices):
            # The mapping has changed since. Which entry was which is unknown, in older resyncs too.
            del missing[kind]
            continue
        for index, record in zip(indices, records, strict=True):
            if record["syncState"] == "completed":
                counts.setdefault(index, _item_count(record))
        if all(index in counts for index in indices):
            del missing[kind]


def _metrics_by_kind(metrics: Iterable[Metrics]) -> dict[str, list[Metrics]]:
    """Return each kind's records in mapping order."""
    groups: dict[str, list[Metrics]] = defaultdict(list)
    for record in sorted(metrics, key=lambda record: int(record.get("kindIndex", 0))):
        groups[str(record["kind"])].append(record)
    return groups


def _indices_by_kind(kinds: Iterable[str]) -> dict[str, list[int]]:
    indices: dict[str, list[int]] = defaultdict(list)
    for index, kind in enumerate(kinds):
        indices[kind].append(index)
    return dict(indices)


def _item_count(record: Metrics) -> int:
    """Return the number of extracted raw items. Raises LookupError: the record has no such count."""
    counts = record["metrics"]["phase"]["extract"]["object_count_type"]["raw_extracted"]
    return int(counts["object_count"])


async def _get_data(client: PortClient, path: str) -> list[Metrics]:
    response = await client.client.get(f"{client.auth.api_url}{path}", headers=await client.auth.headers())
    response.raise_for_status()
    data: list[Metrics] = response.json()["data"]
    return data
