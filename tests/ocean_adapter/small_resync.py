"""Full resyncs of a few items: our registration, mapping, writes, memory and deletion, with a fake Port."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, override

from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event_context
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource_context

from mapping import open_memory
from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.loading import Loading
from ocean_adapter.port_state import PortState
from ocean_adapter.recall import Recall
from ocean_adapter.reconciliation import delete_stale
from ocean_adapter.registration import OverlappedRegistration
from ocean_adapter.resync_opening import finish_recall
from ocean_adapter.resync_scope import open_scope
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.write_response import entity_key
from tests.ocean_adapter.conftest import Processors
from tests.ocean_adapter.fake_port import FakePort

AGENT = UserAgentType.exporter
HOUR = timedelta(hours=1)

type Batches = Sequence[list[dict[str, Any]]]


def entry(**mappings: Any) -> dict[str, Any]:
    """Return a mapping entry of tasks."""
    fields = {"identifier": ".id", "blueprint": '"task"', "title": ".title", **mappings}
    return {"kind": "/tasks", "selector": {"query": "true"}, "port": {"entity": {"mappings": fields}}}


def item(name: str, title: str = "a", **fields: Any) -> dict[str, Any]:
    """Return an item of the API."""
    return {"id": name, "title": title, **fields}


class Registration(OverlappedRegistration):
    """The registration, with the parts of the integration that it uses."""

    def __init__(self, processors: Processors) -> None:
        super().__init__()
        self._processor = processors.ours
        self.applier = CustomStateApplier(ocean)

    @property
    @override
    def entity_processor(self) -> Any:
        return self._processor

    @property
    @override
    def entities_state_applier(self) -> Any:
        return self.applier


@dataclass
class Resyncs:
    """Resyncs of one installation, an hour apart. now: when the next one starts."""

    port: FakePort
    processors: Processors
    folder: Path
    entries: list[dict[str, Any]] = field(default_factory=lambda: [entry()])
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    remembers: bool = True
    threshold: float | None = 1.0
    is_complete: bool = True

    def __post_init__(self) -> None:
        self.registration = Registration(self.processors)
        self.port.now = self._tick

    def run(self, *entries: Batches, live: Sequence[str] = ()) -> None:
        """Run a resync of these batches of each entry. Only its requests are kept.

        live: tasks that live events change meanwhile.
        """
        self.port.requests.clear()
        self.now += HOUR
        self.processors.runner.run(self._run(entries, live))

    @property
    def asked(self) -> list[str]:
        """The entities that Port was asked about in the last resync."""
        return [
            identifier
            for body in self.port.bodies("/entities/search")
            for rule in body["rules"]
            if rule["property"] == "$identifier"
            for identifier in rule["value"]
        ]

    def _tick(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    async def _run(self, entries: Sequence[Batches], live: Sequence[str]) -> None:
        client: Any = ocean.port_client
        client.clear_blueprint_cache()
        config = CustomPortAppConfig.parse_obj({"resources": self.entries})
        start = {"resync_start_time": self.now}
        writes = self.registration.applier.live_writes
        async with (
            open_scope() as scope,
            event_context(EventType.RESYNC, attributes=start) as event,
        ):
            event.port_app_config = config
            scope.port_state = PortState(client, AGENT, scope.ledger)
            scope.resources.push_async_callback(scope.port_state.close)
            memory = open_memory(self.folder / "entities.sqlite", b"mine") if self.remembers else None
            scope.recall = Recall(memory, client, AGENT)
            scope.resources.push_async_callback(scope.recall.close)
            scope.recall.prepare(config.resources, self.now)
            with writes.during_resync():
                for index, batches in enumerate(entries):
                    async with resource_context(config.resources[index], index):
                        scope.loading = Loading()
                        for batch in batches:
                            await self.registration._register_resource_raw(
                                config.resources[index], batch, AGENT
                            )
                        await scope.loading.finish()
                writes.record([entity_key("task", each) for each in live], self.now)
                await delete_stale(self.registration.applier, AGENT, self.threshold)
                if self.is_complete:
                    await finish_recall(scope, writes)
