"""A kind ends when all of its batches are loaded, and stops them if it fails."""

import asyncio
from typing import Any, override

import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event_context
from port_ocean.core.integrations.mixins import SyncRawMixin

from integration import CustomIntegration
from ocean_adapter.registration import OverlappedRegistration
from ocean_adapter.resync_scope import current_scope, open_scope
from ocean_adapter.selector import CustomResourceConfig
from tests.ocean_adapter.fake_port import FakePort
from tests.ocean_adapter.small_resync import entry


class Reading(SyncRawMixin):
    """Stands for Ocean's reading of a kind: two batches, and perhaps an error."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.loaded: list[str] = []
        self.most_loading = self.loading = 0

    @override
    async def _register_in_batches(self, *_: Any, **__: Any) -> Any:
        for name in "ab":
            await current_scope().loading.start(self._load(name), [name.encode()])
        if self.error:
            raise self.error
        return [], []

    async def _load(self, name: str) -> None:
        self.loading += 1
        self.most_loading = max(self.most_loading, self.loading)
        await asyncio.sleep(0.01)
        self.loading -= 1
        self.loaded.append(name)


class Registration(OverlappedRegistration, Reading):
    pass


async def register(registration: Registration, **mappings: Any) -> None:
    config = CustomResourceConfig.parse_obj(entry(**mappings))
    async with open_scope(), event_context(EventType.RESYNC):
        await registration._register_in_batches(config, UserAgentType.exporter, 0)


def test_the_integration_overlaps_reading_and_loading() -> None:
    assert issubclass(CustomIntegration, OverlappedRegistration)


@pytest.mark.parametrize(("targets", "most_loading"), [({"owner": "user"}, 2), ({"owner": "task"}, 1)])
async def test_batches_overlap_unless_entities_may_relate_to_each_other(
    fake_port: FakePort, targets: dict[str, str], most_loading: int
) -> None:
    fake_port.targets = {"task": targets}
    registration = Registration()
    await register(registration, relations={"owner": ".owner"})
    assert (registration.loaded, registration.most_loading) == (["a", "b"], most_loading)


@pytest.mark.usefixtures("fake_port")
async def test_a_kind_that_fails_stops_its_batches() -> None:
    registration = Registration()
    registration.error = ValueError("oops")
    with pytest.raises(ValueError, match="oops"):
        await register(registration)
    await asyncio.sleep(0.03)
    assert registration.loaded == []
