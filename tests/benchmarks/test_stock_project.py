"""The stock project syncs the same items with Ocean's own classes."""

from pathlib import Path

import pytest
from port_ocean.core.integrations.base import BaseIntegration

from benchmarks.lean_api import lean_api
from benchmarks.mappings import mapping_of
from benchmarks.port_sandbox import ROOT, port_sandbox
from benchmarks.resyncs import Contestant, Scenario, two_syncs
from benchmarks.stock.integration import StockIntegration
from benchmarks.stock_project import PAGE_BATCHES, stock_project

pytestmark = [pytest.mark.process, pytest.mark.slow]


def test_only_ocean_maps_compares_writes_and_deletes() -> None:
    assert StockIntegration.__bases__ == (BaseIntegration,)
    assert StockIntegration.EntityProcessorClass is BaseIntegration.EntityProcessorClass
    assert StockIntegration.EntitiesStateApplierClass is BaseIntegration.EntitiesStateApplierClass


def test_the_project_has_our_extraction_and_its_own_handlers() -> None:
    with stock_project() as project:
        assert (project / "extraction").resolve() == ROOT / "extraction"
        for name in ("main.py", "integration.py"):
            assert (project / name).read_text() == (Path(ROOT) / "benchmarks" / "stock" / name).read_text()


def test_all_items_are_synced_and_measured() -> None:
    scenario = Scenario("small", {"items": 120}, mapping_of(), 120)
    with stock_project() as project, port_sandbox() as port, lean_api(**scenario.api) as api:
        syncs = two_syncs(scenario, Contestant(project, PAGE_BATCHES), port, api)
    assert [sync.written for sync in syncs.values()] == [120, 0]
    for sync in syncs.values():
        assert 0 < sync.cpu_s < sync.seconds * 8
        assert sync.peak_mib > 10
        assert sync.api_bytes > 120 * 400
        assert sync.calls["POST /v1/entities/search"] >= 3
