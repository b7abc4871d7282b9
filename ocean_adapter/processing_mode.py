"""Who maps and deletes: this process ("ocean-core"), or Port ("DSP"). Never both in one resync.

Ocean asks Port's feature flags again for every batch. Where they change in the middle of a resync, the
later batches are not mapped here, and Ocean would delete their entities as stale.
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
class Processing:
    """What was seen of one resync. starts_as_dsp: what Ocean said at its start, None where it was not asked.

    mappings: how often Ocean had a batch mapped here.
    """

    starts_as_dsp: bool | None = None
    mappings: int = 0
    batches_mapped: int = 0
    batches_unmapped: int = 0

    @property
    def has_changed(self) -> bool:
        """True where Ocean treated batches of the same resync in different ways."""
        mapped = self.batches_mapped > 0 or self.starts_as_dsp is False
        unmapped = self.batches_unmapped > 0 or self.starts_as_dsp is True
        return mapped and unmapped


def processing_of(attributes: dict[str, Any]) -> Processing:
    """The record of a resync, kept in its own attributes."""
    record: Processing = attributes.setdefault(_ATTRIBUTE, Processing())
    return record


async def note_start(attributes: dict[str, Any]) -> None:
    """Notes the mode that a resync starts in. Warns where Port maps and deletes: our promises end there."""
    processing = processing_of(attributes)
    processing.starts_as_dsp = await is_dsp_mode_enabled()
    if processing.starts_as_dsp:
        logger.warning(
            "DSP mode: Port maps the items and deletes entities. This integration's mapping, max_shrink and "
            "the checks of entities do not apply. OCEAN__PROCESSING_MODE=ocean-core turns DSP mode off"
        )


async def in_one_mode[Batch](
    batches: AsyncGenerator[list[Batch]], processing: Processing
) -> AsyncGenerator[list[Batch]]:
    """The batches, each watched: was it mapped here? Raises SyncError: the mode changed during the resync."""
    async with aclosing(batches):
        async for batch in batches:
            before = processing.mappings
            yield batch
            if batch:
                _note(processing, is_mapped=processing.mappings > before)


def _note(processing: Processing, *, is_mapped: bool) -> None:
    if is_mapped:
        processing.batches_mapped += 1
    else:
        processing.batches_unmapped += 1
    if processing.has_changed:
        raise SyncError(
            "Port's feature flags changed the processing mode during this resync, so some items were mapped "
            "here and others were left to Port",
            hint="Set OCEAN__PROCESSING_MODE=ocean-core, or resync again to use the new mode from the start",
        )
