"""Which entities a resync deletes, and which it keeps."""

from typing import Any

import pytest

pytestmark = pytest.mark.process


def entry(kind: str, blueprint: str, **selector: Any) -> dict[str, Any]:
    """Return a resource. blueprint: a jq expression."""
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {
            "entity": {
                "mappings": {"identifier": ".id", "blueprint": blueprint, "properties": {"name": ".name"}}
            }
        },
    }


def items(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "name": name.upper()} for name in names]


def many(count: int) -> list[dict[str, Any]]:
    return items(*(f"i{number}" for number in range(count)))


def mapping_of(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a mapping whose threshold lets Ocean delete any number of entities."""
    return {"entityDeletionThreshold": 1, "resources": list(entries), **more}


TASKS = entry("/tasks", '"task"')
USERS = entry("/users", '"user"')


@pytest.fixture
def installed(install: Any, loopback: Any, port: Any) -> Any:
    """Return a function that creates an installation with its API and syncs it once."""

    def make(mapping: dict[str, Any], answers: dict[str, Any], **relations: dict[str, str]) -> Any:
        api = loopback(answers)
        port.prepare(mapping, relations)
        installation = install({"baseUrl": api.url, "maxRetries": 0})
        assert installation.sync(mapping).failed == []
        return installation, api

    return make


def test_a_failed_kind_keeps_only_the_entities_of_its_blueprint(installed: Any, port: Any) -> None:
    installation, api = installed(
        mapping_of(TASKS, USERS), {"/tasks": items("t1", "t2"), "/users": items("u1", "u2")}
    )
    del api.answers["/tasks"]
    api.answers["/users"] = items("u1")
    run = installation.sync()
    assert run.failed == ["/tasks"]
    assert (set(port.entities("task")), set(port.entities("user"))) == ({"t1", "t2"}, {"u1"})
    assert "Deleting 1 entity of blueprint user (from /users): u2" in run.log
    assert '/tasks: no entity of its blueprint "task" is deleted because it failed' in run.log


def test_a_kind_that_shares_a_blueprint_with_a_failed_kind_deletes_nothing(installed: Any, port: Any) -> None:
    mapping = mapping_of(TASKS, entry("/more", "'task'"))
    installation, api = installed(mapping, {"/tasks": items("t1"), "/more": items("t2", "t3")})
    del api.answers["/tasks"]
    api.answers["/more"] = items("t2")
    installation.sync()
    assert set(port.entities("task")) == {"t1", "t2", "t3"}


@pytest.mark.parametrize("blueprint", [".kind", '"\\(.kind)"', 'if .name then "task" else "user" end'])
def test_a_failed_kind_with_a_computed_blueprint_prevents_all_deletions(
    installed: Any, port: Any, blueprint: str
) -> None:
    own = [{**item, "kind": "task"} for item in items("t1")]
    mapping = mapping_of(entry("/tasks", blueprint), USERS)
    port.prepare(mapping_of(TASKS))
    installation, api = installed(mapping, {"/tasks": own, "/users": items("u1", "u2")})
    assert set(port.entities("task")) == {"t1"}
    del api.answers["/tasks"]
    api.answers["/users"] = items("u1")
    run = installation.sync()
    assert set(port.entities("user")) == {"u1", "u2"}
    assert "Nothing at all is deleted in this resync" in run.log


def test_a_failed_kind_keeps_the_entities_of_its_previous_blueprint(installed: Any, port: Any) -> None:
    installation, api = installed(
        mapping_of(TASKS, USERS), {"/tasks": items("t1"), "/users": items("u1", "u2")}
    )
    changed = mapping_of(entry("/tasks", '"job"'), USERS)
    port.prepare(mapping_of(entry("/tasks", '"job"')))
    api.answers = {"/users": items("u1")}
    installation.sync(changed)
    assert (set(port.entities("task")), set(port.entities("user"))) == ({"t1"}, {"u1"})


def test_the_relation_targets_of_kept_entities_are_kept(installed: Any, port: Any) -> None:
    tasks = entry("/tasks", '"task"')
    tasks["port"]["entity"]["mappings"]["relations"] = {"owner": ".owner"}
    mapping = mapping_of(tasks, USERS, deleteDependentEntities=True)
    answers = {"/tasks": [{**items("t1")[0], "owner": "u1"}], "/users": items("u1", "u2", "u3")}
    installation, api = installed(mapping, answers, task={"owner": "user"})
    del api.answers["/tasks"]
    api.answers["/users"] = items("u3")
    run = installation.sync()
    assert set(port.entities("task")) == {"t1"}
    assert set(port.entities("user")) == {"u1", "u3"}
    assert "Kept 1 entity of blueprint user (from /users): u1: other entities relate to them" in run.log


def test_relation_targets_are_deleted_after_the_entities_that_relate_to_them(
    installed: Any, port: Any
) -> None:
    tasks = entry("/tasks", '"task"')
    tasks["port"]["entity"]["mappings"]["relations"] = {"owner": ".owner"}
    broken = entry("/broken", '"other"')
    mapping = mapping_of(USERS, tasks, broken)
    answers = {
        "/tasks": [{**item, "owner": "u1"} for item in items("t1", "t2")],
        "/users": items("u1", "u2"),
        "/broken": items("b"),
    }
    installation, api = installed(mapping, answers, task={"owner": "user"})
    del api.answers["/broken"]
    api.answers |= {"/tasks": [{**items("t2")[0], "owner": "u2"}], "/users": items("u2")}
    installation.sync()
    assert (set(port.entities("task")), set(port.entities("user"))) == ({"t2"}, {"u2"})


def test_enable_delete_false_keeps_entities_that_the_api_no_longer_has(installed: Any, port: Any) -> None:
    kept = {**TASKS, "enableDelete": False}
    installation, api = installed(mapping_of(kept, USERS), {"/tasks": many(30), "/users": items("u1", "u2")})
    api.answers |= {"/tasks": [], "/users": items("u1")}
    run = installation.sync()
    assert run.failed == []  # max_shrink guards deletions, and there are none
    assert (len(port.entities("task")), set(port.entities("user"))) == (30, {"u1"})
    assert "is deleted because its enableDelete is false" in run.log


def test_the_deletion_threshold_also_counts_kept_entities(installed: Any, port: Any) -> None:
    mapping = {"entityDeletionThreshold": 0.4, "resources": [TASKS, USERS]}
    installation, api = installed(mapping, {"/tasks": items(*"abcdef"), "/users": items("u1", "u2")})
    del api.answers["/tasks"]
    api.answers["/users"] = []
    installation.sync()
    assert set(port.entities("user")) == set()


def test_a_listing_that_shrinks_too_much_fails_and_deletes_nothing(installed: Any, port: Any) -> None:
    installation, api = installed(mapping_of(TASKS), {"/tasks": many(40)})
    api.answers["/tasks"] = many(3)
    for _ in range(2):  # a failed resync does not change the number of items to compare with
        run = installation.sync()
        assert run.failed == ["/tasks"]
        assert "has 3 items, and the last complete one had 40; max_shrink is 90%" in run.log
        assert len(port.entities("task")) == 40
    run = installation.sync(mapping_of(entry("/tasks", '"task"', accept_shrink=3)))
    assert (run.failed, len(port.entities("task"))) == ([], 3)
    run = installation.sync(mapping_of(TASKS))
    assert (run.failed, len(port.entities("task"))) == ([], 3)


def test_max_shrink_applies_to_each_entry_if_entries_have_the_same_kind(installed: Any, port: Any) -> None:
    def mapping() -> dict[str, Any]:
        return mapping_of(
            entry("/tasks", '"open"', query_params={"state": "open"}, max_shrink="50%"),
            entry("/tasks", '"done"', query_params={"state": "done"}, max_shrink=5),
        )

    answers = {"/tasks?state=open": many(10), "/tasks?state=done": many(10)}
    installation, api = installed(mapping(), answers)
    api.answers |= {"/tasks?state=open": many(5), "/tasks?state=done": many(4)}
    run = installation.sync()
    assert [state for _, state in run.states] == ["completed", "failed"]
    assert "has 4 items, and the last complete one had 10; max_shrink is 5" in run.log
    assert port.counts() == {"open": 5, "done": 10}


def test_max_shrink_counts_the_items_of_items_to_parse(installed: Any) -> None:
    unfolded = entry("/lists", '"task"', max_shrink=0)
    unfolded["port"]["itemsToParse"] = ".all"
    unfolded["port"]["entity"]["mappings"] |= {"identifier": ".item.id", "properties": {}}
    installation, api = installed(mapping_of(unfolded), {"/lists": [{"all": many(12)}, {"all": []}]})
    assert installation.sync().failed == []
    api.answers["/lists"] = [{"all": many(11)}]
    run = installation.sync()
    assert "has 11 items, and the last complete one had 12" in run.log


def test_max_shrink_is_not_checked_if_the_number_of_entries_changes(installed: Any) -> None:
    first = entry("/tasks", '"task"', query_params={"state": "all"})
    answers = {"/tasks?state=all": many(40), "/tasks?state=open": many(1)}
    installation, _ = installed(mapping_of(first), answers)
    second = entry("/tasks", '"task"', query_params={"state": "open"})
    assert installation.sync(mapping_of(second, first)).failed == []
