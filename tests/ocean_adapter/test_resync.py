"""A resync keeps the entities of failed kinds, and fails if Port refuses most entities of a kind."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, override

import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventContext, EventType, event_context
from port_ocean.core.integrations.mixins import SyncRawMixin
from port_ocean.core.models import Entity

from integration import CustomIntegration
from mapping import Withheld
from ocean_adapter.mapping_check import entity_tally
from ocean_adapter.processing_mode import processing_record
from ocean_adapter.resync import CautiousResync
from ocean_adapter.resync_scope import current_scope, open_scope
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.write_tally import write_tally

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
    config: CustomPortAppConfig = CustomPortAppConfig.parse_obj({"resources": entries})
    return config


class Applier:
    """Records the diffs that are deleted, with the blueprints that are withheld meanwhile."""

    def __init__(self) -> None:
        self.deleted: list[tuple[list[Entity], list[Entity]]] = []

    async def delete_diff(self, diff: Any, *_: Any) -> None:
        self.deleted.append((diff["before"], diff["after"]))


class Ocean(SyncRawMixin):
    """Stands for Ocean's own resync."""

    def __init__(self) -> None:
        self.applier = Applier()
        self.errors: list[Exception] = []
        self.reconciled = 0
        self.closed: list[str] = []

    @property
    @override
    def entities_state_applier(self) -> Any:
        return self.applier

    @override
    async def sync_raw_all(self, *_: Any, **__: Any) -> bool:
        current_scope().refusals = ["/tasks: Port refused 1 of 4 entities"]
        await self.process_resource(None, 0, UserAgentType.exporter)
        return True

    @override
    async def process_resource(self, *_: Any) -> tuple[list[Entity], list[Exception]]:
        return [], self.errors

    @override
    async def sync_incremental(self, *_: Any, **__: Any) -> None:
        current_scope().resources.callback(self.closed.append, "extractor")

    @override
    async def resync_reconciliation(self, *_: Any, **__: Any) -> bool:
        self.reconciled += 1
        return True


class Resync(CautiousResync, Ocean):
    pass


@pytest.fixture
def resync(app: Any, monkeypatch: pytest.MonkeyPatch) -> Resync:
    class Port:
        async def search_entities(self, *_: Any, **__: Any) -> list[Entity]:
            return [TASK, USER]

    monkeypatch.setattr(app, "port_client", Port())
    return Resync()


@pytest.fixture
async def event() -> AsyncIterator[EventContext]:
    """The event of a full resync, in a scope of its own."""
    start = {"resync_start_time": datetime.now(UTC)}
    async with event_context(EventType.RESYNC, attributes=start) as event, open_scope():
        yield event


@pytest.fixture(autouse=True)
def metrics(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(app, "metrics", SimpleNamespace(enabled=False), raising=False)
    return iter(())


async def reconcile(
    resync: Resync, *, config: CustomPortAppConfig | None = None, failed: bool = False, fetched: bool = True
) -> bool:
    """Reconcile after /tasks, which may have failed, and /users, which had no items."""
    errors: list[Exception] = [ValueError("oops")] if failed else []
    async with open_scope():
        return await resync.resync_reconciliation(
            [([], errors), ([], [])], fetched, UserAgentType.exporter, config or mapping()
        )


def test_the_integration_uses_the_cautious_resync() -> None:
    assert issubclass(CustomIntegration, CautiousResync)


@pytest.mark.usefixtures("event")
async def test_ocean_reconciles_if_no_kind_failed(resync: Resync) -> None:
    assert await reconcile(resync)
    assert (resync.reconciled, resync.applier.deleted) == (1, [])


async def test_stale_entities_of_complete_kinds_are_deleted(
    resync: Resync, event: EventContext, logged: list[str]
) -> None:
    await reconcile(resync, failed=True)
    assert resync.applier.deleted == [([TASK, USER], [])]
    withheld: Withheld = event.attributes["ocean_custom_withheld"]
    assert withheld.holds("task")
    assert not withheld.holds("user")
    assert any(
        '/tasks: no entity of its blueprint "task" is deleted because it failed' in line for line in logged
    )


@pytest.mark.usefixtures("event")
async def test_nothing_is_deleted_if_a_failed_kind_computes_its_blueprint(
    resync: Resync, logged: list[str]
) -> None:
    await reconcile(resync, config=mapping(task=".type"), failed=True)
    assert resync.applier.deleted == []
    assert any("Nothing at all is deleted in this resync" in line for line in logged)


@pytest.mark.usefixtures("event")
async def test_nothing_more_is_deleted_if_ports_entities_are_unknown(resync: Resync) -> None:
    await reconcile(resync, failed=True, fetched=False)
    assert resync.applier.deleted == []


async def test_a_kind_without_deletion_keeps_its_entities(resync: Resync, event: EventContext) -> None:
    await reconcile(resync, config=mapping(delete_tasks=False))
    assert event.attributes["ocean_custom_withheld"].holds("task")


async def test_nothing_is_deleted_if_the_processing_mode_changed(
    resync: Resync, event: EventContext, logged: list[str]
) -> None:
    processing_record(event.attributes).batches_unmapped = 1
    assert not await reconcile(resync)
    assert resync.reconciled == 0
    assert any("Nothing is deleted: Port's feature flags" in line for line in logged)


async def test_refused_entities_are_recorded_in_the_scope(resync: Resync, event: EventContext) -> None:
    write_tally(event.attributes, 0).count([TASK], keep_refused=False)
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
