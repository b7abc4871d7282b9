"""`plan` announces what `sync` then does: the same entities are created, updated, deleted and kept."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from builder.cli.dry_run import plan_sync
from builder.cli.inputs import Inputs
from builder.planning import Plan

pytestmark = [pytest.mark.process, pytest.mark.slow]

type Names = set[tuple[str, str]]


def entry(kind: str, blueprint: str, *, enable_delete: bool = True, **options: Any) -> dict[str, Any]:
    """Return a resource. options: fields of the mapping, or keys of the selector in `selector`."""
    selector = {"query": "true", **options.pop("selector", {})}
    port = options.pop("port", {})
    mappings = {
        "identifier": ".id",
        "blueprint": f'"{blueprint}"',
        "properties": {"name": ".name"},
        **options,
    }
    return {
        "kind": kind,
        "selector": selector,
        "enableDelete": enable_delete,
        "port": {"entity": {"mappings": {**mappings, **options}}, **port},
    }


def items(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": name, "name": name.upper(), **more} for name in names]


def blueprint(name: str, **options: Any) -> dict[str, Any]:
    """Return a blueprint with a name. options: properties, required, relations."""
    schema = {
        "properties": {"name": {"type": "string"}, **options.get("properties", {})},
        "required": options.get("required", []),
    }
    relations = {
        relation: {"target": target, "many": False, "required": False}
        for relation, target in options.get("relations", {}).items()
    }
    return {"identifier": name, "title": name, "schema": schema, "relations": relations}


TASKS, USERS = entry("/tasks", "task"), entry("/users", "user")
OWNED = entry("/tasks", "task", relations={"owner": ".owner"})
BOTH = (blueprint("user"), blueprint("task", relations={"owner": "user"}))
TEN = tuple(f"t{number}" for number in range(10))


@dataclass(frozen=True)
class Situation:
    """A situation in which a sync runs.

    before: the answers of an earlier sync, None for a first sync. earlier: its mapping entries, None for the
    same ones. says: words of the plan. by_hand: what a user then changes in the entity a, by blueprint.
    """

    entries: list[dict[str, Any]]
    after: dict[str, Any]
    before: dict[str, Any] | None = None
    earlier: list[dict[str, Any]] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    blueprints: tuple[dict[str, Any], ...] = (blueprint("task"),)
    says: str = ""
    by_hand: dict[str, Any] = field(default_factory=dict)


THRESHOLD = {"entityDeletionThreshold": 1}
SITUATIONS = {
    "first sync": Situation([TASKS], {"/tasks": items("a", "b")}),
    "unchanged": Situation([TASKS], {"/tasks": items("a", "b")}, {"/tasks": items("a", "b")}),
    "changed field": Situation(
        [TASKS],
        {"/tasks": [{"id": "a", "name": "new"}, *items("b")]},
        {"/tasks": items("a", "b")},
        says="FieldChange(keys=('properties', 'name'), kind='changed', old='A', new='new')",
    ),
    "removed item": Situation(
        [TASKS], {"/tasks": items("a")}, {"/tasks": items("a", "b")}, options=THRESHOLD
    ),
    "more stale entities than the threshold": Situation(
        [TASKS], {"/tasks": items("x")}, {"/tasks": items("a", "b")}, says="entityDeletionThreshold 0.9"
    ),
    "doubtful listing": Situation(
        [TASKS, USERS],
        {"/tasks": [*items("a"), {"name": "nobody"}], "/users": items("u")},
        {"/tasks": items("a", "b"), "/users": items("u", "v")},
        options=THRESHOLD,
        blueprints=BOTH,
        says="doubtful: skipped_items",
    ),
    "failing kind": Situation(
        [TASKS, USERS],
        {"/users": items("u")},
        {"/tasks": items("a", "b"), "/users": items("u", "v")},
        options=THRESHOLD,
        blueprints=BOTH,
        says="404",
    ),
    "two kinds into one blueprint": Situation(
        [TASKS, entry("/more", "task", properties={"size": ".size"})],
        {"/tasks": items("a"), "/more": [{"id": "a", "size": 2}, {"id": "c", "size": 3}]},
        {"/tasks": items("a", "b"), "/more": [{"id": "a", "size": 1}]},
        options=THRESHOLD,
        blueprints=(blueprint("task", properties={"size": {"type": "number"}}),),
    ),
    "collision within a kind": Situation(
        [TASKS], {"/tasks": [*items("a"), {"id": "a", "name": "other"}]}, says="1 entities overwrite"
    ),
    "collision of two kinds": Situation(
        [TASKS, entry("/more", "task")],
        {"/tasks": items("a"), "/more": [{"id": "a", "name": "other"}]},
        says="overwrite fields of the same entities from /tasks",
    ),
    "enableDelete is false": Situation(
        [entry("/tasks", "task", enable_delete=False)],
        {"/tasks": items("a")},
        {"/tasks": items("a", "b")},
        options=THRESHOLD,
        says="enableDelete is false",
    ),
    "missing blueprint": Situation(
        [TASKS, USERS],
        {"/tasks": items("a"), "/users": items("u")},
        says="the blueprint user does not exist",
    ),
    "entities that break the rules of the blueprint": Situation(
        [
            entry("/tasks", "task", properties={"size": ".size", "name": ".name"}),
            entry("/unknown", "task", properties={"nmae": ".name"}),
        ],
        {
            "/tasks": [
                {"id": "type", "size": "big", "name": "x"},
                {"id": "b", "size": 1, "name": "x"},
                {"id": "no identifier", "size": 2, "name": "x"},
                {"id": "required", "size": 3},
                {"id": "required-too", "size": 4},
                *items("c", "d", "e"),
            ],
            "/unknown": items("f"),
        },
        blueprints=(blueprint("task", properties={"size": {"type": "number"}}, required=["name"]),),
        says="Required by the blueprint, and missing (task required",
    ),
    "relation to a missing entity, which is created": Situation(
        [OWNED], {"/tasks": items("a", owner="ann")}, blueprints=BOTH
    ),
    "relation to a missing entity, which is refused": Situation(
        [OWNED],
        {"/tasks": [*items("a", owner="ann"), *items("b", "c")]},
        options={"createMissingRelatedEntities": False},
        blueprints=BOTH,
        says="relation owner: the user 'ann' does not exist",
    ),
    "relation to an entity of a later kind": Situation(
        [OWNED, USERS],
        {"/tasks": items("a", owner="ann"), "/users": items("ann")},
        options={"createMissingRelatedEntities": False},
        blueprints=BOTH,
    ),
    "stale entity to which a live one relates": Situation(
        [OWNED, USERS],
        {"/tasks": items("a", owner="ann"), "/users": items("bob")},
        {"/tasks": items("a", owner="ann"), "/users": items("ann", "bob")},
        options=THRESHOLD,
        blueprints=BOTH,
        says="entities of the API relate to them",
    ),
    "deletion with dependents": Situation(
        [USERS],
        {"/users": items("bob")},
        {"/tasks": items("a", owner="ann"), "/users": items("ann", "bob")},
        earlier=[USERS, OWNED],
        options={**THRESHOLD, "createMissingRelatedEntities": False},
        blueprints=BOTH,
    ),
    "filter excludes items": Situation(
        [entry("/tasks", "task", selector={"query": ".open"})],
        {"/tasks": [*items("a", open=False), *items("b", open=True)]},
        {"/tasks": items("a", "b", open=True)},
        options=THRESHOLD,
    ),
    "shrunk listing": Situation(
        [entry("/tasks", "task", selector={"max_shrink": "50%"})],
        {"/tasks": items(*TEN[:4])},
        {"/tasks": items(*TEN)},
        options=THRESHOLD,
        says="max_shrink is 50%",
    ),
    "too few items": Situation(
        [entry("/tasks", "task", selector={"min_items": 3})],
        {"/tasks": items("a")},
        {"/tasks": items("a", "b", "c")},
        options=THRESHOLD,
        says="fewer than min_items",
    ),
    "wrong jq": Situation(
        [entry("/tasks", "task", title=".name |"), USERS],
        {"/tasks": items("a"), "/users": items("u")},
        blueprints=BOTH,
        says="is not a valid jq expression",
    ),
    "items to parse": Situation(
        [entry("/tasks", "task", identifier=".item.id", port={"itemsToParse": ".parts"})],
        {"/tasks": [{"name": "both", "parts": items("a", "b")}]},
        {"/tasks": [{"name": "both", "parts": items("a", "c")}]},
        options=THRESHOLD,
    ),
    "kind removed from the mapping": Situation(
        [USERS],
        {"/users": items("u")},
        {"/tasks": items("a"), "/users": items("u")},
        earlier=[TASKS, USERS],
        options=THRESHOLD,
        blueprints=BOTH,
    ),
}


BIG = 2**53
NUMBERS = blueprint("task", properties={name: {"type": "number"} for name in ("size", "other")})
DATED = blueprint("task", properties={"due": {"type": "string", "format": "date-time"}})
LISTS = blueprint(
    "task", properties={"tags": {"type": "array"}, "more": {"type": "object"}, "on": {"type": "boolean"}}
)
SEARCH = {
    "combinator": '"and"',
    "rules": [{"property": '"name"', "operator": '"="', "value": ".owner"}],
}
SEARCHED = entry("/tasks", "task", relations={"owner": SEARCH})
PARSED = entry(
    "/tasks",
    "task",
    identifier=".item.id",
    properties={"name": ".item.name"},
    port={"itemsToParse": ".parts"},
)


def number(size: Any, other: Any) -> dict[str, Any]:
    return {"/tasks": [{"id": "a", "name": "A", "size": size, "other": other}]}


def listed(**fields: Any) -> dict[str, Any]:
    return {"/tasks": [{"id": "a", "name": "A", **fields}]}


NUMBERED = entry("/tasks", "task", properties={"size": ".size", "other": ".other"})
DUE = entry("/tasks", "task", properties={"due": ".due"})
LISTING = entry("/tasks", "task", properties={"tags": ".tags", "more": ".more", "on": ".on"})
# None of these deletes an entity or fails.
VALUES = {
    "large numbers are created": Situation([NUMBERED], number(BIG - 1, BIG + 1), blueprints=(NUMBERS,)),
    "large numbers are unchanged": Situation(
        [NUMBERED], number(BIG + 1, -BIG - 1), number(BIG + 1, -BIG - 1), blueprints=(NUMBERS,)
    ),
    "large number grows by one": Situation(
        [NUMBERED], number(BIG + 2, 1), number(BIG + 1, 1), blueprints=(NUMBERS,)
    ),
    "number beyond 64 bits": Situation(
        [NUMBERED], number(10**30, 1e300), number(10**30, 1e300), blueprints=(NUMBERS,)
    ),
    "an integer as a float": Situation([NUMBERED], number(1.0, 0), number(1, -0.0), blueprints=(NUMBERS,)),
    "another fraction": Situation(
        [NUMBERED], number(0.30000000000000004, 1e-7), number(0.3, 1e-7), blueprints=(NUMBERS,)
    ),
    "number becomes null": Situation([NUMBERED], number(None, 2), number(1, 2), blueprints=(NUMBERS,)),
    "number becomes a text": Situation([NUMBERED], number("1", 2), number(1, 2), blueprints=(NUMBERS,)),
    "date in another time zone": Situation(
        [DUE],
        listed(due="2024-05-01T12:00:00+02:00"),
        listed(due="2024-05-01T10:00:00Z"),
        blueprints=(DATED,),
    ),
    "date with a fraction": Situation(
        [DUE],
        listed(due="2024-05-01T10:00:00.000Z"),
        listed(due="2024-05-01T10:00:00Z"),
        blueprints=(DATED,),
    ),
    "date without time": Situation([DUE], listed(due="2024-05-01"), listed(due=None), blueprints=(DATED,)),
    "date that is none": Situation(
        [DUE], listed(due="next week"), listed(due="2024-05-01T10:00:00Z"), blueprints=(DATED,)
    ),
    "list in another order": Situation(
        [LISTING],
        listed(tags=["b", "a"], more={"y": 1, "x": [1, {"z": None}]}, on=False),
        listed(tags=["a", "b"], more={"x": [1, {"z": None}], "y": 1}, on=False),
        blueprints=(LISTS,),
    ),
    "list and object unchanged": Situation(
        [LISTING],
        listed(tags=[1, "b", None, []], more={"y": 1, "x": {}}, on=True),
        listed(tags=[1, "b", None, []], more={"x": {}, "y": 1}, on=True),
        blueprints=(LISTS,),
    ),
    "list and object become empty": Situation(
        [LISTING],
        listed(tags=[], more={}, on=None),
        listed(tags=["a"], more={"a": 1}, on=True),
        blueprints=(LISTS,),
    ),
    "object becomes a list": Situation(
        [LISTING],
        listed(tags=["a"], more=["a"], on=True),
        listed(tags=["a"], more={}, on=1),
        blueprints=(LISTS,),
    ),
    "true against 1": Situation([LISTING], listed(on=1), listed(on=True), blueprints=(LISTS,)),
    "changed by hand in Port": Situation(
        [NUMBERED],
        number(1, 2),
        number(1, 2),
        blueprints=(NUMBERS,),
        by_hand={"task": {"properties": {"size": 7, "name": "by hand"}}},
    ),
    "changed by hand where the mapping says nothing": Situation(
        [TASKS],
        listed(),
        listed(),
        blueprints=(NUMBERS,),
        by_hand={"task": {"title": "by hand", "properties": {"size": 7}, "team": ["red"]}},
    ),
    "title, icon and team": Situation(
        [entry("/tasks", "task", title=".name", icon=".icon", team=".team")],
        listed(icon="Jira", team="red"),
        listed(icon="Git", team=["blue", "red"]),
    ),
    "an unchanged team": Situation(
        [entry("/tasks", "task", team=".team")], listed(team=["red"]), listed(team=["red"])
    ),
}
SITUATIONS |= {
    "relation by search, with another change": Situation(
        [USERS, SEARCHED],
        {"/users": items("u", "v"), "/tasks": [{"id": "a", "name": "new", "owner": "V"}]},
        {"/users": items("u", "v"), "/tasks": items("a", owner="U")},
        blueprints=BOTH,
        says="1 entities relate to others by a search in Port",
    ),
    "relation by search, unchanged": Situation(
        [USERS, SEARCHED],
        {"/users": items("u"), "/tasks": items("a", owner="U")},
        {"/users": items("u"), "/tasks": items("a", owner="U")},
        blueprints=BOTH,
    ),
    "two entries of one kind": Situation(
        [TASKS, entry("/tasks", "user", selector={"query": '.name != "A"'})],
        {"/tasks": items("a", "c")},
        {"/tasks": items("a", "b")},
        options=THRESHOLD,
        blueprints=BOTH,
    ),
    "two entries of one kind, one fails": Situation(
        [TASKS, entry("/tasks", "user", selector={"data_path": ".nothing"})],
        {"/tasks": items("a", "c")},
        {"/tasks": items("a", "b")},
        earlier=[TASKS, entry("/tasks", "user")],
        options=THRESHOLD,
        blueprints=BOTH,
    ),
    "itemsToParse": Situation(
        [PARSED],
        {"/tasks": [{"id": 1, "parts": items("a", "c")}, {"id": 2, "parts": []}]},
        {"/tasks": [{"id": 1, "parts": items("a")}, {"id": 2, "parts": items("b")}]},
        options=THRESHOLD,
    ),
    "itemsToParse without a list": Situation(
        [PARSED],
        {"/tasks": [{"id": 1, "parts": items("a")}, {"id": 2}]},
        {"/tasks": [{"id": 1, "parts": items("a")}, {"id": 2, "parts": items("b")}]},
        options=THRESHOLD,
    ),
}


def numbered(value: Any, number: int) -> Any:
    """Return a part of a situation with the number in the names of its kinds and blueprints."""
    if isinstance(value, dict):
        return {numbered(key, number): numbered(each, number) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [numbered(each, number) for each in value]
    if value in ("task", "user", '"task"', '"user"'):
        return value.replace("k", f"k{number}").replace("r", f"r{number}")
    return f"/{number}{value}" if value in ("/tasks", "/users") else value


def together(situations: Iterable[Situation]) -> Situation:
    """Return one situation with the entries of all, so that one sync shows what each does."""
    merged = Situation([], {}, {}, [], blueprints=())
    for number, each in enumerate(situations):
        entries = numbered(each.entries, number)
        merged.entries.extend(entries)
        merged.after.update(numbered(each.after, number))
        merged.by_hand.update(numbered(each.by_hand, number))
        merged = replace(merged, blueprints=(*merged.blueprints, *numbered(each.blueprints, number)))
        if each.before is not None:
            assert merged.before is not None
            assert merged.earlier is not None
            merged.before.update(numbered(each.before, number))
            merged.earlier.extend(entries)
    return merged


SITUATIONS["values of every type"] = together(VALUES.values())


def contents(port: Any) -> dict[tuple[str, str], Any]:
    """Return what the catalog has, by entity."""
    parts = ("title", "icon", "team", "properties", "relations")
    return {
        (name, identifier): {part: entity.get(part) for part in parts}
        for name in port.counts()
        for identifier, entity in port.entities(name).items()
    }


def plan_of(installation: Any, mapping: Mapping[str, Any]) -> Plan:
    """Return the plan of the next sync. The mapping is stored in Port first, as `apply` does."""
    installation.port.install(installation.identifier, mapping, installation.kind)
    return asyncio.run(plan_sync(Inputs(installation.environment())))


def port_headers(port: Any) -> dict[str, str]:
    token = port.http.post("/v1/auth/access_token", json={"clientId": "sandbox", "clientSecret": "sandbox"})
    return {"Authorization": f"Bearer {token.raise_for_status().json()['accessToken']}"}


def create_blueprints(port: Any, blueprints: tuple[dict[str, Any], ...]) -> None:
    for each in blueprints:
        port.http.post("/v1/blueprints", json=each, headers=port_headers(port)).raise_for_status()


def change_by_hand(port: Any, blueprint: str, fields: dict[str, Any]) -> None:
    """Change the entity a, as a user does in Port."""
    path = f"/v1/blueprints/{blueprint}/entities/a"
    port.http.patch(path, json=fields, headers=port_headers(port)).raise_for_status()


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS.keys())
def test_a_sync_does_what_the_plan_announces(
    situation: Situation, install: Callable[..., Any], loopback: Any, port: Any
) -> None:
    create_blueprints(port, situation.blueprints)
    api = loopback(situation.before or {})
    installation = install({"baseUrl": api.url, "maxRetries": 0})
    if situation.before is not None:
        earlier = situation.earlier or situation.entries
        assert installation.sync({**situation.options, "resources": earlier}).failed == []
    for blueprint_name, fields in situation.by_hand.items():
        change_by_hand(port, blueprint_name, fields)
    api.answers = situation.after
    mapping = {**situation.options, "resources": situation.entries}
    before = contents(port)
    plan = plan_of(installation, mapping)
    assert contents(port) == before
    run = installation.sync(mapping)
    after = contents(port)
    both = before.keys() & after.keys()
    changed = {name for name in both if before[name] != after[name]}
    assert set(plan.create) == after.keys() - before.keys()
    assert {update.name for update in plan.update} == changed
    assert set(plan.delete) == before.keys() - after.keys()
    assert plan.unchanged + len(plan.kept) == len(both - changed)
    assert {kind.kind for kind in plan.kinds if kind.error} == set(run.failed)
    assert situation.says in str(plan)
