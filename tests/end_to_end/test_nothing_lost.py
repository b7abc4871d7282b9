"""An incomplete listing fails its kind. Otherwise Ocean would delete the entities that it did not see."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process

FAULTS: dict[str, dict[str, Any]] = {
    "server_error": {"fault": "status", "status": 500},
    "forbidden": {"fault": "status", "status": 403},
    "timeout": {"fault": "timeout"},
    "cut": {"fault": "cut"},
    "reset": {"fault": "reset"},
    "html": {"fault": "html"},
    "empty_object": {"fault": "empty_object"},
}
# This fault ends all children at once. After the other faults, the remaining children continue.
UNAUTHORIZED: dict[str, Any] = {"fault": "status", "status": 401}
# The sample API's style and the mapping's pagination for each pagination type.
STYLES: dict[str, tuple[str, dict[str, Any]]] = {
    "page": ("page", {"type": "page"}),
    "page_of_total": ("page-total", {"type": "page", "size_param": "per_page"}),
    "offset": ("offset", {"type": "offset"}),
    "cursor": ("cursor", {"type": "cursor"}),
    "next_link": ("next-link", {"type": "next_link", "size_param": "limit"}),
    "header_link": ("link-header", {"type": "header_link", "size_param": "limit"}),
}


@dataclass(frozen=True)
class Case:
    """A kind with its own blueprint. fault: the rule for a fault in its requests."""

    name: str
    entry: dict[str, Any]
    fault: dict[str, Any] | None = None


@dataclass(frozen=True)
class Outcome:
    """The state of a kind, the number of its entities, and how many of them have the latest changes."""

    state: str
    entities: int
    news: int


def entry(name: str, kind: str, *, identifier: str = ".id", **selector: Any) -> dict[str, Any]:
    """Return a resource whose requests have the name of its case, so that a fault can apply to it alone."""
    return {
        "kind": f"{kind}?case={name}",
        "selector": {"query": "true", **selector},
        "port": {
            "entity": {
                "mappings": {
                    "identifier": identifier,
                    "blueprint": f'"{name}"',
                    "properties": {"name": ".name"},
                }
            }
        },
    }


def mapping_of(cases: Iterable[Case]) -> dict[str, Any]:
    """Return a mapping whose threshold lets Ocean delete any number of entities."""
    return {"entityDeletionThreshold": 1, "resources": [case.entry for case in cases]}


def enable_faults(sample: httpx.Client, cases: Iterable[Case]) -> None:
    """Enable the faults of these cases in the sample API."""
    for case in cases:
        if case.fault:
            rule = {"query": {"case": case.name}, **case.fault}
            sample.post("/_control/faults", json=rule).raise_for_status()


def outcomes(port: Any, run: Any, cases: Iterable[Case]) -> dict[str, Outcome]:
    """Return the outcome of each case by name. Raises AssertionError: Port has a kind more than once."""
    assert len(run.states) == len(dict(run.states)), run.states
    states = dict(run.states)
    return {
        case.name: Outcome(
            states[case.entry["kind"]],
            port.counts().get(case.name, 0),
            sum(item["properties"]["name"] == "new" for item in port.entities(case.name).values()),
        )
        for case in cases
    }


def set_data(sample: httpx.Client, items: Mapping[str, list[dict[str, Any]]]) -> None:
    sample.post("/_control/data", json=items).raise_for_status()


def users(new: Iterable[int] = ()) -> list[dict[str, Any]]:
    """Return 30 users, three full pages. new: the ids of changed users."""
    return [{"id": number, "name": "new" if number in new else "old"} for number in range(30)]


def listing(name: str, style: str, fault: str | None = None, **selector: Any) -> Case:
    """Return a case with the users. The fault is on the second of three pages."""
    folder, pagination = STYLES[style]
    complete = {"data_path": ".users", "pagination": pagination, **selector}
    on_second_page = {"path": "/users$", "after": 1}
    if style == "page_of_total":  # its pages may be requested in any order
        on_second_page = {"path": "/users$", "query": {"case": name, "page": "2"}}
    rule = {**on_second_page, **FAULTS[fault]} if fault else None
    return Case(name, entry(name, f"/none/{folder}/api/v1/users", **complete), rule)


def settings(sample: httpx.Client, page_size: int) -> dict[str, Any]:
    return {"baseUrl": str(sample.base_url), "pageSize": page_size, "maxRetries": 0, "timeout": 3}


def synced(install: Callable[..., Any], port: Any, sample: httpx.Client, cases: list[Case], size: int) -> Any:
    """Return an installation after a complete sync of these cases."""
    port.prepare(mapping_of(cases))
    installation = install(settings(sample, size))
    first = installation.sync(mapping_of(cases))
    assert first.failed == [], first.log
    return installation


def test_a_failed_page_does_not_end_a_listing(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """With each fault and pagination type, the kind fails, good pages are synced, and nothing is deleted."""
    good = [listing("good", "page"), listing("good_cursor", "cursor")]
    refused = Case(
        "refused", listing("refused", "page").entry, {"path": "/users$", "after": 1, **UNAUTHORIZED}
    )
    every_fault = [listing(f"page_{fault}", "page", fault) for fault in FAULTS]
    every_type = [
        listing(f"{style}_{fault}", style, fault)
        for style in STYLES
        if style != "page"
        for fault in ("server_error", "html")
    ]
    cases = [good[0], *every_fault, refused, *every_type, good[1]]
    set_data(sample, {"users": users()})
    installation = synced(install, port, sample, cases, size=10)
    enable_faults(sample, cases)
    set_data(sample, {"users": users(new=[0])})
    run = installation.sync()
    expected = {case.name: Outcome("failed", 30, 1) for case in cases}
    expected |= {case.name: Outcome("completed", 30, 1) for case in good}
    assert outcomes(port, run, cases) == expected


def company(*, new: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Return four projects with three tasks each, and one subtask per task.

    new: whether the tasks and subtasks of the first and the last project are changed.
    """

    def name(project: int) -> str:
        return "new" if new and project in (1, 4) else "old"

    tasks = [(project, 10 * project + task) for project in range(1, 5) for task in range(1, 4)]
    return {
        "projects": [{"project_id": f"P-{project}"} for project in range(1, 5)],
        "tasks": [
            {"project_id": f"P-{project}", "task_id": task, "name": name(project)} for project, task in tasks
        ],
        "subtasks": [
            {"project_id": f"P-{project}", "task_id": task, "id": task, "name": name(project)}
            for project, task in tasks
        ],
    }


def nested(name: str, fault: dict[str, Any] | None = None, *, deep: bool = False, **parameter: Any) -> Case:
    """Return a case with the tasks of projects.

    deep: use the subtasks of these tasks. parameter: overrides keys of project_id.
    """
    projects = "/none/page/api/v1/projects"
    tasks = f"{projects}/{{project_id}}/tasks"
    parameters = {
        "project_id": {
            "endpoint": f"{projects}?case={name}",
            "data_path": ".data.projects",
            "field": ".project_id",
            "pagination": {"type": "page"},
            **parameter,
        }
    }
    if deep:
        parameters["task_id"] = {
            "endpoint": f"{tasks}?case={name}",
            "data_path": ".tasks",
            "field": ".task_id",
            "pagination": {"type": "page"},
        }
    kind = f"{tasks}/{{task_id}}/subtasks" if deep else tasks
    selector: dict[str, Any] = {"pagination": {"type": "page"}, "path_parameters": parameters}
    if not deep:
        selector["data_path"] = ".tasks"
    return Case(name, entry(name, kind, identifier=".id // .task_id", **selector), fault)


def test_a_failed_child_or_parent_listing_fails_the_kind_without_deletions(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """The fault is on one child, or on the second page of the first-level or second-level parents."""
    one_child = {"path": "/projects/P-2/tasks$"}
    children = [nested(f"child_{fault}", one_child | FAULTS[fault]) for fault in FAULTS]
    second_page = {"path": "/projects$", "after": 1}
    parents = [nested(f"parents_{fault}", second_page | FAULTS[fault]) for fault in FAULTS]
    second_of_one = {"path": "/projects/P-2/tasks$", "after": 1}
    grandparents = [
        nested(f"level_two_{fault}", second_of_one | FAULTS[fault], deep=True) for fault in FAULTS
    ]
    good = [nested("good"), nested("good_deep", deep=True)]
    cases = [good[0], *children, *parents, *grandparents, good[1]]
    set_data(sample, company())
    installation = synced(install, port, sample, cases, size=2)
    enable_faults(sample, cases)
    set_data(sample, company(new=True))
    run = installation.sync()
    expected = {case.name: Outcome("completed", 12, 6) for case in good}
    # Other children continue after one fails, so those of the first and the last project are synced.
    expected |= {case.name: Outcome("failed", 12, 6) for case in [*children, *grandparents]}
    # Only the parents of the first page are known.
    expected |= {case.name: Outcome("failed", 12, 3) for case in parents}
    assert outcomes(port, run, cases) == expected


def test_a_failed_shared_listing_fails_every_kind_that_uses_it(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """The listing is requested once. Its stored part is not treated as the complete listing."""
    tasks = nested("tasks")
    endpoint = tasks.entry["selector"]["path_parameters"]["project_id"]["endpoint"]
    own = {"data_path": ".data.projects", "pagination": {"type": "page"}}
    projects = Case("projects", {**entry("projects", "", identifier=".project_id", **own), "kind": endpoint})
    cases = [projects, tasks]
    set_data(sample, company())
    installation = synced(install, port, sample, cases, size=2)
    second_page = {"path": "/projects$", "after": 1, "fault": "status"}
    sample.post("/_control/faults", json=second_page).raise_for_status()
    run = installation.sync()
    assert outcomes(port, run, cases) == {
        "projects": Outcome("failed", 4, 0),
        "tasks": Outcome("failed", 12, 0),
    }
    sample.delete("/_control/faults").raise_for_status()
    sample.post("/_control/faults", json={**second_page, "times": 1}).raise_for_status()
    set_data(sample, company(new=True))
    run = installation.sync()
    assert outcomes(port, run, cases) == {
        "projects": Outcome("failed", 4, 0),
        "tasks": Outcome("completed", 12, 6),
    }


def test_a_mapping_that_finds_too_few_items_deletes_nothing(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """The mistakes: misspelled paths, parameters that the API ignores, too few items, null identifiers."""
    names = ["good", "data_path", "param", "min_items", "identifier", "blueprint"]
    styles = {
        "offset_param": "offset",
        "cursor_param": "cursor",
        "link_path": "next_link",
        "relation": "header_link",
    }
    parents = ["field", "parents_path", "children_path"]
    right = [
        *(listing(name, "page") for name in names),
        *(listing(name, style) for name, style in styles.items()),
        *(nested(name) for name in parents),
    ]
    set_data(sample, {"users": users(), **company()})
    installation = synced(install, port, sample, right, size=10)
    wrong = [
        right[0],
        listing("data_path", "page", data_path=".user"),
        listing("param", "page", pagination={"type": "page", "param": "pgae"}),
        listing("min_items", "page", min_items=31),
        Case("identifier", _with(right[4].entry, identifier=".idd")),
        Case("blueprint", _with(right[5].entry, blueprint=".blueprint")),
        listing("offset_param", "offset", pagination={"type": "offset", "param": "ofset"}),
        listing("cursor_param", "cursor", pagination={"type": "cursor", "param": "crsr"}),
        listing("link_path", "next_link", pagination={"type": "next_link", "next_link_path": "links.nxt"}),
        listing("relation", "header_link", pagination={"type": "header_link", "header_link_rel": "nxt"}),
        nested("field", field=".id"),
        nested("parents_path", data_path=".data.project"),
        Case("children_path", _with_wrong_path(nested("children_path").entry)),
    ]
    set_data(sample, {"users": users(new=[0]), **company(new=True)})
    run = installation.sync(mapping_of(wrong))
    first_page = Outcome("failed", 30, 1)
    assert outcomes(port, run, wrong) == {
        "good": Outcome("completed", 30, 1),
        "data_path": Outcome("failed", 30, 0),
        "param": first_page,
        "min_items": first_page,
        "identifier": Outcome("failed", 30, 0),
        "blueprint": Outcome("failed", 30, 0),
        "offset_param": first_page,
        "cursor_param": first_page,
        "link_path": first_page,
        "relation": first_page,
        "field": Outcome("failed", 12, 0),
        "parents_path": Outcome("failed", 12, 0),
        "children_path": Outcome("failed", 12, 0),
    }


def _with_wrong_path(resource: dict[str, Any]) -> dict[str, Any]:
    """Return the resource with a path that does not exist."""
    return {**resource, "kind": resource["kind"].replace("/tasks", "/taskz")}


def _with(resource: dict[str, Any], **expressions: str) -> dict[str, Any]:
    mappings = {**resource["port"]["entity"]["mappings"], **expressions}
    return {**resource, "port": {"entity": {"mappings": mappings}}}


def _page(first: int, *, name: str = "old", **signals: Any) -> dict[str, Any]:
    items = [{"id": first + number, "name": name} for number in range(2)]
    return {"data": items, **signals}


ENDLESS_LISTINGS = {
    "circle": {
        "": _page(1, name="new", next_cursor="a"),
        "a": _page(3, next_cursor="b"),
        "b": _page(5, next_cursor="a"),
    },
    "stuck": {
        "": _page(1, name="new", next_cursor="a", has_more=True),
        "a": _page(3, next_cursor="a", has_more=True),
    },
    "back": {
        "": _page(1, name="new", next="/back?case=back&cursor=a"),
        "a": _page(3, next="/back?case=back"),
    },
}


def _loops(kinds: Mapping[str, Mapping[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return the responses by request target."""
    return {
        f"/{name}?case={name}" + (f"&cursor={cursor}" if cursor else ""): page
        for name, pages in kinds.items()
        for cursor, page in pages.items()
    }


def test_a_repeated_cursor_does_not_end_a_listing(
    install: Callable[..., Any], port: Any, loopback: Callable[..., Any]
) -> None:
    """The cases: an earlier cursor, the same cursor with more items, and a link to the first page."""
    right = {
        name: {"": _page(1, next_cursor="a"), "a": _page(3, next_cursor="b"), "b": _page(5)}
        for name in ("circle", "stuck")
    }
    linked = {
        "": _page(1, next="/back?case=back&cursor=a"),
        "a": _page(3, next="/back?case=back&cursor=b"),
        "b": _page(5, next=None),
    }
    api = loopback(_loops({**right, "back": linked}))
    cases = [
        Case("circle", _paginated("circle", "cursor")),
        Case("stuck", _paginated("stuck", "cursor")),
        Case("back", _paginated("back", "next_link")),
    ]
    port.prepare(mapping_of(cases))
    installation = install({"baseUrl": api.url, "maxRetries": 0})
    first = installation.sync(mapping_of(cases))
    assert outcomes(port, first, cases) == {case.name: Outcome("completed", 6, 0) for case in cases}
    api.answers = _loops(ENDLESS_LISTINGS)
    run = installation.sync()
    assert outcomes(port, run, cases) == {case.name: Outcome("failed", 6, 2) for case in cases}


def _paginated(name: str, pagination_type: str) -> dict[str, Any]:
    return entry(name, f"/{name}", data_path=".data", pagination={"type": pagination_type, "size_param": "-"})


def test_a_kind_with_a_failed_page_deletes_nothing_until_a_complete_sync(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """The API no longer has an item. Only the complete kind deletes its entity."""
    cases = [listing("good", "page"), listing("bad", "page", "html")]
    set_data(sample, {"users": users()})
    installation = synced(install, port, sample, cases, size=10)
    enable_faults(sample, cases)
    sample.post("/_control/remove", json={"collection": "users", "ids": [29]}).raise_for_status()
    run = installation.sync()
    assert outcomes(port, run, cases) == {
        "good": Outcome("completed", 29, 0),
        "bad": Outcome("failed", 30, 0),
    }
    sample.delete("/_control/faults").raise_for_status()
    run = installation.sync()
    assert outcomes(port, run, cases) == {
        "good": Outcome("completed", 29, 0),
        "bad": Outcome("completed", 29, 0),
    }
    assert "29" not in port.entities("good")


def test_only_items_that_the_api_no_longer_has_are_deleted(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """The deleted entities are those of a removed item and of a child that answers 404."""
    gone = nested("child", {"path": "/projects/P-2/tasks$", "fault": "status", "status": 404})
    cases = [listing("item", "page"), gone]
    set_data(sample, {"users": users(), **company()})
    installation = synced(install, port, sample, cases, size=2)
    enable_faults(sample, cases)
    sample.post("/_control/remove", json={"collection": "users", "ids": [7]}).raise_for_status()
    run = installation.sync()
    assert run.failed == [], run.log
    assert set(port.entities("item")) == {str(number) for number in range(30) if number != 7}
    assert set(port.entities("child")) == {"11", "12", "13", "31", "32", "33", "41", "42", "43"}
