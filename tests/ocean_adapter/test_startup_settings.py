"""The settings that Ocean has read are validated at startup."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ocean_adapter.startup_settings import read_settings
from tests.tls_authority import Authority

BASE = {"base_url": "https://api.example"}


@pytest.fixture
def config(app: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Ocean's configuration. Its `integration.config` has the settings."""
    config = SimpleNamespace(disable_ip_outbound_blocker=True, integration=SimpleNamespace(config=BASE))
    monkeypatch.setattr(app, "config", config)
    return config


@pytest.mark.usefixtures("config")
def test_valid_settings_are_returned_without_a_warning(logged: list[str]) -> None:
    assert read_settings().base_url == "https://api.example"
    assert logged == []


def test_a_wrong_setting_stops_the_start(config: SimpleNamespace) -> None:
    config.integration.config = {**BASE, "auth_type": "basic"}
    with pytest.raises(SystemExit, match="Ocean Custom cannot start: username: is missing"):
        read_settings()


def test_unverified_certificates_cause_a_warning(config: SimpleNamespace, logged: list[str]) -> None:
    config.integration.config = {**BASE, "verify_ssl": False}
    read_settings()
    assert "verifySsl is false: anyone between this process and the API" in logged[-1]


def test_an_expired_client_certificate_causes_a_warning(config: SimpleNamespace, logged: list[str]) -> None:
    client = Authority().issue("client", age=timedelta(days=-9))
    config.integration.config = {
        **BASE,
        "client_certificate": client.certificate,
        "client_key": client.key,
    }
    read_settings()
    assert "clientCertificate expired on 20" in logged[-1]


def test_a_proxy_that_sees_credentials_causes_a_warning(
    config: SimpleNamespace, logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    plain = {"base_url": "http://api.example", "auth_type": "bearer_token", "api_token": "secret-token"}
    config.integration.config = plain
    read_settings()
    assert "The proxy proxy.example:3128 can read the credentials" in logged[-1]


def test_ports_own_runtime_uses_no_proxies(config: SimpleNamespace, logged: list[str]) -> None:
    config.disable_ip_outbound_blocker = False
    read_settings()
    assert logged == []
