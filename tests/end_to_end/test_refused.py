"""Entities that Port refuses are reported at the end of the log. If they are the majority, the kind fails."""

from typing import Any

import pytest

pytestmark = pytest.mark.process


def entry(name: str, **mappings: Any) -> dict[str, Any]:
    own = {"identifier": ".id", "blueprint": f'"{name}"', **mappings}
    return {"kind": f"/{name}", "selector": {"query": "true"}, "port": {"entity": {"mappings": own}}}


def items(good: int, bad: int) -> list[dict[str, Any]]:
    """Return items. Port refuses the bad ones, because their identifiers have spaces."""
    names = [*(f"good{number}" for number in range(good)), *(f"b a d {number}" for number in range(bad))]
    return [{"id": name} for name in names]


@pytest.fixture
def synced(install: Any, loopback: Any, port: Any) -> Any:
    def make(mapping: dict[str, Any], answers: dict[str, Any], **relations: dict[str, str]) -> Any:
        port.prepare(mapping, relations)
        return install({"baseUrl": loopback(answers).url}).sync(mapping)

    return make


def state(port: Any) -> str:
    """Return the state of the whole resync in Port."""
    [sync] = port.http.get("/_sandbox/syncs").raise_for_status().json()
    return str(sync["resyncState"]["status"])


def test_a_resync_fails_if_port_refuses_most_entities_of_a_kind(synced: Any, port: Any) -> None:
    mapping = {"resources": [entry("task"), entry("user")]}
    run = synced(mapping, {"/task": items(12, 18), "/user": items(3, 0)})
    assert state(port) == "failed"
    assert (len(port.entities("task")), len(port.entities("user"))) == (12, 3)
    report = run.log[run.log.index("/task: Port refused 18 of 30 entities: ") :]
    assert "(task b a d 0, task b a d 1, task b a d 2, task b a d 3, task b a d 4 and 13 more)" in report
    assert "identifier" in report.splitlines()[0].lower()
    later = [line for line in report.splitlines()[1:] if "/task" in line]
    assert later == []


def test_a_kind_completes_with_a_report_if_port_refuses_half_of_its_entities(synced: Any, port: Any) -> None:
    run = synced({"resources": [entry("task")]}, {"/task": items(15, 15)})
    assert state(port) == "completed"
    assert "/task: Port refused 15 of 30 entities: " in run.log


def test_a_relation_to_a_later_kind_is_not_reported_as_refused(synced: Any, port: Any) -> None:
    mapping = {
        "createMissingRelatedEntities": False,
        "deleteDependentEntities": False,
        "resources": [
            entry("task", relations={"owner": ".owner"}, properties={"name": ".name"}, title=".name"),
            entry("user"),
        ],
    }
    answers = {
        "/task": [{"id": f"t{number}", "owner": "u", "name": "N"} for number in range(12)],
        "/user": [{"id": "u"}],
    }
    run = synced(mapping, answers, task={"owner": "user"})
    assert state(port) == "completed"
    assert "Port refused" not in run.log.replace("Port refused to", "")
    found = port.entities("task").values()
    assert [(each["properties"]["name"], each["title"]) for each in found] == [("N", "N")] * 12
