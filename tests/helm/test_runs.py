"""The integration starts and syncs with the environment that the chart creates from the values files."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helm.chart import Release, Values, merged
from tests.helm.values import WEBHOOK_SECRET, for_company, mounted
from tests.helm.waiting import free_port, is_live, is_synced, wait_for

pytestmark = pytest.mark.process

type LocalValues = Callable[[str], dict[str, Any]]
type NewPod = Callable[..., Any]

_COUNTS = {"sampleUser": 120}
_VARIABLES = [{"name": "OCEAN__CACHING_STORAGE_MODE", "value": "memory"}]
_PEOPLE = {"/api/v1/users", "/api/tickets", "/api/tickets/{ticket_id}/comments"}


def _users(company: Values, **selector: Any) -> dict[str, Any]:
    """Return the company's mapping with only the users. selector: keys to add to their selector."""
    first = company["resources"][0]
    return {**company, "resources": [{**first, "selector": {**first["selector"], **selector}}]}


@pytest.mark.parametrize("type_", ["custom", "generic-http"])
def test_a_deployment_syncs_and_ends_on_sigterm(
    type_: str, local_values: LocalValues, pod: NewPod, port: Any, company: Values
) -> None:
    release = Release(local_values(type_))
    identifier = release.values["integration"]["identifier"]
    port.prepare(_users(company))
    port.install(identifier, _users(company), type_)
    running = pod(release.environment(), type_)
    with running.running():
        wait_for(lambda: is_synced(port.http, identifier), running.log.read_text)
    assert port.counts() == _COUNTS
    sources = {entity["datasource"] for entity in port.entities("sampleUser").values()}
    assert [source.split("/")[1::2] for source in sources] == [[type_, identifier]]


def test_a_cron_job_syncs_once_and_ends(
    local_values: LocalValues, pod: NewPod, port: Any, company: Values
) -> None:
    release = Release(local_values("cronjob"))
    port.prepare(_users(company))
    port.install("ocean-custom", _users(company))
    job = pod(release.environment())
    assert job.run() == 0
    assert port.counts() == _COUNTS, job.log.read_text()


def test_the_incremental_job_reads_only_changes(
    local_values: LocalValues, pod: NewPod, port: Any, sample: httpx.Client, company: Values
) -> None:
    release = Release(local_values("incremental"))
    mapping = _users(company, incremental={"field": ".updated_at"})
    port.prepare(mapping)
    port.install("ocean-custom", mapping)
    sample.post("/_control/data", json={"users": _users_changed({})}).raise_for_status()
    assert pod(release.environment()).run() == 0
    assert len(port.entities("sampleUser")) == 30

    changed = [user for user in _users_changed({7: 0}) if user["id"] != 8]
    sample.post("/_control/data", json={"users": changed}).raise_for_status()
    job = pod(release.incremental_environment())
    assert job.run() == 0
    found = port.entities("sampleUser")
    assert found["7"]["title"] == "User 7, 0 hours ago", job.log.read_text()
    assert len(found) == 30


def test_the_live_events_deployment_writes_what_changed(
    local_values: LocalValues, pod: NewPod, port: Any, sample: httpx.Client, company: Values, tmp_path: Path
) -> None:
    """The job resyncs and ends. The second deployment only receives webhooks, with the secret in a file."""
    number = free_port()
    own = {"extraEnv": [{"name": "APPLICATION__PORT", "value": str(number)}, *_VARIABLES]}
    release = Release(merged(mounted(local_values("live-events/worker"), tmp_path), own))
    port.prepare(_users(company))
    port.install("ocean-custom", _users(company))
    assert pod(release.environment()).run() == 0
    worker = pod(release.live_events_environment())
    with worker.running():
        url = f"http://127.0.0.1:{number}"
        wait_for(lambda: is_live(url), worker.log.read_text)
        hook = {"url": f"{url}/integration/webhook", "secret": WEBHOOK_SECRET, "scheme": "github"}
        sample.post("/_control/webhook", json=hook).raise_for_status()
        change = {"action": "updated", "collection": "users", "item": {"id": 7, "name": "Renamed"}}
        sample.post("/_control/changes", json=change).raise_for_status()
        wait_for(lambda: port.entities("sampleUser")["7"]["title"] == "Renamed", worker.log.read_text)
    assert port.counts() == _COUNTS


def _users_changed(hours_ago: dict[int, int]) -> list[dict[str, Any]]:
    """Return thirty users, latest change first. Users without an entry in hours_ago changed weeks ago."""
    ages = {number: hours_ago.get(number, 1000 + number) for number in range(1, 31)}
    return [
        {
            "id": number,
            "name": f"User {number}, {age} hours ago",
            "updated_at": (datetime.now(UTC) - timedelta(hours=age)).isoformat(),
        }
        for number, age in sorted(ages.items(), key=lambda pair: pair[1])
    ]


def test_two_installations_can_share_a_mapping(
    local_values: LocalValues, pod: NewPod, port: Any, sample: httpx.Client, company: Values
) -> None:
    """Neither deletes the other's entities. One installation's projects relate to the other's users."""
    port.prepare(company)
    halves = {"people": _PEOPLE, "work": {each["kind"] for each in company["resources"]} - _PEOPLE}
    jobs = [_installation(local_values, pod, port, company, name, kinds) for name, kinds in halves.items()]
    _run(jobs)
    complete = port.counts()
    expected = {each["port"]["entity"]["mappings"]["blueprint"].strip('"') for each in company["resources"]}
    assert complete.keys() == expected
    assert complete["sampleUser"] == 120
    sample.post("/_control/data", json={"tickets": []}).raise_for_status()
    _run(jobs)
    gone = {"sampleTicket": 0, "sampleComment": 0}
    assert port.counts() == complete | gone


def _installation(
    local_values: LocalValues, pod: NewPod, port: Any, company: Values, name: str, kinds: set[str]
) -> Any:
    # The sample API allows more requests than the example's limit.
    faster = {"integration": {"config": {"requestsPerSecond": 200}}, "workload": {"kind": "CronJob"}}
    once = merged(for_company(local_values(f"split/{name}")), faster)
    # The test deletes all tickets, which max_shrink would reject.
    resources = [
        {**each, "selector": {**each["selector"], "max_shrink": "100%"}}
        for each in company["resources"]
        if each["kind"] in kinds
    ]
    mapping = {**company, "resources": resources, "entityDeletionThreshold": 1}
    port.install(once["integration"]["identifier"], mapping)
    return pod(Release(once).environment())


def _run(jobs: list[Any]) -> None:
    with ThreadPoolExecutor() as processes:
        for job, code in zip(jobs, processes.map(lambda each: each.run(), jobs), strict=True):
            assert code == 0, job.log.read_text()
