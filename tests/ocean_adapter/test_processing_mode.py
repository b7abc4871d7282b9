"""A resync fails if the processing mode changes while it runs."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from port_ocean.core.models import IntegrationFeatureFlag, ProcessingMode

from ocean_adapter.processing_mode import (
    ProcessingRecord,
    ensure_one_mode,
    processing_record,
    record_start_mode,
)
from rest.errors import SyncError


async def batches(*sizes: int) -> AsyncGenerator[list[int]]:
    for size in sizes:
        yield list(range(size))


async def read(record: ProcessingRecord, pattern: str) -> int:
    """Read a batch for each letter: `m` is mapped here, `p` is left to Port. Return the number of batches."""
    count = 0
    async for _ in ensure_one_mode(batches(*(1 for _ in pattern)), record):
        record.mappings += pattern[count] == "m"
        count += 1
    return count


@pytest.mark.parametrize(
    "record", [ProcessingRecord(), ProcessingRecord(started_in_dsp=False)], ids=["incremental", "full"]
)
async def test_batches_that_are_all_mapped_here_pass(record: ProcessingRecord) -> None:
    assert await read(record, "mm") == 2


@pytest.mark.parametrize(
    "record", [ProcessingRecord(), ProcessingRecord(started_in_dsp=True)], ids=["incremental", "full"]
)
async def test_batches_that_are_all_left_to_port_pass(record: ProcessingRecord) -> None:
    assert await read(record, "pp") == 2


@pytest.mark.parametrize(
    ("record", "pattern"),
    [
        (ProcessingRecord(), "mp"),
        (ProcessingRecord(), "pm"),
        (ProcessingRecord(started_in_dsp=False), "p"),
        (ProcessingRecord(started_in_dsp=True), "m"),
    ],
    ids=["mapped, then not", "not mapped, then mapped", "not mapped after ocean-core", "mapped after DSP"],
)
async def test_a_changed_mode_fails_the_kind(record: ProcessingRecord, pattern: str) -> None:
    with pytest.raises(SyncError, match="changed the processing mode during this resync"):
        await read(record, pattern)


async def test_empty_batches_do_not_count() -> None:
    """Ocean does not map them."""
    record = ProcessingRecord(started_in_dsp=False)
    assert [batch async for batch in ensure_one_mode(batches(0, 0), record)] == [[], []]


@pytest.mark.parametrize("has_flags", [True, False], ids=["DSP", "ocean-core"])
async def test_the_mode_at_the_start_is_recorded(
    app: Any, monkeypatch: pytest.MonkeyPatch, logged: list[str], *, has_flags: bool
) -> None:
    class Port:
        async def get_organization_feature_flags(self) -> list[IntegrationFeatureFlag]:
            return list(IntegrationFeatureFlag) if has_flags else []

    monkeypatch.setattr(app, "port_client", Port())
    monkeypatch.setattr(app.config, "processing_mode", ProcessingMode.dsp, raising=False)
    monkeypatch.setattr(app.config, "lakehouse_enabled", True, raising=False)
    attributes: dict[str, Any] = {}
    await record_start_mode(attributes)
    assert processing_record(attributes).started_in_dsp is has_flags
    assert any("DSP mode: Port maps the items" in line for line in logged) is has_flags
