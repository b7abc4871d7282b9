"""Requests follow Ocean's TLS settings and outbound rules."""

from types import SimpleNamespace
from typing import Any

import pytest
from port_ocean.helpers.ip_blocker import IPBlockerTransport

from configuration.settings import Settings
from ocean_adapter.transport import outbound_transport, tls_verification


@pytest.fixture
def config(app: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Ocean's configuration outside Port's own runtime."""
    tls = SimpleNamespace(verify=True, x509=SimpleNamespace(strict=True))
    config = SimpleNamespace(disable_ip_outbound_blocker=True, ssl=SimpleNamespace(third_party=tls))
    monkeypatch.setattr(app, "config", config)
    return config


def settings(**config: Any) -> Settings:
    return Settings.from_config({"base_url": "https://api.example", **config}, {})


def test_certificates_are_verified_by_default(config: SimpleNamespace) -> None:
    assert tls_verification(settings()) is True
    config.ssl.third_party.verify = False
    assert tls_verification(settings()) is False


@pytest.mark.usefixtures("config")
def test_verify_ssl_turns_verification_off() -> None:
    assert tls_verification(settings(verify_ssl=False)) is False


@pytest.mark.usefixtures("config")
def test_httpx_uses_its_own_transport_and_proxies() -> None:
    assert outbound_transport(settings()) is None


def test_private_addresses_are_blocked_in_ports_own_runtime(config: SimpleNamespace) -> None:
    config.disable_ip_outbound_blocker = False
    assert isinstance(outbound_transport(settings()), IPBlockerTransport)
