"""A resync keeps the entities of failed kinds, and fails if Port refuses most entities of a kind."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, override

import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventContext, EventType, event_context
from port_ocean.context.ocean import ocean
from port_ocean.core.integrations.mixins import SyncRawMixin
from port_ocean.core.models import Entity

from integration import CustomIntegration
from mapping import Withheld
from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.mapping_check import entity_tally
from ocean_adapter.processing_mode import processing_record
from ocean_adapter.resync import CautiousResync
from ocean_adapter.resync_scope import current_scope, open_scope
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.write_response import WriteResult, entity_key
from ocean_adapter.write_tally import write_tally
from tests.ocean_adapter.fake_port import FakePort

TASK = Entity(identifier="t1", blueprint="task")
USER = Entity(identifier="u1", blueprint="user")


def mapping(*, task: str = '"task"', delete_tasks: bool = True) -> CustomPortAppConfig:
    entries = [
        {
            "kind": f"/{name}s",
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": blueprint}}},
            "enableDelete": name != "task" or delete_tasks,
        }
        for name, blueprint in (("task", task), ("user", '"user"'))
    ]
    config: CustomPortAppConfig = CustomPortAppConfig.parse_obj(
        {"resources": entries, "entityDeletionThreshold": 1}
    )
    return config


class Ocean(SyncRawMixin):
    """Stands for Ocean's own resync."""

    def __init__(self) -> None:
        super().__init__()
        self.applier = CustomStateApplier(ocean)
        self.errors: list[Exception] = []
        self.completed = 0
        self.closed: list[str] = []

        async def complete() -> None:
            self.completed += 1

        self.event_strategy.resync_complete.append(complete)

    @property
    @override
    def entities_state_applier(self) -> Any:
        return self.applier

    @override
    async def sync_raw_all(self, *_: Any, **__: Any) -> bool:
        current_scope().refusals = ["/tasks: Port refused 1 of 4 entities"]
        async with event_context(EventType.RESYNC) as event:
            event.port_app_config = mapping()
            await self.process_resource(event.port_app_config.resources[0], 0, UserAgentType.exporter)
        return True

    @override
    async def process_resource(self, *_: Any) -> tuple[list[Entity], list[Exception]]:
        return [], self.errors

    @override
    async def sync_incremental(self, *_: Any, **__: Any) -> None:
        current_scope().resources.callback(self.closed.append, "extractor")


class Resync(CautiousResync, Ocean):
    pass


@pytest.fixture
def port(fake_port: FakePort) -> FakePort:
    """A Port with a task and a user, which were written before the resync."""
    fake_port.put(TASK, USER, at=datetime.now(UTC) - timedelta(hours=1))
    return fake_port


@pytest.fixture
def resync(port: FakePort) -> Resync:
    del port  # its client is the context's
    return Resync()


@pytest.fixture
async def event() -> AsyncIterator[EventContext]:
    """The event of a full resync, in a scope of its own."""
    start = {"resync_start_time": datetime.now(UTC)}
    async with event_context(EventType.RESYNC, attributes=start) as event, open_scope():
        event.port_app_config = mapping()
        yield event


async def reconcile(
    resync: Resync, *, config: CustomPortAppConfig | None = None, failed: bool = False, fetched: bool = True
) -> bool:
    """Reconcile after /tasks, which may have failed, and /users, which had no items."""
    errors: list[Exception] = [ValueError("oops")] if failed else []
    async with open_scope():
        succeeded: bool = await resync.resync_reconciliation(
            [([], errors), ([], [])], fetched, UserAgentType.exporter, config or mapping()
        )
    return succeeded


def test_the_integration_uses_the_cautious_resync() -> None:
    assert issubclass(CustomIntegration, CautiousResync)


@pytest.mark.usefixtures("event")
async def test_stale_entities_are_deleted_if_no_kind_failed(resync: Resync, port: FakePort) -> None:
    assert await reconcile(resync)
    assert (resync.completed, port.identifiers) == (1, set())


async def test_stale_entities_of_complete_kinds_are_deleted(
    resync: Resync, port: FakePort, event: EventContext, logged: list[str]
) -> None:
    assert not await reconcile(resync, failed=True)
    assert (resync.completed, port.identifiers) == (0, {"t1"})
    withheld: Withheld = event.attributes["ocean_custom_withheld"]
    assert withheld.holds("task")
    assert not withheld.holds("user")
    assert any(
        '/tasks: no entity of its blueprint "task" is deleted because it failed' in line for line in logged
    )


@pytest.mark.usefixtures("event")
async def test_the_errors_of_failed_kinds_are_raised_to_who_wants_them(resync: Resync) -> None:
    async with open_scope():
        with pytest.raises(ExceptionGroup, match="Resync failed with 1 errors"):
            await resync.resync_reconciliation(
                [([], [ValueError("oops")]), ([], [])],
                did_fetched_current_state=True,
                user_agent_type=UserAgentType.exporter,
                app_config=mapping(),
                silent=False,
            )


@pytest.mark.usefixtures("event")
async def test_nothing_is_deleted_if_a_failed_kind_computes_its_blueprint(
    resync: Resync, port: FakePort, logged: list[str]
) -> None:
    await reconcile(resync, config=mapping(task=".type"), failed=True)
    assert port.deletions == []
    assert any("Nothing at all is deleted in this resync" in line for line in logged)


@pytest.mark.usefixtures("event")
async def test_nothing_is_deleted_if_ports_entities_are_unknown(
    resync: Resync, port: FakePort, logged: list[str]
) -> None:
    assert not await reconcile(resync, fetched=False)
    assert port.deletions == []
    assert any("Nothing is deleted: Port failed at the start" in line for line in logged)


@pytest.mark.usefixtures("event")
async def test_a_kind_without_deletion_keeps_its_entities(resync: Resync, port: FakePort) -> None:
    assert await reconcile(resync, config=mapping(delete_tasks=False))
    assert port.identifiers == {"t1"}


async def test_nothing_is_deleted_if_the_processing_mode_changed(
    resync: Resync, port: FakePort, event: EventContext, logged: list[str]
) -> None:
    processing_record(event.attributes).batches_unmapped = 1
    assert not await reconcile(resync)
    assert (resync.completed, port.deletions) == (0, [])
    assert any("Nothing is deleted: Port's feature flags" in line for line in logged)


async def test_a_refused_entity_that_a_live_event_has_changed_is_not_sent_again(
    resync: Resync, port: FakePort, event: EventContext
) -> None:
    config = mapping()
    config.create_missing_related_entities = False
    event.port_app_config = config
    for entity in (TASK, USER):
        event.entity_topological_sorter.register_entity(entity)
    with resync.applier.live_writes.during_resync():
        resync.applier.live_writes.record([entity_key("task", "t1")], datetime.now(UTC))
        await reconcile(resync, config=config)
    assert port.written == ["u1"]


async def test_entities_that_are_accepted_when_they_are_sent_again_are_not_refused(
    resync: Resync, port: FakePort, event: EventContext
) -> None:
    """Targets come first. The first request of a batch had one of them after what relates to it."""
    config = mapping()
    config.create_missing_related_entities = False
    event.port_app_config = config
    related = Entity(identifier="t2", blueprint="task", relations={"after": "t1"})
    write_tally(event.attributes, 0).count([related, TASK], WriteResult(), keep_refused=False)
    for entity in (related, TASK):
        event.entity_topological_sorter.register_entity(entity)
    await reconcile(resync, config=config)
    assert port.written == ["t1", "t2"]
    assert write_tally(event.attributes, 0).still_refused == {}


async def test_refused_entities_are_recorded_in_the_scope(resync: Resync, event: EventContext) -> None:
    write_tally(event.attributes, 0).count([TASK], WriteResult(), keep_refused=False)
    entity_tally(event.attributes, 0).entities = 1
    await resync.resync_reconciliation([([], []), ([], [])], True, UserAgentType.exporter, mapping())  # noqa: FBT003
    scope = current_scope()
    assert scope.failures == 1
    assert scope.refusals[0].startswith("/tasks: Port refused 1 of 1 entities")


@pytest.mark.parametrize("failed", [False, True], ids=["complete", "failed"])
async def test_a_resync_fails_if_a_kind_failed(resync: Resync, logged: list[str], *, failed: bool) -> None:
    resync.errors = [ValueError("oops")] if failed else []
    assert await resync.sync_raw_all() is not failed
    assert "/tasks: Port refused 1 of 4 entities" in logged[-1]


async def test_an_incremental_run_has_a_scope(resync: Resync) -> None:
    await resync.sync_incremental(900)
    assert resync.closed == ["extractor"]
