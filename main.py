"""Ocean's handlers."""

from contextlib import aclosing

from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource
from port_ocean.core.ocean_types import ASYNC_GENERATOR_RESYNC_TYPE

from ocean_adapter.mapped import MappedTally
from ocean_adapter.resources import resource_from
from ocean_adapter.runtime import Runtime, read_settings

runtime = Runtime(read_settings())


@ocean.on_resync_start()
async def renew() -> None:
    """Each resync reads the API anew."""
    await runtime.renew()


@ocean.on_resync_complete()
async def close() -> None:
    """What a resync held is freed as soon as it is over; after a failed one, when the next starts."""
    await runtime.renew()


@ocean.on_resync()
async def resync(kind: str) -> ASYNC_GENERATOR_RESYNC_TYPE:
    """The items of one resource, in batches. A failed fetch reaches Ocean, which then deletes nothing."""
    wanted = resource_from(resource.resource_config, runtime.settings.pagination)
    extractor = await runtime.extractor()
    async with aclosing(extractor.batches(wanted)) as batches:
        async for batch in batches:
            yield batch
    MappedTally.of(event.attributes, resource.index).check(kind)
