"""Who maps and deletes: this process ("ocean-core") or Port ("DSP"). A resync must not mix the two.

Ocean reads Port's feature flags again for every batch. If they change during a resync, later batches are
not mapped here and Ocean would delete their entities as stale.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from loguru import logger
from port_ocean.core.integrations.mixins.utils import is_dsp_mode_enabled

from rest.errors import SyncError

_ATTRIBUTE = "ocean_custom_processing"


@dataclass(slots=True)
class ProcessingRecord:
    """How Ocean processed the batches of one resync.

    started_in_dsp: the mode at the start. None in an incremental run, which does not check it.
    mappings: the number of times that Ocean called the mapping of this process.
    """

    started_in_dsp: bool | None = None
    mappings: int = 0
    batches_mapped: int = 0
    batches_unmapped: int = 0

    @property
    def has_changed_mode(self) -> bool:
        """Whether some batches were mapped here and others were left to Port."""
        mapped = self.batches_mapped > 0 or self.started_in_dsp is False
        unmapped = self.batches_unmapped > 0 or self.started_in_dsp is True
        return mapped and unmapped


def processing_record(attributes: dict[str, Any]) -> ProcessingRecord:
    """Return the record of a resync, which the resync's attributes keep."""
    record: ProcessingRecord = attributes.setdefault(_ATTRIBUTE, ProcessingRecord())
    return record


async def record_start_mode(attributes: dict[str, Any]) -> None:
    """Record the mode that a resync starts in. Log a warning in DSP mode, where Port maps and deletes."""
    record = processing_record(attributes)
    record.started_in_dsp = await is_dsp_mode_enabled()
    if record.started_in_dsp:
        logger.warning(
            "DSP mode: Port maps the items and deletes entities. This integration's mapping, max_shrink and "
            "entity checks do not apply. Set OCEAN__PROCESSING_MODE=ocean-core to turn DSP mode off"
        )


async def ensure_one_mode[Batch](
    batches: AsyncGenerator[list[Batch]], record: ProcessingRecord
) -> AsyncGenerator[list[Batch]]:
    """Yield the batches. Raises SyncError: the processing mode changed during the resync."""
    async with aclosing(batches):
        async for batch in batches:
            mappings_before = record.mappings
            yield batch
            if batch:
                _count_batch(record, is_mapped=record.mappings > mappings_before)


def _count_batch(record: ProcessingRecord, *, is_mapped: bool) -> None:
    if is_mapped:
        record.batches_mapped += 1
    else:
        record.batches_unmapped += 1
    if record.has_changed_mode:
        raise SyncError(
            "Port's feature flags changed the processing mode during this resync: some items were mapped "
            "here and others were left to Port",
            hint="Set OCEAN__PROCESSING_MODE=ocean-core, or resync again to use the new mode from the start",
        )
