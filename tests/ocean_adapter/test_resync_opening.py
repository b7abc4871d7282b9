"""A resync opens the memory of its installation in a private folder, and reads Port's list."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventContext, EventType, event_context
from port_ocean.context.ocean import ocean
from port_ocean.core.models import IntegrationFeatureFlag, ProcessingMode

from configuration.settings import Settings
from ocean_adapter import state_folder as folders
from ocean_adapter.live_writes import LiveWrites
from ocean_adapter.processing_mode import processing_record
from ocean_adapter.relation_targets import RelationTargets
from ocean_adapter.resync_opening import finish_recall, open_resync, start_reading_port
from ocean_adapter.resync_scope import ResyncScope, open_scope
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.state_folder import installation_digest, state_folder
from tests.ocean_adapter.fake_port import FakePort, entities, status
from tests.ocean_adapter.small_resync import entry

API = {"base_url": "https://api.example"}


@pytest.fixture(autouse=True)
def parent(fake_port: FakePort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that Ocean creates."""
    fake_port.put(*entities("task", "t1"))
    monkeypatch.setattr(folders, "_OCEAN_FOLDER", tmp_path)
    return tmp_path


def config(**mappings: Any) -> CustomPortAppConfig:
    parsed: CustomPortAppConfig = CustomPortAppConfig.parse_obj({"resources": [entry(**mappings)]})
    return parsed


async def resync(remember: str = "auto", *, is_dsp: bool = False) -> ResyncScope:
    """Open and finish a resync that reads nothing."""
    start = {"resync_start_time": datetime.now(UTC)}
    async with open_scope() as scope:
        start_reading_port(scope, UserAgentType.exporter)
        async with event_context(EventType.RESYNC, attributes=start) as event:
            event.port_app_config = config()
            await _run(scope, event, remember, is_dsp=is_dsp)
    return scope


async def _run(scope: ResyncScope, event: EventContext, remember: str, *, is_dsp: bool) -> None:
    processing_record(event.attributes).started_in_dsp = is_dsp
    await open_resync(Settings.from_config({**API, "remember_entities": remember}, {}))
    if scope.port_state:
        await scope.port_state.ready()
    await finish_recall(scope, LiveWrites())


async def test_the_memory_is_in_a_private_folder_of_the_installation(parent: Path) -> None:
    scope = await resync()
    assert scope.ledger.listed == 1
    [folder] = (parent / "state").iterdir()
    assert folder.name == installation_digest().hex()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert "entities.sqlite" in {file.name for file in folder.iterdir()}


async def test_with_the_setting_off_there_is_no_memory(parent: Path) -> None:
    scope = await resync("off")
    assert scope.recall
    assert not scope.recall.is_recalling
    assert not (parent / "state").exists()


async def test_in_dsp_mode_port_is_asked_for_its_feature_flags_only(
    fake_port: FakePort, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = {"organization": {"featureFlags": list(IntegrationFeatureFlag)}}
    fake_port.answers["/organization"] = lambda _: httpx.Response(200, json=flags)
    monkeypatch.setattr(app.config, "processing_mode", ProcessingMode.dsp, raising=False)
    monkeypatch.setattr(app.config, "lakehouse_enabled", True, raising=False)
    scope = await resync(is_dsp=True)
    assert scope.port_state
    assert not scope.port_state.is_complete
    assert scope.recall is None
    assert [each.url.path for each in fake_port.requests] == ["/v1/organization"]


def test_each_installation_has_its_own_folder(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = {installation_digest()}
    for part, name in (
        (app.config.port, "base_url"),
        (app.config.port, "client_id"),
        (app.config.integration, "type"),
        (app.config.integration, "identifier"),
    ):
        monkeypatch.setattr(part, name, "other")
        digests.add(installation_digest())
    assert len(digests) == 5


def test_a_folder_that_cannot_be_created_is_no_error(parent: Path, logged: list[str]) -> None:
    (parent / "state").write_text("in the way")
    assert state_folder() is None
    assert any("Nothing is remembered for the next resync" in line for line in logged)


def test_without_oceans_folder_nothing_is_kept(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_OCEAN_FOLDER", parent / "missing")
    assert state_folder() is None


@pytest.mark.parametrize(
    ("mappings", "is_known", "expected"),
    [
        ({}, True, False),
        ({"relations": {"owner": ".owner"}}, True, False),
        ({"relations": {"parent": ".parent"}}, True, True),
        ({"relations": {"owner": ".owner"}, "blueprint": ".type"}, True, True),
        ({"relations": {"owner": ".owner"}}, False, True),
    ],
    ids=["no relations", "others", "itself", "any blueprint", "unknown"],
)
async def test_entities_that_relate_to_their_own_blueprint_are_written_in_order(
    fake_port: FakePort, mappings: dict[str, Any], *, is_known: bool, expected: bool
) -> None:
    fake_port.targets = {"task": {"owner": "user", "parent": "task"}}
    if not is_known:
        fake_port.failures["/blueprints/task"] = status(500)
    assert (
        await RelationTargets().may_lead_to_itself(ocean.port_client, config(**mappings).resources[0])
        is expected
    )


async def test_port_is_asked_once_about_the_relations_of_a_blueprint(fake_port: FakePort) -> None:
    """Even if it does not say. A kind can have many entities."""
    fake_port.failures["/blueprints/task"] = status(500)
    relations = RelationTargets()
    assert [await relations.of(ocean.port_client, "task") for _ in range(3)] == [None] * 3
    assert len(fake_port.requests) == 1
