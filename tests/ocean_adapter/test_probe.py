"""`ocean probe` reports each endpoint. tests/end_to_end/test_probe.py requests real ones."""

from types import SimpleNamespace
from typing import Any, override

import pytest
from port_ocean.core.probe import ProbeCheckStatus, ProbeConfig, ProbeContext
from port_ocean.core.probe.reporters.base import ProbeReporter

from configuration.settings import Settings
from ocean_adapter.probe import probe_endpoints

SETTINGS = Settings.from_config({"base_url": "https://api.example"}, {})
WRONG = {
    "kind": "/tasks",
    "selector": {"nope": 1},
    "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}},
}


class Port:
    """A fake Port client with this mapping."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        self.entries = entries

    async def get_current_integration(self) -> dict[str, Any]:
        return {"config": {"resources": list(self.entries)}}


class SilentReporter(ProbeReporter):
    """Reports to nobody."""

    @override
    async def report(self, report: dict[str, Any]) -> None:
        pass


@pytest.fixture(autouse=True)
def config(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = SimpleNamespace(verify=True, x509=SimpleNamespace(strict=True))
    monkeypatch.setattr(app.config, "ssl", SimpleNamespace(third_party=tls), raising=False)
    monkeypatch.setattr(app.config, "disable_ip_outbound_blocker", 1, raising=False)


async def test_a_wrong_entry_fails_the_probe(
    app: Any, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    monkeypatch.setattr(app, "port_client", Port(WRONG))
    context = ProbeContext(reporter=SilentReporter(ProbeConfig()))
    with pytest.raises(RuntimeError, match=r"1 of 1 endpoints failed\. See the lines above"):
        await probe_endpoints(context, SETTINGS)
    assert [(check.kind, check.status) for check in context.checks] == [("/tasks", ProbeCheckStatus.FAILURE)]
    assert any("ERROR" in line and "/tasks" in line for line in logged)


async def test_an_empty_mapping_causes_a_warning(
    app: Any, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    monkeypatch.setattr(app, "port_client", Port())
    await probe_endpoints(ProbeContext(reporter=SilentReporter(ProbeConfig())), SETTINGS)
    assert "The mapping in Port has no resources" in logged[-1]
