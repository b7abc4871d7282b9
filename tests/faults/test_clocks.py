"""Three clocks: ours, the API's and Port's. No item is lost or deleted if one is wrong."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]

MINUTES = timedelta(minutes=5)


def entry(incremental: Json | None) -> Json:
    return {
        "kind": "/tasks",
        "selector": {"query": "true"} | ({"incremental": incremental} if incremental else {}),
        "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}},
    }


class Company:
    """An API with its own clock, and an installation that reaches Port through the proxy.

    changed: time of each item's last change by the API's clock. ahead: the API's clock minus ours.
    """

    def __init__(self, install: Any, port: Any, proxy: Any, api: Any, reply: Any) -> None:
        self.proxy, self.port, self.api, self._reply = proxy, port, api, reply
        self.changed: dict[str, datetime] = {}
        self.ahead = timedelta()
        self.installation = install(
            {"baseUrl": api.url, "paginationType": "none"}, environ={"OCEAN__PORT__BASE_URL": proxy.url}
        )
        api.answers["/tasks"] = self.answer

    def prepare(self, incremental: Json | None) -> None:
        self.installation.mapping = {"resources": [entry(incremental)], "entityDeletionThreshold": 1}
        self.port.prepare(self.installation.mapping)

    @property
    def now(self) -> datetime:
        """The time by the API's clock."""
        return datetime.now(UTC) + self.ahead

    def answer(self, request: str) -> Any:
        query = parse_qs(request.split(" ")[1].partition("?")[2])
        since = query.get("since", [""])[0]
        items = [
            {"id": name, "at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")} for name, moment in self.changed.items()
        ]
        found = sorted((item for item in items if item["at"] >= since), key=lambda item: item["at"])
        return self._reply(found[::-1], headers={"Date": format_datetime(self.now, usegmt=True)})

    @property
    def names(self) -> set[str]:
        return set(self.port.entities("task"))

    def mark(self) -> datetime:
        """Return the mark that Ocean saved last. Clears the recorded requests."""
        saved = [
            each.body for each in self.proxy.received if each.method == "PUT" and "/cursor" in each.target
        ]
        self.proxy.received.clear()
        return datetime.fromisoformat(json.loads(saved[-1])["primary"])


@pytest.fixture
def company(install: Any, port: Any, proxy: Any, api: Any, web_reply: Any) -> Company:
    return Company(install, port, proxy, api, web_reply)


@pytest.mark.parametrize("incremental", [{"param": "since"}, {"field": ".at"}], ids=["param", "field"])
@pytest.mark.parametrize("ahead", [-MINUTES, timedelta(), MINUTES, -timedelta(hours=3)], ids=str)
def test_a_change_between_two_runs_is_found_with_any_clock(
    company: Company, incremental: Json, ahead: timedelta
) -> None:
    company.prepare(incremental)
    company.ahead = ahead
    company.changed = {"old": company.now - timedelta(days=1), "first": company.now}
    log = company.installation.sync_incrementally().log
    assert company.names == {"first"}, log
    company.changed["second"] = company.now
    company.installation.sync_incrementally()
    assert company.names == {"first", "second"}


def test_a_clock_that_is_corrected_between_two_runs_loses_nothing(company: Company) -> None:
    """The API's clock was behind. An item changed after the first run, before the correction."""
    company.prepare({"param": "since"})
    company.ahead = -MINUTES
    company.installation.sync_incrementally()
    assert company.mark() <= company.now + timedelta(seconds=1)
    company.changed = {"late": company.now}
    company.ahead = timedelta()
    company.installation.sync_incrementally()
    assert company.names == {"late"}


def test_the_mark_is_not_later_than_now_by_port_s_clock(company: Company, proxy: Any, rule: Any) -> None:
    """Our clock may be ahead, and the API's may be ahead by the same time."""
    company.prepare({"param": "since"})
    proxy.rules = [rule("", rule.behind(MINUTES), times=None)]
    started = datetime.now(UTC)
    company.installation.sync_incrementally()
    assert started - MINUTES - timedelta(seconds=5) < company.mark() < datetime.now(UTC) - MINUTES


def test_a_mark_in_the_future_is_ignored(company: Company) -> None:
    """An earlier run saved it while a clock was wrong. Changes up to then would be lost."""
    company.prepare({"param": "since"})
    company.installation.sync_incrementally()
    [saved] = [each for each in company.proxy.received if each.method == "PUT" and "/cursor" in each.target]
    future = json.dumps({"primary": (datetime.now(UTC) + timedelta(hours=1)).isoformat()})
    company.port.http.put(
        saved.target, content=future, headers=dict(saved.headers) | {"Content-Length": str(len(future))}
    )
    company.changed = {"new": company.now - timedelta(minutes=10)}
    log = company.installation.sync_incrementally().log
    assert "/tasks: the cursor" in log
    assert "is in the future, so a clock was wrong. Reading the changes of the last 15 minutes instead" in log
    assert company.names == {"new"}
    assert company.mark() <= datetime.now(UTC)


@pytest.mark.parametrize("behind", [MINUTES, timedelta()], ids=["Port behind", "the same clock"])
def test_entities_that_others_write_during_a_full_resync_are_kept(
    company: Company, proxy: Any, rule: Any, behind: timedelta
) -> None:
    """Another run of this installation writes an entity after this one has read the listing."""
    company.prepare(None)
    company.changed = {"kept": company.now, "gone": company.now}
    assert company.installation.sync().failed == []
    assert company.names == {"kept", "gone"}
    del company.changed["gone"]
    time.sleep(1.1)  # `Date` has whole seconds: writes of the last second count as new
    proxy.rules = [rule("", rule.behind(behind), times=None)] if behind else []
    usual: Callable[[str], Any] = company.answer

    def meanwhile(request: str) -> Any:
        sent = next(each for each in proxy.received if each.path.endswith("/bulk"))
        entities = json.dumps({"entities": [{"identifier": "meanwhile", "blueprint": "task"}]})
        head = dict(sent.headers) | {"Content-Length": str(len(entities))}
        company.port.http.post(sent.target, content=entities, headers=head).raise_for_status()
        return usual(request)

    company.api.answers["/tasks"] = meanwhile
    run = company.installation.sync()
    assert run.failed == [], run.log
    assert company.names == {"kept", "meanwhile"}
    assert ("s ahead of Port's. The start of the resync is set back by that" in run.log) == bool(behind)
