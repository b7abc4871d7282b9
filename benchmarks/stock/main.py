"""The handlers of the stock project: our extraction, and nothing else of ours.

BENCH_BATCH_ITEMS: the size of batches, like an integration that yields each page. Not set: our size.
"""

import os
from itertools import batched

from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource
from port_ocean.core.ocean_types import ASYNC_GENERATOR_RESYNC_TYPE

from ocean_adapter.engine import Engine
from ocean_adapter.startup_settings import read_settings

engine = Engine(read_settings())
BATCH_ITEMS = int(os.environ.get("BENCH_BATCH_ITEMS", "0"))


@ocean.on_resync()
async def resync(_: str) -> ASYNC_GENERATOR_RESYNC_TYPE:
    """Yield the items of one mapping entry in batches."""
    wanted = await engine.resource(resource.resource_config)
    extractor = await engine.extractor()
    async for batch in extractor.batches(wanted):
        for part in batched(batch, BATCH_ITEMS or len(batch) or 1):
            yield list(part)
