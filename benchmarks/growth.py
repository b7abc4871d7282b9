"""Growth: whole resyncs of up to a million entities of 1 kB, and the deletion of most of them.

The sandbox's database is on disk, and its memory is measured apart. A third resync has a selector that
selects no item: what it needs less is the memory of entities.
"""

import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx

from benchmarks.lean_api import lean_api
from benchmarks.mappings import mapping_of
from benchmarks.port_sandbox import ROOT, Port, port_sandbox
from benchmarks.results import Results
from benchmarks.resyncs import PREFIX, line
from benchmarks.sail import ONCE, Sync, remove_state, sailing

ITEM_BYTES = 1000
PAGE_SIZE = 200
KEPT = 2000
LIMIT_S = 1200.0
_ENVIRON = {f"{PREFIX}PAGE_SIZE": str(PAGE_SIZE)}


def growth_mapping(query: str = "true") -> dict[str, Any]:
    """Return a mapping that allows the deletion of all entities."""
    return mapping_of(query=query, max_shrink="100%") | {"entityDeletionThreshold": 1}


def grown(count: int, port: Port) -> dict[str, Sync]:
    """Sync this number of entities, then again after the API has lost most of them."""
    deadline = time.monotonic() + LIMIT_S
    with lean_api(items=count, item_bytes=ITEM_BYTES) as api:
        port.install("growth", growth_mapping())
        with sailing(ROOT, port, api, "growth", environ=_ENVIRON) as running:
            first = running.next_sync(timeout_s=LIMIT_S)
            print(f"  {count:,} entities: {line(first)}", flush=True)
            httpx.get(f"{api[0]}/_items", params={"count": KEPT}).raise_for_status()
            deletion = running.second_sync(timeout_s=max(deadline - time.monotonic(), 60))
            print(f"  {count - KEPT:,} deletions: {line(deletion)}", flush=True)
    remove_state(port, "growth")
    if (first.entities, deletion.entities) != (count, KEPT):
        raise SystemExit(f"{first.entities} and then {deletion.entities} entities, not {count} and {KEPT}")
    return {"first": first, "deletion": deletion}


def without_entities(count: int, port: Port) -> Sync:
    """Return a resync of this number of items of which none becomes an entity."""
    with lean_api(items=count, item_bytes=ITEM_BYTES) as api:
        port.install("growth", growth_mapping("false"))
        with sailing(ROOT, port, api, "growth", listener=ONCE, environ=_ENVIRON) as running:
            found = running.next_sync(timeout_s=LIMIT_S)
    remove_state(port, "growth")
    print(f"  {count:,} items, no entity: {line(found)}", flush=True)
    return found


def record_growth(results: Results, count: int, *, with_empty: bool = False) -> None:
    """Measure this number of entities, and save the scenario. with_empty: also without entities."""
    with tempfile.TemporaryDirectory() as folder:
        with port_sandbox(database=Path(folder) / "port.db") as port:
            syncs = grown(count, port)
        if with_empty:
            with port_sandbox() as port:
                syncs["no_entity"] = without_entities(count, port)
    parameters = {"items": count, "item_bytes": ITEM_BYTES, "page_size": PAGE_SIZE, "kept": min(KEPT, count)}
    values = {which: [asdict(sync)] for which, sync in syncs.items()}
    results.record(f"growth-{count}", {"parameters": parameters, "syncs": {"ours": values}})
