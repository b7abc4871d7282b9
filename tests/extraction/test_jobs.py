"""Jobs: requested once, polled until they are done, and downloaded."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.response_jq import ResponseJq
from configuration.settings import Settings
from extraction import open_extractor
from extraction.job_answers import is_true
from rest.errors import ItemsError, RefusedError, ResourceError, TransientError
from rest.response import Response

type Fetch = Callable[..., Awaitable[Any]]
type Json = dict[str, Any]

BASE = "https://a.example/api"
ROWS = [{"id": number} for number in range(5)]


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content) if request.content else None


class ExportApi:
    """POST /exports starts an export, which is done at the third poll."""

    def __init__(
        self,
        *,
        done: Json | None = None,
        polls: int = 2,
        started: Json | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> None:
        self.done = {"status": "done", "url": "/api/files/1"} if done is None else done
        self.polls = polls
        self.started = {"id": "e 1", "status": "queued"} if started is None else started
        self.files = {"/api/files/1": ROWS} if files is None else files

    def __call__(self, request: httpx.Request) -> Any:
        if request.method == "POST":
            return httpx.Response(202, json=self.started)
        if request.url.raw_path.decode().startswith("/api/exports/"):
            self.polls -= 1
            return self.done if self.polls < 0 else {"status": "running"}
        return self.files[request.url.path]


JOB = {"id": ".id", "poll": "/exports/{id}", "done": '.status == "done"', "result": ".url"}


async def test_a_job_is_requested_polled_and_downloaded(fetched: Fetch, clock: Any) -> None:
    job = {**JOB, "request": {"body": {"dataset": "users"}, "query_params": {"v": 2}}}
    found = await fetched(ExportApi(), "/exports", {"job": job}, clock=clock)
    assert found.error is None
    assert found.urls == ["/exports?v=2", *["/exports/e%201"] * 3, "/files/1"]
    assert body_of(found.requests[0]) == {"dataset": "users"}
    assert clock.sleeps == [5, 5]
    assert found.ids == [0, 1, 2, 3, 4]


async def test_the_log_says_when_a_job_starts_and_ends(fetched: Fetch, clock: Any, logged: list[str]) -> None:
    await fetched(ExportApi(polls=30), "/exports", {"job": JOB}, clock=clock)
    own = [line for line in logged if "job e 1" in line]
    assert own == [
        "INFO: /exports: job e 1: started",
        "INFO: /exports: job e 1: not done yet",
        "INFO: /exports: job e 1: not done yet",
        "INFO: /exports: job e 1: done after 150 s",
    ]


async def test_202_and_a_location_need_no_other_key(fetched: Fetch, clock: Any) -> None:
    """The items are in the answer to the last poll, and its place is in the Location header."""
    answers = iter([httpx.Response(202, headers={"Retry-After": "7"}), httpx.Response(202), ROWS])

    def api(request: httpx.Request) -> Any:
        if request.method == "POST":
            return httpx.Response(202, headers={"Location": "state/9", "Retry-After": "3"}, json={"state": 1})
        return next(answers)

    found = await fetched(api, "/exports/new", {"job": {}}, clock=clock)
    assert found.urls == ["/exports/new", *["/exports/state/9"] * 3]
    assert clock.sleeps == [3, 7, 5]
    assert (found.error, found.ids) == (None, [0, 1, 2, 3, 4])


async def test_a_poll_can_be_a_url_of_the_response_or_of_a_header(fetched: Fetch, clock: Any) -> None:
    def api(request: httpx.Request) -> Any:
        if request.method == "POST":
            return httpx.Response(
                201, headers={"Operation-Location": f"{BASE}/b"}, json={"links": {"status": "/api/a"}}
            )
        return [{"id": request.url.path}]

    for poll, path in ((".links.status", "/api/a"), ('$headers["operation-location"]', "/api/b")):
        found = await fetched(api, "/exports", {"job": {"poll": poll}}, clock=clock)
        assert (found.error, found.ids) == (None, [path])


async def test_a_poll_by_post_is_retried(fetched: Fetch, clock: Any) -> None:
    """It only reads, whereas a second export could be a second job."""
    polls = iter([httpx.Response(502), {"data": {"job": {"rows": ROWS}}}])

    def api(request: httpx.Request) -> Any:
        return {"data": {"id": "gid"}} if "start" in str(body_of(request)) else next(polls)

    job = {
        "request": {"body": {"do": "start"}},
        "id": ".data.id",
        "poll": {"method": "POST", "path": "/graph", "body": {"do": "{id}"}},
    }
    found = await fetched(
        api, "/exports", {"job": job, "data_path": ".data.job.rows"}, clock=clock, max_retries=1
    )
    assert (found.error, found.ids) == (None, [0, 1, 2, 3, 4])
    assert [body_of(request)["do"] for request in found.requests] == ["start", "gid", "gid"]


@pytest.mark.parametrize(("retry", "requests"), [(None, 1), (True, 3)])
async def test_a_request_that_may_have_started_a_job_is_repeated_only_if_the_user_says_so(
    fetched: Fetch, clock: Any, retry: Any, requests: int
) -> None:
    answers = iter([httpx.Response(502), {"id": 1, "status": "x"}, ROWS])
    selector = {"job": {"id": ".id", "poll": "/exports/{id}"}, "retry": retry}
    found = await fetched(lambda _: next(answers), "/exports", selector, clock=clock, max_retries=1)
    assert len(found.requests) == requests
    assert isinstance(found.error, TransientError) is (retry is None)


async def test_a_result_can_be_a_path_with_pages(fetched: Fetch, clock: Any) -> None:
    """Salesforce's Bulk API: CSV in pages, whose last one has the cursor "null"."""

    def api(request: httpx.Request) -> Any:
        if request.method == "POST":
            return {"id": "750", "state": "UploadComplete"}
        if request.url.path.endswith("/750"):
            return {"id": "750", "state": "JobComplete"}
        cursor = request.url.params.get("locator")
        text, following = ("id\n3\n", "null") if cursor == "MTAw" else ("id\n1\n2\n", "MTAw")
        headers = {"Content-Type": "text/csv", "Sforce-Locator": following}
        return httpx.Response(200, text=text, headers=headers)

    selector = {
        "job": {
            "id": ".id",
            "poll": "/jobs/query/{id}",
            "done": '.state == "JobComplete"',
            "failed": '.state == "Failed" or .state == "Aborted"',
            "result": "/jobs/query/{id}/results",
        },
        "query_params": {"maxRecords": 2},
        "pagination": {
            "type": "cursor",
            "param": "locator",
            "cursor_header": "Sforce-Locator",
            "size_param": "-",
        },
    }
    found = await fetched(api, "/jobs/query", selector, clock=clock)
    assert found.error is None
    assert found.ids == ["1", "2", "3"]
    assert found.urls[2:] == [
        "/jobs/query/750/results?maxRecords=2",
        "/jobs/query/750/results?maxRecords=2&locator=MTAw",
    ]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (ROWS, {"x-total-count": "7"}),
        (ROWS, {"Sforce-Locator": "MTAwMDA"}),
        (ROWS, {"link": '<https://a.example/api/files/1?page=2>; rel="next"'}),
        ({"rows": ROWS, "has_more": True}, {}),
        ({"rows": ROWS, "total": 7}, {}),
    ],
    ids=str,
)
async def test_a_download_that_has_more_is_never_complete(
    fetched: Fetch, clock: Any, body: Any, headers: dict[str, str]
) -> None:
    """Also with a paginationType, which is that of the other endpoints."""
    selector: Json = {"job": JOB, "data_path": ".rows" if isinstance(body, dict) else None}
    for config in ({}, {"pagination_type": "page"}):
        api = ExportApi(files={"/api/files/1": httpx.Response(200, json=body, headers=headers)})
        found = await fetched(api, "/exports", selector, clock=clock, **config)
        assert "says that there is more" in str(found.error)
        assert found.error.doubt == "unread_signal"
    for config, more in (({}, {"pagination": {"type": "none"}}), ({"pagination_type": "none"}, {})):
        api = ExportApi(files={"/api/files/1": httpx.Response(200, json=body, headers=headers)})
        found = await fetched(api, "/exports", {**selector, **more}, clock=clock, **config)
        assert found.error is None
        assert len(found.ids) == len(ROWS)


@pytest.mark.parametrize("extra", [{"error": "no file was produced"}, {"errors": [{"message": "broken"}]}])
async def test_a_job_without_a_result_that_reports_an_error_fails(
    fetched: Fetch, clock: Any, extra: Json
) -> None:
    done = {"status": "done", "url": None, **extra}
    for accept, is_complete in (([], False), (["error_in_answer"], True)):
        selector = {"job": JOB, "accept": accept}
        found = await fetched(ExportApi(done=done), "/exports", selector, clock=clock)
        assert (found.error is None) is is_complete
        assert is_complete or "the job has no result and reports an error: error" in str(found.error)


@pytest.mark.parametrize("extra", [{}, {"error": None}, {"errors": []}, {"error_count": 0}])
async def test_a_job_without_a_result_and_an_error_has_no_items(
    fetched: Fetch, clock: Any, extra: Json
) -> None:
    api = ExportApi(done={"status": "done", "url": None, **extra})
    found = await fetched(api, "/exports", {"job": JOB}, clock=clock)
    assert (found.error, found.items) == (None, [])


@pytest.mark.parametrize("content_type", ["text/csv", "application/json", "application/xml"])
@pytest.mark.parametrize("is_second", [True, False])
async def test_a_download_without_a_body_is_never_complete(
    fetched: Fetch, clock: Any, content_type: str, *, is_second: bool
) -> None:
    empty = httpx.Response(200, headers={"content-type": content_type})
    files: Json = {"/api/files/0": ROWS, "/api/files/1": empty} if is_second else {"/api/files/1": empty}
    done = {"status": "done", "url": list(files)}
    for accept, is_complete in (([], False), (["not_ready"], True)):
        api = ExportApi(files=files, done=done)
        found = await fetched(api, "/exports", {"job": JOB, "accept": accept}, clock=clock)
        assert (found.error is None) is is_complete
        assert is_complete or "the download has no body, although the job is done" in str(found.error)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(204),
        httpx.Response(200, headers={"content-type": "application/x-ndjson"}),
        httpx.Response(200, text="id,name\n", headers={"content-type": "text/csv"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json=[], headers={"Sforce-Locator": "null"}),
    ],
    ids=["no_content", "lines", "header", "list", "no_locator"],
)
async def test_a_download_without_items_is_complete(
    fetched: Fetch, clock: Any, answer: httpx.Response
) -> None:
    found = await fetched(ExportApi(files={"/api/files/1": answer}), "/exports", {"job": JOB}, clock=clock)
    assert (found.error, found.items) == (None, [])


async def test_a_download_of_a_usual_page_size_is_complete(fetched: Fetch, clock: Any) -> None:
    """No second page of a file is requested: the signature of its URL may not fit other parameters."""
    rows = [{"id": number} for number in range(100)]
    found = await fetched(ExportApi(files={"/api/files/1": rows}), "/exports", {"job": JOB}, clock=clock)
    assert found.error is None
    assert found.urls[-1] == "/files/1"


@pytest.mark.parametrize(
    ("result", "done", "paths"),
    [
        (".urls", {"urls": ["/api/f/a", None, "../../f/b"]}, ["/api/f/a", "/f/b"]),
        (".parts[].url", {"parts": [{"url": "https://a.example/x"}, {"url": "/api/y"}]}, ["/x", "/api/y"]),
        ('"/f/\\(.name)"', {"name": "a"}, ["/api/f/a"]),
        (".url", {"url": None}, []),
        (".url", {"url": ""}, []),
        (".url?", {}, []),
        ("empty", {}, []),
    ],
)
async def test_a_result_can_be_several_files_or_none(
    fetched: Fetch, clock: Any, result: str, done: Json, paths: list[str]
) -> None:
    """A path of the API is relative to the poll. One that the mapping builds is relative to baseUrl."""
    files = {path: [{"id": path}] for path in paths}
    api = ExportApi(done={**done, "status": "done"}, files=files, polls=0)
    found = await fetched(api, "/exports", {"job": {**JOB, "result": result}}, clock=clock)
    assert (found.error, found.ids) == (None, sorted(paths))


@pytest.mark.parametrize(
    ("job", "done", "message"),
    [
        (
            {"result": ".urll"},
            {"url": "/x"},
            "job.result .urll does not exist in the response. The response has",
        ),
        ({"result": ".n"}, {"n": 7}, "job.result .n must return URLs, but returns a value of type number"),
        ({"result": ".s | .x"}, {"s": "text"}, "job.result .s | .x fails on the response: "),
        ({"done": ".status.x"}, {}, "job.done .status.x fails on the response: "),
        ({"failed": '.status == "done"'}, {}, 'the job failed; its last state is \'{"status":"done"}\''),
    ],
)
async def test_a_job_that_cannot_be_read_fails_its_kind(
    fetched: Fetch, clock: Any, job: Json, done: Json, message: str
) -> None:
    api = ExportApi(done={**done, "status": "done"}, polls=0)
    found = await fetched(api, "/exports", {"job": {**JOB, **job}}, clock=clock)
    assert isinstance(found.error, ItemsError)
    assert message in str(found.error)
    assert str(found.error).startswith(f"/exports: GET {BASE}/exports/e%201: ")


@pytest.mark.parametrize(
    ("result", "url"),
    [
        ('"/f/../" + .status', f"{BASE}/f/../done"),
        ('"../../admin"', "https://a.example/admin"),
        ('"https://a.example/admin"', "https://a.example/admin"),
        ('"?x=" + .status', None),
    ],
)
async def test_a_built_link_stays_below_the_base_url(
    fetched: Fetch, clock: Any, result: str, url: str | None
) -> None:
    api = ExportApi(polls=0)
    found = await fetched(api, "/exports", {"job": {**JOB, "result": result}}, clock=clock)
    if url is None:
        assert found.urls[-1] == "/exports/e%201?x=done"
        return
    assert isinstance(found.error, ResourceError)
    assert f"job.result builds a link to {url}, outside of baseUrl" in str(found.error)
    found = await fetched(api, "/exports", {"job": {"poll": result, "done": ".x"}}, clock=clock)
    assert "job.poll builds a link to " in str(found.error)


async def test_a_built_link_may_lead_to_a_file_server_without_credentials(fetched: Fetch, clock: Any) -> None:
    config = {
        "follow_origins": ["https://files.example"],
        "auth_type": "bearer_token",
        "api_token": "made-up",
        "custom_headers": {"X-Tenant": "t"},
    }
    for result in ('"https://files.example/exports/" + .status', ".url"):
        api = ExportApi(polls=0, files={"/exports/done": [{"id": 1}], "/1": [{"id": 2}]})
        api.done = {"status": "done", "url": "https://files.example/1?X-Amz-Signature=abc"}
        found = await fetched(api, "/exports", {"job": {**JOB, "result": result}}, clock=clock, **config)
        assert found.error is None
        download = found.requests[-1].headers
        assert not {"authorization", "x-tenant"} & set(download)
        assert "authorization" in found.requests[0].headers


async def test_an_id_of_the_api_stays_in_its_place(fetched: Fetch, clock: Any) -> None:
    api = ExportApi(started={"id": "../../admin"}, polls=0)
    found = await fetched(api, "/exports", {"job": {**JOB, "poll": "/exports/{id}"}}, clock=clock)
    assert found.urls[1] == "/exports/..%2F..%2Fadmin"
    found = await fetched(api, "/exports", {"job": {**JOB, "poll": "/exports/{+id}"}}, clock=clock)
    assert isinstance(found.error, ResourceError)
    assert len(found.urls) == 1


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "Authorization", "Host"])
@pytest.mark.parametrize("request_of", ["request", "poll"])
async def test_a_job_cannot_send_headers_that_a_mapping_may_not_send(
    fetched: Fetch, clock: Any, name: str, request_of: str
) -> None:
    headers = {"headers": {name: "DELETE"}}
    job: Json = {**JOB, "request": {}, "poll": {"path": "/exports/{id}"}}
    job = {**job, request_of: {**job[request_of], **headers}}
    found = await fetched(ExportApi(), "/exports", {"job": job}, clock=clock)
    assert isinstance(found.error, RefusedError)
    assert len(found.urls) == (0 if request_of == "request" else 1)


async def test_messages_do_not_show_the_signature_of_a_file(fetched: Fetch, clock: Any) -> None:
    api = ExportApi(polls=0, files={"/1": 403})
    api.done = {"status": "done", "url": "https://files.example/1?X-Amz-Signature=abc"}
    config = {"follow_origins": ["https://files.example"]}
    found = await fetched(api, "/exports", {"job": JOB}, clock=clock, **config)
    assert "GET https://files.example/1?…: status 403" in str(found.error)
    assert "abc" not in str(found.error)


@pytest.mark.parametrize(
    ("started", "message"),
    [
        ({"job": 1}, "job.id .id must return a text or a number, but returns a value of type null"),
        ({"id": ""}, "job.id .id must return a text or a number, but returns an empty text"),
        ({"id": {}}, "job.id .id must return a text or a number, but returns a value of type object"),
    ],
)
async def test_a_job_without_an_id_fails(fetched: Fetch, clock: Any, started: Json, message: str) -> None:
    found = await fetched(ExportApi(started=started), "/exports", {"job": JOB}, clock=clock)
    assert message in str(found.error)
    assert f"POST {BASE}/exports" in str(found.error)


@pytest.mark.parametrize(
    ("poll", "message"),
    [
        (None, 'the response to the job\'s request has no Location header: \'{"id":"e 1","status"'),
        (".links?", "the response to the job's request has no URL at job.poll .links?"),
    ],
)
async def test_a_job_whose_state_has_no_place_fails(
    fetched: Fetch, clock: Any, poll: str | None, message: str
) -> None:
    found = await fetched(ExportApi(), "/exports", {"job": {"poll": poll}}, clock=clock)
    assert message in str(found.error)


async def test_a_job_that_takes_too_long_fails_and_says_its_last_state(fetched: Fetch, clock: Any) -> None:
    found = await fetched(
        ExportApi(polls=99), "/exports", {"job": {**JOB, "every": 4, "timeout": 10}}, clock=clock
    )
    assert isinstance(found.error, TransientError)
    assert str(found.error) == (
        f"/exports: GET {BASE}/exports/e%201: the job is not done after 10 s; its last state is "
        '\'{"status":"running"}\'. The next resync tries again. Raise job.timeout, or correct job.done. '
        "Checks and samples wait 30 s at most"
    )
    assert clock.sleeps == [4, 4, 2]


async def test_a_list_in_place_of_the_state_is_no_failure(fetched: Fetch, clock: Any) -> None:
    answers = iter([{"id": 1}, httpx.Response(202, json={"status": "x"}), ROWS])
    job = {"id": ".id", "poll": "/exports/{id}", "failed": '.status == "error"'}
    found = await fetched(lambda _: next(answers), "/exports", {"job": job}, clock=clock)
    assert (found.error, found.ids) == (None, [0, 1, 2, 3, 4])


async def test_a_file_in_place_of_the_state_is_its_result(fetched: Fetch, clock: Any) -> None:
    csv = httpx.Response(200, text="id\n1\n", headers={"Content-Type": "text/csv"})
    answers = iter([{"id": 1}, csv])
    job = {"id": ".id", "poll": "/exports/{id}", "done": "$status == 200", "failed": ".error"}
    found = await fetched(lambda _: next(answers), "/exports", {"job": job}, clock=clock)
    assert (found.error, found.ids) == (None, ["1"])


async def test_text_is_text_for_conditions(fetched: Fetch, clock: Any) -> None:
    answers = iter([{"id": 1}, httpx.Response(200, text="PENDING"), httpx.Response(200, text="READY"), ROWS])
    job = {**JOB, "done": '. == "READY"', "result": "/exports/{id}/file"}
    found = await fetched(lambda _: next(answers), "/exports", {"job": job}, clock=clock)
    assert (found.error, found.ids) == (None, [0, 1, 2, 3, 4])


async def test_a_large_body_is_not_parsed_for_a_condition() -> None:
    """The status can say that it is the result. Otherwise, polling on would not help."""
    large = Response(200, {"content-type": "application/json"}, b'[{"id": 1}]' + b" " * 2**20, max_weight=1)
    assert await is_true(ResponseJq.read("$status == 200"), large, "job.done")
    with pytest.raises(ItemsError, match="would take"):
        await is_true(ResponseJq.read('.status == "done"'), large, "job.done")


async def test_an_accepted_answer_can_have_the_items(fetched: Fetch, clock: Any) -> None:
    """Its doubts count as those of any page."""
    answers = iter([{"id": 1}, httpx.Response(202, json={"done": True, "errors": ["broken"], "items": ROWS})])
    selector = {"job": {"id": ".id", "poll": "/e/{id}", "done": ".done"}, "data_path": ".items"}
    found = await fetched(lambda _: next(answers), "/exports", selector, clock=clock)
    assert "reports an error" in str(found.error)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_rule_can_say_that_there_is_no_job_or_no_result(
    fetched: Fetch, clock: Any, status: int
) -> None:
    def api(request: httpx.Request) -> Any:
        return {"id": 1} if request.method == "POST" and status == 410 else status

    found = await fetched(api, "/exports", {"job": JOB, "on_status": {status: "empty"}}, clock=clock)
    assert (found.error, found.items) == (None, [])
    assert len(found.requests) == (1 if status == 404 else 2)


async def test_a_refused_poll_fails_the_kind(fetched: Fetch, clock: Any) -> None:
    answers = iter([{"id": 1}, 403])
    found = await fetched(lambda _: next(answers), "/exports", {"job": JOB}, clock=clock)
    assert isinstance(found.error, RefusedError)


async def test_a_download_elsewhere_needs_trust(fetched: Fetch, clock: Any) -> None:
    api = ExportApi(done={"status": "done", "url": "https://files.example/1"}, polls=0)
    found = await fetched(api, "/exports", {"job": JOB}, clock=clock)
    assert "not a trusted origin" in str(found.error)


async def test_requests_of_a_job_have_computed_values_and_other_bodies(fetched: Fetch, clock: Any) -> None:
    answers = iter([{"id": 1}, {"id": 1, "state": "running"}, {"state": "done", "rows": ROWS}])
    job = {
        "id": ".id",
        "request": {
            "body": {"since": {"jq": "now - 60"}, "id": "{project}"},
            "body_type": "form",
            "headers": {"X-Until": {"jq": "now | todate"}},
        },
        "poll": {"path": "/exports/{id}", "query_params": {"now": {"jq": "now"}}},
        "done": '.state == "done"',
    }
    selector = {"job": job, "data_path": ".rows", "path_parameters": {"project": {"values": ["a b"]}}}
    found = await fetched(lambda _: next(answers), "/exports", selector, clock=clock)
    assert (found.error, found.ids) == (None, [0, 1, 2, 3, 4])
    start = found.requests[0]
    assert start.content == b"since=1773143940&id=a+b"
    assert start.headers["x-until"] == "2026-03-10T12:00:00Z"
    assert found.urls[1:] == ["/exports/1?now=1773144000"] * 2


async def test_children_have_a_job_each(fetched: Fetch, clock: Any) -> None:
    def api(request: httpx.Request) -> Any:
        if request.url.path == "/api/projects":
            return [{"id": "a"}, {"id": "b"}, {"id": "gone"}]
        if "gone" in request.url.path:
            return 404
        if request.method == "POST":
            return {"id": f"{body_of(request)['project']}1"}
        return [{"id": request.url.path}]

    selector = {
        "path_parameters": {"project": {"endpoint": "/projects", "field": ".id"}},
        "job": {
            "request": {"body": {"project": "{project}"}},
            "id": ".id",
            "poll": {"path": "/projects/{project}/exports/{id}"},
        },
    }
    found = await fetched(api, "/projects/{project}/exports", selector, clock=clock)
    assert found.error is None
    assert found.ids == ["/api/projects/a/exports/a1", "/api/projects/b/exports/b1"]


async def test_a_failed_job_of_a_child_fails_the_kind_and_the_others_are_read(
    fetched: Fetch, clock: Any
) -> None:
    def api(request: httpx.Request) -> Any:
        if request.method == "POST":
            return {"id": request.url.path[-1]}
        if request.url.path.endswith("/a"):
            return {"status": "error"}
        return {"status": "done", "rows": [{"id": "b"}]}

    selector = {
        "path_parameters": {"project": {"values": ["a", "b"]}},
        "job": {**JOB, "result": None, "failed": '.status == "error"'},
        "data_path": ".rows",
    }
    found = await fetched(api, "/exports/of-{project}", selector, clock=clock)
    assert "the job failed" in str(found.error)
    assert found.ids == ["b"]


async def test_a_parent_can_be_the_result_of_a_job(fetched: Fetch, clock: Any) -> None:
    def api(request: httpx.Request) -> Any:
        if request.method == "POST":
            return {"id": 5}
        if request.url.path == "/api/exports/5":
            return [{"name": "a"}, {"name": "b"}]
        return [{"id": request.url.path}]

    parents = {
        "team": {"endpoint": "/exports", "field": ".name", "job": {"id": ".id", "poll": "/exports/{id}"}}
    }
    found = await fetched(api, "/teams/{team}", {"path_parameters": parents}, clock=clock)
    assert (found.error, found.ids) == (None, ["/api/teams/a", "/api/teams/b"])


async def test_a_job_that_two_resources_share_runs_once(clock: Any) -> None:
    """Some APIs allow only one job at a time."""
    sent: list[str] = []
    api = ExportApi()

    async def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        answer = api(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    settings = Settings.from_config({"base_url": BASE, "max_retries": 0}, {})
    both = [read_resource("/exports", {"job": JOB}, settings.pagination) for _ in range(2)]
    other = read_resource("/exports", {"job": {**JOB, "request": {"body": 1}}}, settings.pagination)
    transport = httpx.MockTransport(handler)
    async with open_extractor(settings, [*both, other], transport=transport, clock=clock) as extractor:
        for resource in both:
            assert [len(batch) async for batch in extractor.batches(resource)] == [5]
        assert sent == ["POST", "GET", "GET", "GET", "GET"]
        assert [len(batch) async for batch in extractor.batches(other)] == [5]
    assert sent.count("POST") == 2


async def test_a_cancelled_resync_stops_polling() -> None:
    polled = asyncio.Event()
    requests = 0

    async def handler(request: httpx.Request) -> httpx.Response:
        nonlocal requests
        requests += 1
        if request.method == "GET":
            polled.set()
        return httpx.Response(200, json={"id": 1, "status": "running"})

    settings = Settings.from_config({"base_url": BASE}, {})
    resource = read_resource("/exports", {"job": {**JOB, "every": 0.001}}, settings.pagination)
    async with open_extractor(settings, [resource], transport=httpx.MockTransport(handler)) as extractor:
        task = asyncio.create_task(anext(extractor.batches(resource)))
        await polled.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        sent = requests
        await asyncio.sleep(0.05)
        assert requests == sent


async def test_a_check_waits_half_a_minute_for_a_job(clock: Any) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"id": 1, "status": "running"}))
    settings = Settings.from_config({"base_url": BASE}, {})
    parent = {"team": {"endpoint": "/exports", "field": ".name", "job": JOB}}
    async with open_extractor(settings, transport=transport, clock=clock) as extractor:
        finding = await extractor.probe(read_resource("/exports", {"job": JOB}, settings.pagination))
        assert str(finding) == (
            "ok     /exports: the job was started, and is not done after 30 s. A resync waits longer"
        )
        short = {**JOB, "timeout": 12}
        finding = await extractor.probe(read_resource("/exports", {"job": short}, settings.pagination))
        assert not finding.is_good
        assert "the job is not done after 12 s" in finding.message
        nested = read_resource("/x/{team}", {"path_parameters": parent}, settings.pagination)
        with pytest.raises(TransientError, match="not done after 30 s"):
            _ = [sample async for sample in extractor.samples(nested, 5)]
