"""The state applier records what Port accepted, and sends refused entities again with all fields."""

from collections.abc import AsyncIterator

import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event, event_context
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource_context
from port_ocean.core.models import Entity

from ocean_adapter.applier import CustomStateApplier, resend_refused
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.write_tally import check_writes, write_tally
from rest.errors import WriteError
from tests.ocean_adapter.fake_port import FakePort

PORT_CONFIG = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}
MAPPING = CustomPortAppConfig.parse_obj(
    {"resources": [{"kind": "/tasks", "port": PORT_CONFIG}], "createMissingRelatedEntities": False}
)


def task(identifier: str, after: str | None = None) -> Entity:
    relations = {"after": after} if after else {}
    return Entity(identifier=identifier, blueprint="task", properties={"state": "open"}, relations=relations)


@pytest.fixture
def port(fake_port: FakePort) -> FakePort:
    """A Port that refuses an entity until the targets of its relations exist."""
    fake_port.requires_targets = True
    return fake_port


@pytest.fixture
def applier(port: FakePort) -> CustomStateApplier:
    del port  # its client is the context's
    return CustomStateApplier(ocean)


@pytest.fixture(params=[EventType.INCREMENTAL_RESYNC])
async def entry(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """The only mapping entry, being read."""
    async with event_context(request.param) as context, resource_context(MAPPING.resources[0], 0):
        context.port_app_config = MAPPING
        yield


@pytest.mark.usefixtures("entry")
async def test_refused_entities_are_sent_again_targets_first(
    port: FakePort, applier: CustomStateApplier
) -> None:
    await applier.upsert([task("t3", "t2"), task("t2", "t1"), task("t1")], UserAgentType.exporter)
    assert write_tally(event.attributes, 0).refused == 2
    port.requests.clear()
    await resend_refused(applier)
    assert port.written == ["t2", "t3"]
    check_writes(event.attributes, 0, "/tasks")


@pytest.mark.usefixtures("entry")
async def test_a_kind_fails_if_port_refuses_an_entity_again(applier: CustomStateApplier) -> None:
    await applier.upsert([task("t1", "nowhere")], UserAgentType.exporter)
    await resend_refused(applier)
    with pytest.raises(WriteError, match=r"^/tasks: 1 of 1 entities were not written"):
        check_writes(event.attributes, 0, "/tasks")


@pytest.mark.usefixtures("entry")
async def test_without_refused_entities_nothing_is_sent_again(
    port: FakePort, applier: CustomStateApplier
) -> None:
    await applier.upsert([task("t1")], UserAgentType.exporter)
    await resend_refused(applier)
    assert port.written == ["t1"]


@pytest.mark.usefixtures("entry")
async def test_unmatched_searches_cause_a_warning(logged: list[str]) -> None:
    write_tally(event.attributes, 0).unmatched = 3
    check_writes(event.attributes, 0, "/tasks")
    assert "/tasks: 3 entities were not written because the search" in logged[-1]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("entry", [EventType.RESYNC], indirect=True)
async def test_ocean_retries_refused_entities_of_a_full_resync_with_all_fields(
    applier: CustomStateApplier,
) -> None:
    await applier.upsert([task("t1", "nowhere")], UserAgentType.exporter)
    [retried] = event.entity_topological_sorter.entities
    assert retried.properties == {"state": "open"}
    assert write_tally(event.attributes, 0).kept == []


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("entry", [EventType.RESYNC], indirect=True)
async def test_what_ocean_does_not_retry_is_not_kept_until_the_end(applier: CustomStateApplier) -> None:
    """If Port creates missing targets, the order of entities is no reason for a refusal."""
    event.port_app_config = MAPPING.copy(update={"create_missing_related_entities": True})
    await applier.upsert([task("t1", "nowhere")], UserAgentType.exporter)
    assert event.entity_topological_sorter.entities == []
    assert write_tally(event.attributes, 0).refused == 1


async def test_writes_outside_an_entry_are_not_counted(port: FakePort, applier: CustomStateApplier) -> None:
    async with event_context(EventType.HTTP_REQUEST) as context:
        context.port_app_config = MAPPING
        await applier.upsert([task("t1")], UserAgentType.exporter)
        assert write_tally(context.attributes, 0).written == 0
    assert port.identifiers == {"t1"}
