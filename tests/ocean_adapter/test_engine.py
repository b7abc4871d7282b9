"""The engine opens one extractor for each resync."""

from types import SimpleNamespace
from typing import Any

import pytest
from port_ocean.context.event import EventType, event_context
from port_ocean.log.sensetive import sensitive_log_filter

from configuration.settings import Settings
from ocean_adapter.engine import Engine
from ocean_adapter.resync_scope import current_scope, open_scope
from ocean_adapter.selector import CustomPortAppConfig

PORT = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}
MAPPING = CustomPortAppConfig.parse_obj({"resources": [{"kind": "/tasks", "port": PORT}]})


@pytest.fixture
def engine(app: Any, monkeypatch: pytest.MonkeyPatch) -> Engine:
    tls = SimpleNamespace(verify=True, x509=SimpleNamespace(strict=True))
    monkeypatch.setattr(app.config, "ssl", SimpleNamespace(third_party=tls), raising=False)
    monkeypatch.setattr(app.config, "disable_ip_outbound_blocker", 1, raising=False)
    monkeypatch.setattr(sensitive_log_filter, "compiled_patterns", [])
    return Engine(Settings.from_config({"base_url": "https://api.example"}, {}))


async def test_a_resync_has_one_extractor(engine: Engine) -> None:
    async with event_context(EventType.RESYNC) as event, open_scope():
        event.port_app_config = MAPPING
        first = await engine.extractor()
        assert await engine.extractor() is first
        assert current_scope().extractor is first
    async with event_context(EventType.RESYNC) as event, open_scope():
        event.port_app_config = MAPPING
        assert await engine.extractor() is not first


async def test_a_mapping_entry_becomes_a_resource(engine: Engine) -> None:
    assert (await engine.resource(MAPPING.resources[0])).kind == "/tasks"
