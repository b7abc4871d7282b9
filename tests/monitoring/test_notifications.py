"""A real Alertmanager sends a failed kind to Slack and PagerDuty, which a local server plays."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.end_to_end.conftest import free_port
from tests.loopback_server import Request, Response, serving
from tests.monitoring.conftest import MONITORING, program, ready, wait_until
from tests.servers import client_of

pytestmark = pytest.mark.process

_SECRETS = "/etc/alertmanager/secrets/"


@dataclass
class Services:
    """Slack and PagerDuty. messages: what they received, by their path."""

    messages: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"/slack": [], "/pagerduty": []}
    )

    def answer(self, request: Request) -> Response:
        """Accept a message."""
        self.messages[request.path].append(json.loads(request.body))
        return Response({"status": "success"}, status=202 if request.path == "/pagerduty" else 200)


def _configuration(url: str, folder: Path) -> str:
    """Return the example with local addresses, without mail and without waiting for further alerts."""
    (folder / "slack-url").write_text(f"{url}/slack", encoding="utf-8")
    (folder / "pagerduty-key").write_text("0" * 32, encoding="utf-8")
    text = (MONITORING / "alertmanager.yaml").read_text(encoding="utf-8").replace(_SECRETS, f"{folder}/")
    config = yaml.safe_load(text)
    config["global"] = {
        name: value for name, value in config["global"].items() if not name.startswith("smtp_")
    } | {"pagerduty_url": f"{url}/pagerduty"}
    config["route"]["routes"][0]["group_wait"] = "0s"
    for receiver in config["receivers"]:
        receiver.pop("email_configs", None)
    return yaml.safe_dump(config)


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def alertmanager(services: Services, tmp_path: Path) -> Iterator[httpx.Client]:
    """Run an Alertmanager with the example's routes. Return a client for it."""
    with serving(services.answer) as url:
        file = tmp_path / "alertmanager.yaml"
        file.write_text(_configuration(url, tmp_path), encoding="utf-8")
        address = f"127.0.0.1:{free_port()}"
        command = [
            program("prometheus-alertmanager"),
            f"--config.file={file}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address={address}",
            "--cluster.listen-address=",
        ]
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
            try:
                with client_of(f"http://{address}") as http:
                    wait_until(lambda: ready(http), (tmp_path / "log").read_text)
                    yield http
            finally:
                process.terminate()
                process.wait(timeout=30)


def _raise(alertmanager: httpx.Client, name: str, severity: str, **labels: str) -> None:
    alert = {
        "labels": {"alertname": name, "severity": severity, "identifier": "company", **labels},
        "annotations": {"summary": f"company: {name} {labels}", "description": "What to do."},
    }
    alertmanager.post("/api/v2/alerts", json=[alert]).raise_for_status()


def test_a_failed_kind_is_a_message_in_slack(alertmanager: httpx.Client, services: Services) -> None:
    _raise(alertmanager, "OceanCustomKindFailed", "warning", kind="/users")
    slack = services.messages["/slack"]
    wait_until(lambda: slack, str)
    assert slack[0]["channel"] == "#software-catalog"
    [attachment] = slack[0]["attachments"]
    assert attachment["title"] == "OceanCustomKindFailed (firing)"
    assert attachment["text"].startswith("company: OceanCustomKindFailed {'kind': '/users'}: What to do.")
    assert services.messages["/pagerduty"] == []


def test_what_is_critical_goes_to_both(alertmanager: httpx.Client, services: Services) -> None:
    _raise(alertmanager, "OceanCustomNoSuccessfulResync", "critical")
    wait_until(lambda: all(services.messages.values()), str)
    [message] = services.messages["/pagerduty"]
    assert message["payload"]["severity"] == "critical"
    assert message["payload"]["summary"].startswith("company: OceanCustomNoSuccessfulResync")


def test_alerts_of_other_systems_and_mere_information_go_nowhere(
    alertmanager: httpx.Client, services: Services
) -> None:
    _raise(alertmanager, "SomethingElse", "critical")
    _raise(alertmanager, "OceanCustomRateLimited", "info")
    _raise(alertmanager, "OceanCustomKindFailed", "warning", kind="/users")
    wait_until(lambda: services.messages["/slack"], str)
    [message] = services.messages["/slack"]
    assert "OceanCustomKindFailed" in message["attachments"][0]["title"]
    assert services.messages["/pagerduty"] == []
