"""What live events changed is written as a resync would write it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from port_ocean.config.settings import MetricsSettings
from port_ocean.context.ocean import ocean
from port_ocean.core.models import Entity, IntegrationFeatureFlag, ProcessingMode
from port_ocean.helpers.metric.metric import Metrics

from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.live_entities import ChangedItems, GoneItem
from ocean_adapter.live_recent import RecentUpserts
from ocean_adapter.live_write import LiveWrite, WriteReport
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.write_response import entity_key
from rest.doubts import DoubtName
from rest.page import Item
from tests.ocean_adapter.conftest import Processors
from tests.ocean_adapter.fake_port import FakePort

pytestmark = pytest.mark.process

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Port(FakePort):
    """A Port with a catalog of tasks. It refuses `bad` entities, and does not delete `kept` ones."""

    def __init__(self) -> None:
        super().__init__(unwanted="bad", undeletable="kept", dependents={"refused": "kept"})
        self.flags: list[IntegrationFeatureFlag] = []
        self.raw: list[Any] = []
        self.answers["/v1/organization"] = lambda _: httpx.Response(
            200, json={"organization": {"featureFlags": self.flags}}
        )

    @property
    def catalog(self) -> dict[str, str | None]:
        """The title of each entity."""
        return self.titles

    @catalog.setter
    def catalog(self, titles: dict[str, str]) -> None:
        self.entities.clear()
        for identifier, title in titles.items():
            self.put(Entity(identifier=identifier, blueprint="task", title=title))

    async def keep_raw(self, _: str, batch: Any) -> None:
        """Keep what is sent to the data source processor. It has another host than Port's API."""
        self.raw += [(entry["metadata"]["operation"], entry["items"]) for entry in batch["data"]]


@pytest.fixture
def port(app: Any, processors: Processors, monkeypatch: pytest.MonkeyPatch) -> Port:
    port = Port()
    client = port.client(monkeypatch)
    monkeypatch.setattr(client, "post_integration_raw_data_batch", port.keep_raw)
    monkeypatch.setattr(app, "metrics", Metrics(MetricsSettings(), Any, client))  # type: ignore[arg-type]
    monkeypatch.setattr(app, "port_client", client)
    monkeypatch.setattr(app.config, "lakehouse_enabled", True, raising=False)
    monkeypatch.setattr(app.config, "processing_mode", ProcessingMode.dsp, raising=False)
    monkeypatch.setattr(app.integration, "entity_processor", processors.ours, raising=False)
    monkeypatch.setattr(app.integration, "entities_state_applier", CustomStateApplier(ocean), raising=False)
    return port


def entry(kind: str = "/tasks", query: str = 'select(.) | .state != "closed"', **more: Any) -> dict[str, Any]:
    mappings = {"identifier": ".id", "blueprint": '"task"', "title": ".title", **more.pop("mappings", {})}
    port = {"entity": {"mappings": mappings}, **more.pop("port", {})}
    return {"kind": kind, "selector": {"query": query}, "port": port, **more}


def write(
    processors: Processors,
    changes: Sequence[ChangedItems],
    *entries: dict[str, Any],
    accept: Sequence[DoubtName] = (),
    is_ordered: bool = False,
    recent: RecentUpserts | None = None,
) -> dict[int, str]:
    """Write changes of the first entry. Return the errors by the index of the change."""
    config = CustomPortAppConfig.parse_obj({"resources": list(entries) or [entry()]})

    async def run() -> WriteReport:
        return await LiveWrite(config, 0, NOW, accept=accept, is_ordered=is_ordered, recent=recent).write(
            changes
        )

    report = processors.runner.run(run())
    return {index: str(error) for index, error in report.errors.items()} | dict.fromkeys(report.outdated, "")


def updated(*items: Item) -> ChangedItems:
    return ChangedItems(items)


def gone(*items: Item, proof: dict[str, Any] | None = None) -> ChangedItems:
    return ChangedItems((), [GoneItem(item, proof) for item in items])


def task(name: str, state: str = "open", title: str = "new") -> Item:
    return {"id": name, "state": state, "title": title}


def test_updated_items_are_written_and_gone_items_deleted_whatever_the_query_says(
    processors: Processors, port: Port
) -> None:
    port.catalog = {"t1": "old", "t2": "old", "t3": "old"}
    assert (
        write(processors, [updated(task("t1")), gone(task("t2", "closed")), updated(task("t3", "closed"))])
        == {}
    )
    assert port.catalog == {"t1": "new"}


def test_entities_of_others_and_of_kinds_without_deletion_are_kept(
    processors: Processors, port: Port
) -> None:
    port.catalog = {"t1": "old"}
    port.foreign = {"t1"}
    write(processors, [gone(task("t1"))])
    assert port.catalog == {"t1": "old"}
    port.foreign = set()
    write(processors, [gone(task("t1"))], entry(enableDelete=False))
    assert port.catalog == {"t1": "old"}


def test_an_entity_that_another_entry_of_the_kind_selects_is_kept(processors: Processors, port: Port) -> None:
    port.catalog = {"t1": "old"}
    write(processors, [updated(task("t1", "closed"))], entry(), entry(query='.state == "closed"'))
    assert port.catalog == {"t1": "old"}
    write(processors, [updated(task("t1", "closed"))], entry(), entry(query='.state == "gone"'))
    assert port.catalog == {}


def test_items_to_parse_become_entities(processors: Processors, port: Port) -> None:
    parsed = entry(port={"itemsToParse": ".parts"}, mappings={"identifier": ".item.id"}, query="true")
    parts: Item = {"title": "new", "parts": [{"id": "p1"}, {"id": "p2"}]}
    assert write(processors, [updated(parts)], parsed) == {}
    assert port.catalog == {"p1": "new", "p2": "new"}
    assert write(processors, [gone(parts)], parsed) == {}
    assert port.catalog == {}


def test_of_several_changes_of_one_item_the_last_one_counts(processors: Processors, port: Port) -> None:
    changes = [updated(task("t1")), gone(task("t2")), updated(task("t2")), updated(task("t1", "closed"))]
    assert write(processors, changes, is_ordered=True) == {}
    assert port.catalog == {"t2": "new"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (updated(task("bad")), "/tasks: 1 of 3 entities were not written. The first is task bad"),
        (updated({"state": "open"}), "/tasks: 1 of 3 items became no entity"),
        (gone(task("kept")), "/tasks: Port did not delete task kept"),
        (gone(task("refused")), "/tasks: Port did not delete task refused"),
    ],
    ids=["refused by Port", "no identifier", "not deleted", "deletion refused"],
)
def test_a_failure_is_that_of_its_change(
    processors: Processors, port: Port, change: ChangedItems, error: str
) -> None:
    port.catalog = {"kept": "old", "refused": "old"}
    errors = write(processors, [updated(task("t1")), change, updated(task("t2"))])
    assert list(errors) == [1]
    assert errors[1].startswith(error)
    assert {"t1", "t2"} <= port.catalog.keys()


def test_an_accepted_doubt_is_no_failure(processors: Processors, port: Port) -> None:
    assert write(processors, [updated(task("t1"), {"state": "open"})], accept=["skipped_items"]) == {}
    assert port.catalog == {"t1": "new"}


def test_if_port_is_unreachable_all_changes_fail(processors: Processors, port: Port) -> None:
    port.catalog = {"t1": "old"}
    port.is_reachable = False
    errors = write(processors, [gone(task("t1")), updated(task("t2"))])
    assert errors == dict.fromkeys((0, 1), "/tasks: a request to Port failed: no route")


def test_a_failure_without_a_known_entity_is_that_of_all_changes(processors: Processors, port: Port) -> None:
    errors = write(
        processors, [updated(task("t1")), updated(task("t2"))], entry(mappings={"identifier": ".x"})
    )
    assert list(errors) == [0, 1]
    assert port.catalog == {}


def test_a_deleted_item_without_an_identifier_is_left_to_the_resync(
    processors: Processors, port: Port, logged: list[str]
) -> None:
    port.catalog = {"t1": "old"}
    assert write(processors, [gone({"state": "gone"})]) == {}
    assert any("/tasks: 1 deleted items became no entity" in line for line in logged)
    assert port.catalog == {"t1": "old"}


@pytest.mark.parametrize(
    ("identifier", "is_deleted"),
    [(".id", True), (".id | ascii_downcase", False), (".slug // .id", False), (".other", False)],
)
def test_without_a_signature_only_a_proven_entity_is_deleted(
    processors: Processors,
    port: Port,
    identifier: str,
    is_deleted: bool,  # noqa: FBT001
) -> None:
    port.catalog = {"t1": "old"}
    mapping = entry(mappings={"identifier": identifier})
    assert write(processors, [gone({"id": "t1", "__id": "t1"}, proof={"id": "t1"})], mapping) == {}
    assert (port.catalog == {}) is is_deleted


def test_a_gone_item_that_the_event_does_not_report_deleted_needs_the_values_of_its_path(
    processors: Processors, port: Port
) -> None:
    """An item that moved to another parent is gone at its old path, too."""
    port.catalog = {"t1": "old", "t2": "old"}
    moved = ChangedItems((), [GoneItem(task("t1"), must_contain=("parent", "t1"))])
    deleted = ChangedItems((), [GoneItem(task("t2"), must_contain=("t2",))])
    assert write(processors, [moved, deleted]) == {}
    assert port.catalog == {"t1": "old"}


@pytest.mark.parametrize("blueprint", ['"task"', ".type"])
def test_a_gone_item_whose_entity_may_come_from_another_kind_is_kept(
    processors: Processors, port: Port, blueprint: str
) -> None:
    port.catalog = {"t1": "old", "t2": "old", "t3": "old"}
    other = entry("/admins", mappings={"blueprint": blueprint})
    unsure = ChangedItems((), [GoneItem(task("t1"), must_contain=("t1",))])
    excluded = updated(task("t3", "closed"))
    assert write(processors, [unsure, gone(task("t2")), excluded], entry(), other) == {}
    assert port.catalog == {"t1": "old", "t3": "old"}


def test_an_item_found_at_another_path_is_kept(processors: Processors, port: Port) -> None:
    port.catalog = {"t1": "old", "t2": "old", "t3": "old"}
    recent = RecentUpserts()
    left = ChangedItems((), [GoneItem(task("t1"))], ("a", "t1"))
    found = ChangedItems([task("t1")], (), ("b", "t1"))
    assert write(processors, [left, found], recent=recent) == {}
    assert write(processors, [left], recent=recent) == {}
    assert port.catalog["t1"] == "new"
    own = ChangedItems([task("t2")], (), ("a", "t2"))
    assert write(processors, [own], recent=recent) == {}
    assert write(processors, [ChangedItems((), [GoneItem(task("t2"))], ("a", "t2"))], recent=recent) == {}
    assert port.catalog.keys() == {"t1", "t3"}


def test_a_response_without_an_identifier_is_no_entity(processors: Processors, port: Port) -> None:
    mappings = {"identifier": ".id | tostring"}
    assert write(processors, [updated({"total": 0, "results": []})], entry(mappings=mappings)) == {}
    assert port.catalog == {}


def test_a_search_for_an_entity_deletes_nothing(processors: Processors, port: Port) -> None:
    rules = [{"property": '"name"', "operator": '"="', "value": ".id"}]
    search = entry(mappings={"identifier": {"combinator": '"and"', "rules": rules}})
    port.catalog = {"t1": "old"}
    assert write(processors, [gone(task("t1"))], search) == {}
    assert port.catalog == {"t1": "old"}


def test_in_dsp_mode_port_maps_what_live_events_bring(processors: Processors, port: Port) -> None:
    port.flags = [
        IntegrationFeatureFlag.LAKEHOUSE_ELIGIBLE,
        IntegrationFeatureFlag.DATA_SOURCE_PROCESSOR_ENABLED,
    ]
    assert write(processors, [updated(task("t1")), gone(task("t2"))]) == {}
    assert port.raw == [("upsert", [task("t1")]), ("delete", [task("t2")])]
    assert port.catalog == {}


def test_what_is_not_written_may_be_written_by_a_running_resync(
    app: Any, processors: Processors, port: Port
) -> None:
    record = app.integration.entities_state_applier.live_writes
    with record.during_resync():
        write(processors, [updated(task("t1")), updated(task("bad"))])
        assert (record.has(entity_key("task", "t1")), record.has(entity_key("task", "bad"))) == (True, False)
        port.catalog = {"t2": "old"}
        port.is_reachable = False
        write(processors, [gone(task("t2"))])
        assert not record.has(entity_key("task", "t2"))


def test_an_item_that_is_older_than_the_deletion_of_its_parent_is_requested_again(
    processors: Processors, port: Port
) -> None:
    """Port would create the parent again, as an empty entity."""
    port.targets = {"task": {"owner": "user"}}
    child = entry("/children", mappings={"relations": {"owner": ".owner"}})
    items = [
        updated({**task(name), "owner": owner}) for name, owner in (("c1", "u1"), ("c2", "u2"), ("c3", None))
    ]
    user = entry("/users", query="true", mappings={"blueprint": '"user"'})
    assert write(processors, [gone({"id": "u1"})], user) == {}
    assert write(processors, items, child) == {0: ""}
    assert port.catalog == {"c2": "new", "c3": "new"}
    assert write(processors, [updated({"id": "u1"})], user) == {}
    assert write(processors, items[:1], child) == {}
    assert {"u1", "c1"} <= port.catalog.keys()


@pytest.mark.usefixtures("port")
def test_deletions_that_are_left_to_the_resync_are_counted(processors: Processors) -> None:
    config = CustomPortAppConfig.parse_obj({"resources": [entry(mappings={"identifier": ".other"})]})
    change = gone({"id": "t1"}, proof={"id": "t1"})
    report = processors.runner.run(LiveWrite(config, 0, NOW).write([change, updated(task("t1"))]))
    assert (report.left, report.has_deleted, report.has_kept) == (1, False, False)
