"""Ocean's handlers."""

from contextlib import aclosing

from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource
from port_ocean.core.incremental import active_incremental_cursor
from port_ocean.core.ocean_types import ASYNC_GENERATOR_RESYNC_TYPE
from port_ocean.core.probe import ProbeContext

from ocean_adapter.applier import resend_refused
from ocean_adapter.engine import Engine
from ocean_adapter.garbage import freeze_loaded_modules
from ocean_adapter.incremental_cursor import record_first_response
from ocean_adapter.live_service import LiveService
from ocean_adapter.mapping_check import check_mapping, entity_tally
from ocean_adapter.port_clock import align_start_with_port_clock
from ocean_adapter.previous_resyncs import check_shrink
from ocean_adapter.probe import probe_endpoints
from ocean_adapter.processing_mode import ensure_one_mode, processing_record, record_start_mode
from ocean_adapter.resync_opening import open_resync
from ocean_adapter.startup_settings import read_settings
from ocean_adapter.traffic_metrics import install_metrics
from ocean_adapter.verdict_report import forget_removed_kinds, report_verdict
from ocean_adapter.write_tally import check_writes
from rest.errors import SyncError

engine = Engine(read_settings())
live = LiveService(engine)
live.install()
install_metrics(engine.traffic)
freeze_loaded_modules()


@ocean.on_resync_start()
async def start() -> None:
    """Record the start time by Port's clock, and the processing mode. Ask Port what it has.

    Live events use the same mapping.
    """
    forget_removed_kinds(event.port_app_config.resources)
    align_start_with_port_clock(event.attributes)
    await record_start_mode(event.attributes)
    await live.use_mapping(event.port_app_config)
    await open_resync(engine.settings)


@ocean.on_resync()
async def resync(kind: str) -> ASYNC_GENERATOR_RESYNC_TYPE:
    """Yield the items of one mapping entry in batches. If this raises, Ocean deletes nothing of the kind."""
    wanted = await engine.resource(resource.resource_config)
    extractor = await engine.extractor()
    verdict = extractor.verdict(wanted)
    tally = entity_tally(event.attributes, resource.index)
    try:
        checked = ensure_one_mode(extractor.batches(wanted, verdict), processing_record(event.attributes))
        async with aclosing(checked) as batches:
            async for batch in batches:
                yield batch
        check_mapping(tally, kind, verdict)
        await check_shrink(wanted, tally.items)
    except (SyncError, ExceptionGroup):
        report_verdict(kind, resource.index, verdict, tally, has_failed=True)
        raise
    report_verdict(kind, resource.index, verdict, tally)
    live.note_covered(resource.index)


@ocean.on_incremental_resync()
async def incremental_resync(kind: str) -> ASYNC_GENERATOR_RESYNC_TYPE:
    """Yield the items of one mapping entry that changed since the last successful run.

    A run succeeds only if Port has accepted all changes: no later run reads them again.
    """
    wanted = await engine.resource(resource.resource_config)
    since = active_incremental_cursor()
    if since is None or wanted.incremental is None:
        return
    extractor = await engine.extractor()
    verdict = extractor.verdict(wanted)
    tally = entity_tally(event.attributes, resource.index)
    try:
        checked = ensure_one_mode(
            extractor.batches(wanted.since(since), verdict), processing_record(event.attributes)
        )
        async with aclosing(checked) as batches:
            async for batch in batches:
                yield batch
        record_first_response(event.attributes, extractor.first_answer)
        await resend_refused(ocean.app.integration.entities_state_applier)
        check_mapping(tally, kind, verdict)
        check_writes(event.attributes, resource.index, kind)
    except (SyncError, ExceptionGroup):
        report_verdict(kind, resource.index, verdict, tally, has_failed=True)
        raise
    report_verdict(kind, resource.index, verdict, tally)


@ocean.on_probe()
async def probe(context: ProbeContext) -> None:
    """Check each endpoint of the mapping. Raises an error for an exit code other than 0."""
    await probe_endpoints(context, engine.settings)
