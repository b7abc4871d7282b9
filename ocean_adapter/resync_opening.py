"""What a full resync asks Port at its start, while Ocean starts to read the API, and keeps at its end."""

import asyncio
from datetime import UTC, datetime

import msgspec
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean

from configuration.settings import Settings
from mapping import EntityMemory, key_of, open_memory
from ocean_adapter.live_writes import LiveWrites
from ocean_adapter.port_state import PortState
from ocean_adapter.previous_resyncs import read_earlier_counts
from ocean_adapter.processing_mode import processing_record
from ocean_adapter.recall import Recall
from ocean_adapter.resync_scope import ResyncScope, current_scope
from ocean_adapter.state_folder import installation_digest, state_folder


def start_reading_port(scope: ResyncScope, agent: UserAgentType) -> None:
    """Start to read Port's list, while Ocean still asks for the mapping."""
    scope.port_state = PortState(ocean.port_client, agent, scope.ledger)
    scope.resources.push_async_callback(scope.port_state.close)


async def open_resync(settings: Settings) -> None:
    """Open the memory of the last resync, and ask Port what has changed. In DSP mode, nobody needs it."""
    if processing_record(event.attributes).started_in_dsp:
        return
    scope, client, agent = current_scope(), ocean.port_client, UserAgentType.exporter
    if any(entry.enable_delete for entry in event.port_app_config.resources):
        read_earlier_counts(event.attributes)
    memory = await asyncio.to_thread(_opened_memory) if settings.remember_entities == "auto" else None
    scope.recall = Recall(memory, client, agent)
    scope.resources.push_async_callback(scope.recall.close)
    started = event.attributes.get("resync_start_time")
    scope.recall.prepare(
        event.port_app_config.resources, started if isinstance(started, datetime) else datetime.now(UTC)
    )


def _opened_memory() -> EntityMemory | None:
    folder = state_folder()
    return open_memory(folder / "entities.sqlite", installation_digest()) if folder else None


async def finish_recall(scope: ResyncScope, live_writes: LiveWrites) -> None:
    """Remember what this resync has written, but not what live events changed meanwhile."""
    if scope.recall is None:
        return
    changed = live_writes.changed()
    await scope.recall.forget(key_of(blueprint, msgspec.json.decode(name)) for blueprint, name in changed)
    await scope.recall.finish()
