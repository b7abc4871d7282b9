"""The rules, the dashboard and the configuration of Alertmanager are valid, and each alert is tested."""

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.monitoring.conftest import MONITORING, ROOT, dashboard, run

_PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")


def _load(name: str) -> Any:
    return yaml.safe_load((MONITORING / name).read_text(encoding="utf-8"))


def _alerts() -> dict[str, dict[str, Any]]:
    rules = [rule for group in _load("rules.yaml")["groups"] for rule in group["rules"]]
    return {rule["alert"]: rule for rule in rules if "alert" in rule}


@pytest.mark.process
def test_the_unit_tests_of_the_rules_pass() -> None:
    run("promtool", "check", "rules", MONITORING / "rules.yaml")
    run("promtool", "check", "config", MONITORING / "prometheus.yaml")
    assert "SUCCESS" in run("promtool", "test", "rules", MONITORING / "rules_test.yaml")


def test_a_rule_uses_only_what_its_group_recorded_before() -> None:
    """Prometheus evaluates groups independently, and the rules of one in their order ("Recording rules")."""
    for group in _load("rules.yaml")["groups"]:
        recorded: set[str] = set()
        for rule in group["rules"]:
            assert set(re.findall(r"ocean_custom:[\w:]+", rule["expr"])) <= recorded
            recorded |= {rule["record"]} if "record" in rule else set()


def test_each_alert_is_tested_with_and_without_its_cause() -> None:
    cases = [case for test in _load("rules_test.yaml")["tests"] for case in test.get("alert_rule_test", ())]
    raised = {case["alertname"] for case in cases if case.get("exp_alerts")}
    assert raised == set(_alerts())


@pytest.mark.process
def test_alertmanager_accepts_its_configuration() -> None:
    assert "SUCCESS" in run("amtool", "check-config", MONITORING / "alertmanager.yaml")


@pytest.mark.process
@pytest.mark.parametrize("severity", ["critical", "warning", "info"])
def test_an_alert_is_routed_by_its_severity(severity: str) -> None:
    file = f"--config.file={MONITORING / 'alertmanager.yaml'}"
    output = run(
        "amtool", "config", "routes", "test", file, "alertname=OceanCustomKindFailed", f"severity={severity}"
    )
    expected = {"critical": "on-call,catalog-team", "warning": "catalog-team", "info": "nobody"}
    assert output.strip() == expected[severity]


def test_the_page_has_each_alert_with_its_severity() -> None:
    rows = dict(re.findall(r"^\| `(OceanCustom\w+)` \| (\w+) \|", _PAGE, re.MULTILINE))
    assert rows == {name: rule["labels"]["severity"] for name, rule in _alerts().items()}


@pytest.mark.process
def test_the_command_of_the_page_makes_a_prometheus_rule_of_the_rules() -> None:
    [block] = [
        each for each in re.findall(r"```bash\n(.*?)```", _PAGE, re.DOTALL) if "PrometheusRule" in each
    ]
    script = f"kubectl() {{ cat; }}\n{block}"
    done = subprocess.run(["/bin/bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    rule = yaml.safe_load(done.stdout)
    assert (rule["kind"], rule["spec"]) == ("PrometheusRule", _load("rules.yaml"))


def test_the_dashboard_can_be_imported_into_any_grafana() -> None:
    """It names no data source but its variable, and no two panels share an id or a place."""
    panels = dashboard()["panels"]
    sources = [each["datasource"] for each in (*panels, *_targets(panels)) if "datasource" in each]
    assert {source["uid"] for source in sources} == {"${datasource}"}
    assert "id" not in dashboard()
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def _targets(panels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [target for panel in panels for target in panel.get("targets", ())]


def test_the_service_monitor_fits_the_chart() -> None:
    """The chart's service has the port `ocean-port`, and the label of the release."""
    [monitor] = yaml.safe_load_all((MONITORING / "kubernetes.yaml").read_text(encoding="utf-8"))
    [endpoint] = monitor["spec"]["endpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("ocean-port", "/metrics")
    policy = yaml.safe_load((ROOT / "helm" / "network-policy.yaml").read_text(encoding="utf-8"))
    selected = monitor["spec"]["selector"]["matchLabels"].items()
    assert selected <= policy["spec"]["podSelector"]["matchLabels"].items()
