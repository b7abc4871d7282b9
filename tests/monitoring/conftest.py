"""A real Prometheus, which scrapes a real `ocean sail`."""

import json
import math
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.end_to_end.conftest import free_port, install, port
from tests.servers import client_of

__all__ = ["install", "port"]

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "monitoring"
_TIMEOUT_S = 60
_INTERVAL = "200ms"


def program(name: str) -> str:
    """Return the path of a program. Without it the test is skipped, and fails with CI=true."""
    if found := shutil.which(name):
        return found
    reason = f"{name} is missing: scripts/install_image_tools.sh installs it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def run(name: str, *arguments: str | Path) -> str:
    """Run a program, which must succeed. Return its output."""
    command = [program(name), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wait_until(condition: Callable[[], Any], state: Callable[[], str]) -> None:
    """Wait until a condition holds. state: what the error shows if it does not."""
    deadline = time.monotonic() + _TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, state()
        time.sleep(0.1)


def ready(http: httpx.Client) -> bool:
    """Return whether a Prometheus or an Alertmanager answers."""
    try:
        return http.get("/-/ready").is_success
    except httpx.TransportError:
        return False


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus with the rules of `monitoring/`."""

    http: httpx.Client

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series of an expression, now. NaN counts as no value."""
        answer = self.http.get("/api/v1/query", params={"query": expression})
        body = answer.json()
        assert body["status"] == "success", f"{expression}: {body.get('error')}"
        found: list[dict[str, Any]] = body["data"]["result"]
        return [series for series in found if not math.isnan(float(series["value"][1]))]

    def alerts(self, state: str = "firing") -> set[str]:
        """Return the names of the alerts in a state: firing or pending."""
        found = self.http.get("/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in found if alert["state"] == state}

    def rules(self) -> dict[str, str]:
        """Return the health of each rule, with its error."""
        groups = self.http.get("/api/v1/rules").raise_for_status().json()["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        return {rule["name"]: rule["health"] + rule.get("lastError", "") for rule in rules}

    def wait_for(self, condition: Callable[[], Any]) -> None:
        """Wait until a condition holds."""
        wait_until(condition, lambda: json.dumps([sorted(self.alerts()), self.rules()], indent=1))


@contextmanager
def scraping(target: str, folder: Path) -> Iterator[Prometheus]:
    """Run a Prometheus with the configuration of `monitoring/`, which scrapes another target often."""
    config = yaml.safe_load((MONITORING / "prometheus.yaml").read_text(encoding="utf-8"))
    config["global"] = {"scrape_interval": _INTERVAL, "evaluation_interval": _INTERVAL}
    config["rule_files"] = [str(MONITORING / name) for name in config["rule_files"]]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    file = folder / "prometheus.yaml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    command = [program("prometheus"), f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(
            [*command, f"--web.listen-address={address}"], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            with client_of(f"http://{address}") as http:
                prometheus = Prometheus(http)
                wait_until(lambda: ready(http), (folder / "prometheus.log").read_text)
                yield prometheus
        finally:
            process.terminate()
            process.wait(timeout=_TIMEOUT_S)


def dashboard() -> dict[str, Any]:
    """Return Grafana's dashboard."""
    board: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
    return board


def dashboard_queries() -> dict[str, str]:
    """Return the expressions of the dashboard by panel, with values for Grafana's variables."""
    return {
        f"{panel['title']} {target['refId']}": re.sub(
            r"\$__rate_interval|\$identifier",
            lambda found: "1m" if "rate" in found[0] else ".*",
            target["expr"],
        )
        for panel in dashboard()["panels"]
        for target in panel.get("targets", ())
    }
