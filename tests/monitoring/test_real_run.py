"""Prometheus scrapes a real run: the page lists its metrics, and the rules and the dashboard show it."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.draw_dashboard import Source, picture
from tests.end_to_end.test_live_events import Sail, sailing, signed
from tests.loopback_server import NOT_FOUND, Request, Response, serving
from tests.monitoring.conftest import ROOT, Prometheus, dashboard_queries, scraping

pytestmark = [pytest.mark.process, pytest.mark.slow]

_PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
_KEY = "YSBrZXkgdGhhdCBvbmx5IHRoZSBBUEkga25vd3M="
_SETTINGS = {"webhookVerify": "standard", "webhookSecret": f"whsec_{_KEY}", "maxRetries": 0}
_ENVIRON = {"OCEAN__EVENT_LISTENER": '{"type": "POLLING", "interval": 1}'}
_USERS = 100
_BROKEN = {
    "OceanCustomKindFailed",
    "OceanCustomKindDoubtful",
    "OceanCustomManyDeletions",
    "OceanCustomLiveEventsRejected",
}


def _entry(kind: str, blueprint: str, **selector: Any) -> dict[str, Any]:
    entity = {"mappings": {"identifier": ".id", "title": ".id", "blueprint": f'"{blueprint}"'}}
    return {"kind": kind, "selector": {"query": "true", **selector}, "port": {"entity": entity}}


_MAPPING = {
    "resources": [
        _entry("/users", "user", webhook={"when": "true", "values": {"id": ".id"}, "fetch": "/users/{id}"}),
        _entry("/teams", "team"),
        _entry("/tasks", "task", data_path=".items"),
    ]
}


@dataclass
class Api:
    """An API of users, teams and tasks. is_broken: it has no teams, and not all tasks."""

    is_broken: bool = False
    users: int = _USERS
    url: str = field(default="", init=False)

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        match request.path.strip("/").split("/"):
            case ["users"]:
                return Response([{"id": f"u{number}"} for number in range(self.users)])
            case ["users", user]:
                return Response({"id": user})
            case ["teams"] if not self.is_broken:
                return Response([{"id": "t1"}])
            case ["tasks"]:
                return Response({"items": [{"id": "1"}], "incomplete_results": self.is_broken})
        return NOT_FOUND


@dataclass(frozen=True)
class Scene:
    """A running integration, its API, and the Prometheus that scrapes it."""

    api: Api
    port: Any
    identifier: str
    sail: Sail
    prometheus: Prometheus

    def value(self, expression: str) -> float:
        """Return the only value of an expression; -1 for none."""
        found = self.prometheus.query(expression)
        assert len(found) < 2, found
        return float(found[0]["value"][1]) if found else -1.0

    def summaries(self) -> dict[str, str]:
        """Return the summary of each alert, as Alertmanager gets it."""
        found = self.prometheus.http.get("/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
        return {alert["labels"]["alertname"]: alert["annotations"]["summary"] for alert in found}

    def state_in_port(self) -> str:
        """Return the state of the last resync, as the page's command without Prometheus asks for it."""
        path = f"/v1/integration/{self.identifier}"
        answer = self.port.http.get(path, headers=self.port._authorization()).raise_for_status()
        return str(answer.json()["integration"]["resyncState"]["status"])

    def resync(self) -> None:
        """Request a resync, and wait until Prometheus has seen its end."""
        ended = "max(ocean_custom_resync_end_timestamp_seconds)"
        before = self.value(ended)
        self.port.request_resync(self.identifier)
        self.prometheus.wait_for(lambda: self.value(ended) > before)

    def break_it(self) -> None:
        """Let the API fail, lose users and send forged events. Wait until the alerts fire."""
        self.api.is_broken = True
        self.api.users -= 40
        self.resync()
        for _ in range(20):
            assert self.sail.send(b"{}", {"webhook-id": "1"}) == 401
        assert self.sail.send(b'{"id": "u1"}', signed(b'{"id": "u1"}', key=_KEY)) == 200
        self.prometheus.wait_for(lambda: self.prometheus.alerts() == _BROKEN)


@pytest.fixture
def scene(install: Callable[..., Any], port: Any, tmp_path: Path) -> Iterator[Scene]:
    """A sound installation whose first resync has ended."""
    api = Api()
    with serving(api.answer) as url:
        port.prepare(_MAPPING)
        installation = install({"baseUrl": url, **_SETTINGS}, environ=dict(_ENVIRON))
        port.install(installation.identifier, _MAPPING)
        with (
            sailing(installation, tmp_path / "sail.log") as sail,
            scraping(sail.url.removeprefix("http://"), tmp_path) as prometheus,
        ):
            scene = Scene(api, port, installation.identifier, sail, prometheus)
            succeeded = 'ocean_custom_resync_end_timestamp_seconds{result="succeeded"}'
            prometheus.wait_for(lambda: scene.value(succeeded) > 0)
            yield scene


def test_the_rules_and_the_dashboard_show_a_real_run(scene: Scene) -> None:
    prometheus = scene.prometheus
    prometheus.wait_for(lambda: set(prometheus.rules().values()) == {"ok"})
    assert scene.value('sum(ocean_custom_kind_verdict{verdict="complete"})') == 3
    prometheus.wait_for(lambda: scene.value('ocean_custom:resync_entities{state="deleted"}') == 0)
    assert 0 <= scene.value("ocean_custom:since_success:seconds") < 3600
    assert prometheus.alerts() | prometheus.alerts("pending") == set()
    scene.break_it()
    [failed] = prometheus.query('ALERTS{alertname="OceanCustomKindFailed"}')
    assert (failed["metric"]["kind"], failed["metric"]["identifier"]) == ("/teams", scene.identifier)
    assert scene.summaries()["OceanCustomKindFailed"] == f"{scene.identifier}: the kind /teams failed"
    assert scene.state_in_port() == "failed"
    [doubtful] = prometheus.query('ALERTS{alertname="OceanCustomKindDoubtful"}')
    assert doubtful["metric"]["kind"] == "/tasks"
    assert scene.value('ocean_custom:resync_entities{state="deleted"}') == 40
    queries = dashboard_queries()
    assert len(queries) > 15
    for name, expression in queries.items():
        prometheus.wait_for(lambda: prometheus.query(expression))  # noqa: B023 - it is called at once
        assert prometheus.query(expression), name
    drawn = picture(Source(prometheus.http, time.time() - 60, time.time()))
    assert re.findall(r">(/teams|/tasks|/users|complete|doubtful|failed)<", drawn)[:6] == [
        *("/users", "complete", "/teams", "failed", "/tasks", "doubtful")
    ]
    scene.api.is_broken = False
    scene.resync()
    prometheus.wait_for(lambda: prometheus.alerts() == {"OceanCustomLiveEventsRejected"})
    assert scene.state_in_port() == "completed"
    assert set(prometheus.rules().values()) == {"ok"}


def test_the_page_lists_the_metrics_of_a_real_run(scene: Scene) -> None:
    scene.break_it()
    text = httpx.get(f"{scene.sail.url}/metrics").text
    families = set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    rows = _rows()
    assert {_family(name, row.type) for name, row in rows.items()} == families
    labels = _labels(text)
    for name, row in rows.items():
        assert types[_family(name, row.type)] == row.type, name
        if found := labels.get(name):
            assert found == row.labels, name


@dataclass(frozen=True)
class Row:
    """A row of the page's tables of metrics."""

    type: str
    labels: frozenset[str]


def _rows() -> dict[str, Row]:
    """Return the rows of the tables: | `name` | type | labels | unit | meaning |."""
    pattern = r"^\| `([a-z_]+)` \| (gauge|counter|histogram) \|([^|]*)\| [^|]+ \| [^|]+ \|$"
    found = re.findall(pattern, _PAGE, re.MULTILINE)
    assert len({name for name, *_ in found}) == len(found)
    return {name: Row(kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in found}


def _family(name: str, kind: str) -> str:
    """Return the name on the line # TYPE, which has no _total for counters."""
    return name.removesuffix("_total") if kind == "counter" else name


def _labels(text: str) -> dict[str, frozenset[str]]:
    """Return the labels of each metric that has samples."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, _, rest = line.partition("{") if "{" in line else line.partition(" ")
        pairs = re.findall(r'(\w+)="(?:[^"\\]|\\.)*"', rest) if "{" in line else []
        found[re.sub(r"_(bucket|count|sum)$", "", name)] |= frozenset(pairs) - {"le"}
    return found
