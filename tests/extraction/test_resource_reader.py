"""Resources through the whole extractor: parents, children, failures, and messages."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from client import Limits
from rest.errors import (
    AuthError,
    DoubtError,
    ItemsError,
    PaginationError,
    RefusedError,
    ResourceError,
    TransientError,
)

type Fetch = Callable[..., Awaitable[Any]]
type Answer = Callable[[httpx.Request], Any]

SECRET = "s3cr3t-token"


def api(answers: dict[str, Any]) -> Answer:
    """Respond by path below the base URL, with 404 to an unknown path."""

    def answer(request: httpx.Request) -> Any:
        return answers.get(request.url.path.removeprefix("/api"), 404)

    return answer


def below(endpoint: str = "/projects", field: str = ".id", **more: Any) -> dict[str, Any]:
    return {"path_parameters": {"project": {"endpoint": endpoint, "field": field, **more}}}


PROJECTS = [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}, {"id": 3, "name": "three"}]
TASKS = {
    "/projects": PROJECTS,
    **{f"/projects/{n}/tasks": [{"id": 10 * n}, {"id": 10 * n + 1}] for n in (1, 2, 3)},
}
KIND = "/projects/{project}/tasks"


@pytest.fixture(autouse=True, params=[16 * 2**20, 1], ids=["in memory", "on disk"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Limits:
    """Run every test with responses in memory and on disk."""
    if request.param == 1:
        monkeypatch.setattr("rest.response.LIGHT_BYTES", -1)
        monkeypatch.setattr("rest.response.MOST_WEIGHT", -1)
    return Limits(memory_bytes=request.param)


async def test_endpoint_without_parameters(fetched: Fetch) -> None:
    fetch = await fetched(api({"/x": [{"id": 1}, 2]}), "/x")
    assert fetch.error is None
    assert fetch.items == [{"id": 1}, {"value": 2}]


async def test_children_receive_fields_of_their_parents(fetched: Fetch) -> None:
    fetch = await fetched(api(TASKS), KIND, below(parent_fields={"of": ".name", "none": ".none"}))
    assert fetch.error is None
    assert fetch.ids == [10, 11, 20, 21, 30, 31]
    assert next(item for item in fetch.items if item["id"] == 21) == {
        "id": 21,
        "project": 2,
        "of": "two",
        "none": None,
        "__project": "2",
        "__of": "two",
        "__none": None,
    }


async def test_keys_of_a_child_take_precedence_over_values_but_not_over_texts(fetched: Fetch) -> None:
    answers = {"/projects": [{"id": 7}], "/projects/7/tasks": [{"project": None, "__project": "x"}]}
    fetch = await fetched(api(answers), KIND, below())
    assert fetch.items == [{"project": None, "__project": "7"}]


@pytest.mark.parametrize(
    ("value", "text"), [(7, "7"), ("a", "a"), (True, "true"), (1.5, "1.5"), (2**70, str(2**70))], ids=repr
)
async def test_value_is_added_as_text_with_two_underscores(fetched: Fetch, value: Any, text: str) -> None:
    answers = {"/projects": [{"id": value}], f"/projects/{text}/tasks": [{"id": 1}]}
    fetch = await fetched(api(answers), KIND, below())
    assert fetch.items == [{"id": 1, "project": value, "__project": text}]


async def test_chained_parameters(fetched: Fetch) -> None:
    answers = {
        "/orgs": [{"id": "a"}, {"id": "b"}],
        "/orgs/a/projects": [{"id": 1}, {"id": 2}],
        "/orgs/b/projects": [{"id": 1}],
        **{
            f"/orgs/{org}/projects/{n}/tasks": [{"id": f"{org}{n}"}]
            for org, n in (("a", 1), ("a", 2), ("b", 1))
        },
    }
    parameters = {
        "project": {"endpoint": "/orgs/{org}/projects", "field": ".id"},
        "org": {"endpoint": "/orgs", "field": ".id"},
    }
    fetch = await fetched(
        api(answers), "/orgs/{org}/projects/{project}/tasks", {"path_parameters": parameters}
    )
    assert fetch.error is None
    assert fetch.ids == ["a1", "a2", "b1"]


async def test_independent_parameters_are_combined_and_each_parent_is_listed_once(fetched: Fetch) -> None:
    answers = {
        "/a": [{"id": 1}, {"id": 2}],
        "/b": [{"id": "x"}, {"id": "y"}],
        **{f"/{a}/{b}/{c}": [{"id": f"{a}{b}{c}"}] for a in (1, 2) for b in "xy" for c in ("p", "q")},
    }
    parameters = {
        "a": {"endpoint": "/a", "field": ".id"},
        "b": {"endpoint": "/b", "field": ".id"},
        "c": {"values": ["p", "q"]},
    }
    fetch = await fetched(api(answers), "/{a}/{b}/{c}", {"path_parameters": parameters})
    assert fetch.error is None
    assert fetch.ids == sorted(f"{a}{b}{c}" for a in "12" for b in "xy" for c in "pq")
    assert (fetch.urls.count("/a"), fetch.urls.count("/b")) == (1, 1)


async def test_fixed_values_of_the_mapping(fetched: Fetch) -> None:
    parameters = {"n": {"values": [1, "1", "a", True, 1]}}
    answers = {"/x/1": [{"id": "1"}], "/x/a": [{"id": "a"}], "/x/true": [{"id": "t"}]}
    fetch = await fetched(api(answers), "/x/{n}", {"path_parameters": parameters})
    assert fetch.ids == ["1", "a", "t"]
    assert len(fetch.urls) == 3


async def test_duplicate_values_are_requested_once(fetched: Fetch) -> None:
    """The duplicates are on several pages of parents and in one item."""

    def answer(request: httpx.Request) -> Any:
        if request.url.path == "/api/projects":
            return [[{"ids": [1, 2, 1]}], [{"ids": [2]}], []][int(request.url.params["page"]) - 1]
        return [{"id": request.url.path}]

    fetch = await fetched(answer, "/x/{project}", below(field=".ids[]", pagination={"type": "page"}))
    assert fetch.error is None
    assert fetch.ids == ["/api/x/1", "/api/x/2"]


async def test_null_values_are_skipped_and_counted(fetched: Fetch, logged: list[str]) -> None:
    answers = {"/projects": [{"id": None}, {"id": 1}, {"id": ""}, {}], "/projects/1/tasks": [{"id": 10}]}
    fetch = await fetched(api(answers), KIND, below())
    assert isinstance(fetch.error, DoubtError)
    assert (fetch.error.doubt, fetch.ids) == ("skipped_parents", [10])
    accepting = await fetched(api(answers), KIND, {**below(), "accept": ["skipped_parents"]})
    assert (accepting.error, accepting.ids) == (None, [10])
    text = "3 of 4 parents have no project and were skipped"
    assert text in str(fetch.error)
    assert any("WARNING" in line and text in line for line in logged)


CHAIN = {
    "path_parameters": {
        "project": {"endpoint": "/projects", "field": ".id"},
        "team": {"endpoint": "/projects/{project}/teams", "field": ".id"},
    }
}
OF_TEAM = "/projects/{project}/teams/{team}"


async def test_parents_without_a_value_are_reported_once_per_parameter(
    fetched: Fetch, logged: list[str]
) -> None:
    """One project's only team has no ID. The other project has a team with one."""
    answers = {
        "/projects": PROJECTS[:2],
        "/projects/1/teams": [{"id": None}],
        "/projects/2/teams": [{"id": 5}, {"id": ""}],
        "/projects/2/teams/5": [{"id": 9}],
    }
    fetch = await fetched(api(answers), OF_TEAM, {**CHAIN, "accept": "skipped_parents"})
    assert fetch.error is None
    assert fetch.ids == [9]
    reported = [line for line in logged if "were skipped" in line]
    assert reported == ["WARNING: 2 of 3 parents have no team and were skipped (accepted: skipped_parents)"]


async def test_parents_without_any_value_under_any_grandparent_are_an_error(fetched: Fetch) -> None:
    answers = {"/projects": PROJECTS[:2], **{f"/projects/{n}/teams": [{"name": "x"}] for n in (1, 2)}}
    fetch = await fetched(api(answers), OF_TEAM, CHAIN)
    assert isinstance(fetch.error, ItemsError)
    assert "path_parameters.team: field .id is null or empty in each of the 2 parent items" in str(
        fetch.error
    )


async def test_failed_parent_listing_does_not_stop_the_others(fetched: Fetch) -> None:
    """With chained parents, everything else is read, and the kind fails."""
    answers = {
        "/projects": PROJECTS,
        "/projects/1/teams": 500,
        "/projects/2/teams": [{"id": 5}],
        "/projects/3/teams": [{"id": None}],
        "/projects/2/teams/5": [{"id": 9}],
    }
    fetch = await fetched(api(answers), OF_TEAM, CHAIN)
    assert isinstance(fetch.error, ExceptionGroup)
    assert [type(error) for error in fetch.error.exceptions] == [TransientError, DoubtError]
    assert fetch.ids == [9]


async def test_pagination_path_that_fails_on_a_child_does_not_stop_the_others(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        place = request.url.path.removesuffix("/tasks").rpartition("/")[2]
        if place == "projects":
            return PROJECTS
        return {"items": [{"id": int(place)}], "left": "x" if place == "2" else "0"}

    pagination = {"type": "page", "has_more_path": ".left | tonumber > 0"}
    selector = {"data_path": ".items", "pagination": pagination, **below(pagination={"type": "none"})}
    fetch = await fetched(answer, KIND, selector)
    assert isinstance(fetch.error, PaginationError)
    assert "api/projects/2/tasks?page=1&size=100): a path of the pagination fails" in str(fetch.error)
    assert fetch.ids == [1, 2, 3]


async def test_dot_is_allowed_as_a_value_in_the_query_string(fetched: Fetch) -> None:
    answers = {"/projects": [{"id": "."}, {"id": "a"}], "/tree": [{"id": 1}]}
    fetch = await fetched(api(answers), "/tree?path={project}", below())
    assert fetch.error is None
    assert sorted(fetch.urls) == ["/projects", "/tree?path=.", "/tree?path=a"]


async def test_parents_without_any_value_are_an_error(fetched: Fetch) -> None:
    fetch = await fetched(api({"/projects": PROJECTS}), KIND, below(field=".idd"))
    assert isinstance(fetch.error, ItemsError)
    assert "field .idd is null or empty in each of the 3 parent items" in str(fetch.error)


async def test_no_parents_means_no_items(fetched: Fetch, logged: list[str]) -> None:
    fetch = await fetched(api({"/projects": []}), KIND, below())
    assert fetch.error is None
    assert fetch.items == []
    assert any(f"{KIND}: the complete listing has no items" in line for line in logged)


async def test_filter_excludes_parents(fetched: Fetch) -> None:
    fetch = await fetched(api(TASKS), KIND, below(filter=".id != 2"))
    assert fetch.error is None
    assert fetch.ids == [10, 11, 30, 31]
    nothing = await fetched(api(TASKS), KIND, below(filter=".id > 9"))
    assert (nothing.error, nothing.items) == (None, [])


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"filter": ".name"}, "filter must return true or false, but returned a value of type string"),
        ({"filter": ".archived"}, "filter must return true or false, but returned a value of type null"),
        ({"filter": "empty"}, "filter must return true or false, but returned a value of type null"),
        ({"filter": ".id | keys"}, "filter fails on a parent item"),
        ({"field": ".name | tonumber"}, "field fails on a parent item"),
        (
            {"field": "."},
            "field must return a string, number or boolean, but returned a value of type object",
        ),
        ({"field": "[.id]"}, "but returned a value of type list"),
        (
            {"parent_fields": {"x": ".name.first"}},
            "path_parameters.project.parent_fields.x fails on a parent item",
        ),
    ],
    ids=str,
)
async def test_unsuitable_result_of_a_parameter_s_jq_is_an_error(
    fetched: Fetch, more: dict[str, Any], text: str
) -> None:
    fetch = await fetched(api(TASKS), KIND, below(**more))
    assert isinstance(fetch.error, ItemsError)
    assert text in str(fetch.error)


async def test_failed_child_does_not_stop_the_others(fetched: Fetch) -> None:
    fetch = await fetched(api({**TASKS, "/projects/2/tasks": 500}), KIND, below())
    assert isinstance(fetch.error, TransientError)
    assert fetch.error.place.kind == KIND
    assert fetch.ids == [10, 11, 30, 31]


async def test_errors_of_children_are_raised_together(fetched: Fetch) -> None:
    """Every error has the kind, and none contains a secret."""
    answers = {
        **TASKS,
        "/projects/1/tasks": httpx.Response(403, text=SECRET),
        "/projects/3/tasks": httpx.Response(200, text=f"<p>{SECRET}"),
    }
    fetch = await fetched(api(answers), KIND, below(), auth_type="bearer_token", api_token=SECRET)
    assert isinstance(fetch.error, ExceptionGroup)
    assert fetch.error.message.startswith(f"{KIND}: 2 endpoints failed; the first: ")
    assert {type(error) for error in fetch.error.exceptions} == {RefusedError, ItemsError}
    assert all(str(error).startswith(f"{KIND}: ") for error in fetch.error.exceptions)
    assert not any(SECRET in str(error) for error in (fetch.error, *fetch.error.exceptions))
    assert fetch.ids == [20, 21]


async def test_at_most_20_errors_are_kept_and_all_are_counted(fetched: Fetch) -> None:
    answers = {"/projects": [{"id": number} for number in range(50)]}
    fetch = await fetched(
        lambda request: api(answers)(request) if "tasks" not in request.url.path else 500, KIND, below()
    )
    assert "50 endpoints failed" in fetch.error.message
    assert len(fetch.error.exceptions) == 20


async def test_404_of_a_child_counts_as_no_items(fetched: Fetch, logged: list[str]) -> None:
    fetch = await fetched(api({**TASKS, "/projects/2/tasks": 404}), KIND, below())
    assert fetch.error is None
    assert fetch.ids == [10, 11, 30, 31]
    assert any("WARNING" in line and "404" in line and "treated as no items" in line for line in logged)


async def test_404_of_every_child_is_an_error(fetched: Fetch) -> None:
    fetch = await fetched(api({"/projects": PROJECTS}), KIND, below())
    assert isinstance(fetch.error, RefusedError)
    assert fetch.error.status == 404
    assert f"each of the 3 endpoints of {KIND} returns 404" in str(fetch.error)


async def test_at_most_5_missing_children_are_logged(fetched: Fetch, logged: list[str]) -> None:
    answers = {"/projects": [{"id": number} for number in range(40)], "/projects/7/tasks": [{"id": 7}]}
    fetch = await fetched(api(answers), KIND, below())
    assert fetch.error is None
    assert 1 <= sum("treated as no items" in line for line in logged) <= 5


async def test_child_without_items_is_not_missing(fetched: Fetch) -> None:
    fetch = await fetched(api({"/projects": PROJECTS, "/projects/2/tasks": []}), KIND, below())
    assert (fetch.error, fetch.items) == (None, [])


async def test_404_on_a_later_page_of_a_child_is_an_error(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        if request.url.path == "/api/projects":
            return [{"id": 1}]
        return 404 if "cursor" in request.url.params else {"items": [{"id": 1}], "next_cursor": "a"}

    selector = {"data_path": ".items", "pagination": {"type": "cursor"}, **below()}
    fetch = await fetched(answer, KIND, selector)
    assert isinstance(fetch.error, RefusedError)
    assert fetch.ids == [1]


async def test_404_of_every_second_level_parent_is_an_error(fetched: Fetch) -> None:
    parameters = {
        "org": {"endpoint": "/orgs", "field": ".id"},
        "project": {"endpoint": "/orgs/{org}/projects", "field": ".id"},
    }
    answers = {"/orgs": [{"id": 1}, {"id": 2}]}
    fetch = await fetched(api(answers), "/{org}/{project}", {"path_parameters": parameters})
    assert "each of the 2 endpoints of /orgs/{org}/projects returns 404" in str(fetch.error)
    one = await fetched(
        api({**answers, "/orgs/1/projects": []}), "/{org}/{project}", {"path_parameters": parameters}
    )
    assert (one.error, one.items) == (None, [])


async def test_404_of_the_parents_is_an_error(fetched: Fetch) -> None:
    fetch = await fetched(api({}), KIND, below())
    assert isinstance(fetch.error, RefusedError)


async def test_401_of_a_child_stops_all_requests(fetched: Fetch) -> None:
    answers = {"/projects": [{"id": number} for number in range(500)]}
    fetch = await fetched(
        lambda request: api(answers)(request) if "tasks" not in request.url.path else 401,
        KIND,
        below(),
        max_concurrent_requests=3,
    )
    assert isinstance(fetch.error, AuthError)
    assert len(fetch.urls) <= 10
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_401_of_the_parents_stops_all_requests(fetched: Fetch) -> None:
    fetch = await fetched(api({"/projects": 401}), KIND, below())
    assert isinstance(fetch.error, AuthError)
    assert fetch.error.place.kind == KIND


async def test_parent_listing_that_fails_on_a_later_page_fails_the_kind(fetched: Fetch) -> None:
    """The children of the parents on earlier pages are read."""

    def answer(request: httpx.Request) -> Any:
        if request.url.path == "/api/projects":
            return 500 if request.url.params["page"] == "2" else {"items": [{"id": 1}], "has_more": True}
        return [{"id": 10}]

    fetch = await fetched(answer, KIND, below(pagination={"type": "page"}, data_path=".items"))
    assert isinstance(fetch.error, TransientError)
    assert fetch.ids == [10]


async def test_value_that_would_change_the_path_does_not_stop_the_others(fetched: Fetch) -> None:
    fetch = await fetched(api({**TASKS, "/projects": [{"id": ".."}, {"id": 1}]}), KIND, below())
    assert isinstance(fetch.error, ResourceError)
    assert fetch.ids == [10, 11]


async def test_on_status_treats_a_child_as_empty(fetched: Fetch) -> None:
    answers = {**TASKS, "/projects/1/tasks": 403, "/projects/2/tasks": 403}
    fetch = await fetched(api(answers), KIND, {"on_status": {403: "empty"}, **below()})
    assert fetch.error is None
    assert fetch.ids == [30, 31]


@pytest.mark.parametrize(("min_items", "complete"), [(2, "yes"), (3, "no")])
async def test_complete_listing_with_fewer_than_min_items_fails(
    fetched: Fetch, min_items: int, complete: str
) -> None:
    fetch = await fetched(api({"/x": [{"id": 1}, {"id": 2}]}), "/x", {"min_items": min_items})
    assert fetch.ids == [1, 2]
    assert (fetch.error is None) == (complete == "yes")
    if fetch.error:
        assert "has 2 items, fewer than min_items: 3" in str(fetch.error)


async def test_failure_takes_precedence_over_min_items(fetched: Fetch) -> None:
    fetch = await fetched(api({"/x": 500}), "/x", {"min_items": 3})
    assert isinstance(fetch.error, TransientError)


async def test_object_that_is_read_as_one_item_is_logged_once(
    fetched: Fetch, logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rest.response.MOST_WEIGHT", 2**20)  # the body is read into memory
    answers = {"/projects": PROJECTS, **{f"/projects/{n}/tasks": {"tasks": [1, 2]} for n in (1, 2, 3)}}
    fetch = await fetched(api(answers), KIND, below())
    assert len(fetch.items) == 3
    assert sum(".tasks (2 items)" in line and "set selector.data_path" in line for line in logged) == 1


@pytest.mark.parametrize(
    "answer",
    [
        404,
        500,
        401,
        httpx.Response(200, text=f"<html>{SECRET}</html>", headers={"content-type": "text/html"}),
        {"nothing": SECRET},
        {SECRET: [1]},
        httpx.Response(302, headers={"location": f"https://evil.example/{SECRET}"}),
    ],
    ids=["404", "500", "401", "html", "data_path", "key", "redirect"],
)
async def test_every_error_has_the_kind_and_no_secret(fetched: Fetch, answer: Any) -> None:
    config = {"auth_type": "bearer_token", "api_token": SECRET}
    fetch = await fetched(lambda _: answer, f"/x?key={SECRET}", {"data_path": ".items"}, **config)
    assert fetch.error is not None
    assert fetch.error.place.kind == f"/x?key={SECRET}"
    assert SECRET not in fetch.error.what + fetch.error.hint


async def test_placeholders_in_query_headers_and_body_are_replaced(fetched: Fetch) -> None:
    selector = {
        "method": "POST",
        "query_params": {"of": "{project}"},
        "headers": {"X-Project": "{project}"},
        "body": {"ids": ["{project}"]},
        **below(),
    }
    fetch = await fetched(
        lambda request: [{"id": 7}] if request.method == "GET" else [{"id": 1}], "/search", selector
    )
    assert fetch.error is None
    request = fetch.requests[1]
    assert (request.url.params["of"], request.headers["x-project"]) == ("7", "7")
    assert json.loads(request.content) == {"ids": [7]}


async def test_observation_of_one_child_saves_requests_for_the_others(fetched: Fetch) -> None:
    """A short page is confirmed as the last one once per template, not once per child."""

    def answer(request: httpx.Request) -> Any:
        if request.url.path == "/api/projects":
            return [{"id": number} for number in range(30)]
        return [{"id": request.url.path}] if request.url.params["page"] == "1" else []

    selector = {"pagination": {"type": "page"}, **below(pagination={"type": "none"})}
    fetch = await fetched(answer, KIND, selector, max_concurrent_requests=1)
    assert fetch.error is None
    assert len(fetch.items) == 30
    assert len(fetch.urls) <= 1 + 30 + 2


async def test_cursor_can_be_the_id_of_the_last_item(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        after = int(request.url.params.get("starting_after", 0))
        return {"data": [{"id": n} for n in range(after + 1, after + 4)], "has_more": after < 6}

    paging = {"pagination_type": "cursor", "pagination_param": "starting_after"}
    fetch = await fetched(answer, "/x", {"data_path": ".data"}, **paging)
    assert fetch.error is None
    assert fetch.ids == list(range(1, 10))


async def test_parent_listing_of_a_combination_is_requested_once(fetched: Fetch) -> None:
    two = {"a": {"values": [1, 2]}, "project": {"endpoint": "/projects", "field": ".id"}}
    answers = {
        "/projects": PROJECTS,
        **{f"/{a}/{n}": [{"id": a * 10 + n}] for a in (1, 2) for n in (1, 2, 3)},
    }
    fetch = await fetched(api(answers), "/{a}/{project}", {"path_parameters": two})
    assert fetch.ids == [11, 12, 13, 21, 22, 23]
    assert fetch.urls.count("/projects") == 1


async def test_incremental_run_ends_at_the_first_older_item(fetched: Fetch) -> None:
    days = [{"id": day, "at": f"2026-01-{day:02}T00:00:00Z"} for day in (20, 19, 18, 3, 2)]
    fetch = await fetched(
        api({"/x": days}), "/x", {"incremental": {"field": ".at"}}, since=datetime(2026, 1, 10, tzinfo=UTC)
    )
    assert fetch.ids == [18, 19, 20]


def numbered(pages: Callable[[int, int], Any]) -> Answer:
    """20 projects. `pages` returns the response for a project and a page number."""

    def answer(request: httpx.Request) -> Any:
        page = int(request.url.params.get("page", 1))
        parts = request.url.path.split("/")
        if parts[-1] == "projects":
            return [{"id": n} for n in range(20)] if page == 1 else []
        return pages(int(parts[-2]), page)

    return answer


BY_PAGE = below(pagination={"type": "none"})


def requests_for_page_two(fetch: Any) -> list[str]:
    return [url for url in fetch.urls if "page=2" in url]


async def test_only_one_child_confirms_that_short_pages_are_the_last(fetched: Fetch) -> None:
    answer = numbered(lambda project, page: [{"id": project}] if page == 1 else [])
    fetch = await fetched(answer, KIND, BY_PAGE, pagination_type="page")
    assert fetch.error is None
    assert fetch.ids == list(range(20))
    assert len(requests_for_page_two(fetch)) == 1


async def test_children_with_further_pages_after_short_ones_are_read_to_the_end(fetched: Fetch) -> None:
    answer = numbered(lambda project, page: [{"id": project * 10 + page}] if page <= 3 else [])
    fetch = await fetched(answer, KIND, BY_PAGE, pagination_type="page")
    assert fetch.error is None
    assert fetch.ids == sorted(project * 10 + page for project in range(20) for page in (1, 2, 3))


async def test_children_do_not_wait_for_a_failed_confirmation(fetched: Fetch) -> None:
    failed: list[int] = []

    def pages(project: int, page: int) -> Any:
        if page == 1:
            return [{"id": project}]
        failed.append(project)
        return 500 if len(failed) == 1 else []

    fetch = await fetched(numbered(pages), KIND, BY_PAGE, pagination_type="page")
    assert isinstance(fetch.error, TransientError)
    assert fetch.ids == list(range(20))
