"""Ocean's handlers."""

from contextlib import aclosing

from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource
from port_ocean.core.incremental import active_incremental_cursor
from port_ocean.core.ocean_types import ASYNC_GENERATOR_RESYNC_TYPE
from port_ocean.core.probe import ProbeContext

from ocean_adapter.applier import write_again
from ocean_adapter.earlier import check_shrink
from ocean_adapter.mapped import check_mapped, tally_of
from ocean_adapter.marks import note_first_answer
from ocean_adapter.port_clock import start_by_port_s_clock
from ocean_adapter.probe import probe_endpoints
from ocean_adapter.processing_mode import in_one_mode, note_start, processing_of
from ocean_adapter.runtime import Runtime, read_settings
from ocean_adapter.verdicts import tell
from ocean_adapter.written import check_written
from rest.errors import SyncError

runtime = Runtime(read_settings())


@ocean.on_resync_start()
async def start() -> None:
    """What holds for the whole resync: Port's time of its start, and whether Port maps and deletes."""
    start_by_port_s_clock(event.attributes)
    await note_start(event.attributes)


@ocean.on_resync()
async def resync(kind: str) -> ASYNC_GENERATOR_RESYNC_TYPE:
    """The items of one resource, in batches. A failed fetch reaches Ocean, which then deletes nothing."""
    wanted = await runtime.resource(resource.resource_config)
    extractor = await runtime.extractor()
    verdict = extractor.verdict(wanted)
    tally = tally_of(event.attributes, resource.index)
    try:
        watched = in_one_mode(extractor.batches(wanted, verdict), processing_of(event.attributes))
        async with aclosing(watched) as batches:
            async for batch in batches:
                yield batch
        check_mapped(tally, kind, verdict)
        await check_shrink(wanted, tally.items)
    except (SyncError, ExceptionGroup):
        tell(kind, resource.index, verdict, tally, has_failed=True)
        raise
    tell(kind, resource.index, verdict, tally)


@ocean.on_incremental_resync()
async def incremental_resync(kind: str) -> ASYNC_GENERATOR_RESYNC_TYPE:
    """The items of one resource that have changed since the last good run.

    A run is good, and Ocean moves its mark, only if Port has all that was read: nothing reads it again.
    """
    wanted = await runtime.resource(resource.resource_config)
    since = active_incremental_cursor()
    if since is None or wanted.incremental is None:
        return
    extractor = await runtime.extractor()
    verdict = extractor.verdict(wanted)
    tally = tally_of(event.attributes, resource.index)
    try:
        watched = in_one_mode(
            extractor.batches(wanted.since(since), verdict), processing_of(event.attributes)
        )
        async with aclosing(watched) as batches:
            async for batch in batches:
                yield batch
        note_first_answer(event.attributes, extractor.first_answer)
        await write_again(ocean.app.integration.entities_state_applier)
        check_mapped(tally, kind, verdict)
        check_written(event.attributes, resource.index, kind)
    except (SyncError, ExceptionGroup):
        tell(kind, resource.index, verdict, tally, has_failed=True)
        raise
    tell(kind, resource.index, verdict, tally)


@ocean.on_probe()
async def probe(context: ProbeContext) -> None:
    """One line for each endpoint of the mapping. Raises for an exit code that says whether all is well."""
    await probe_endpoints(context, runtime.settings)
