"""Jobs in a mapping entry: what they mean, and mistakes in them."""

from collections.abc import Mapping
from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from configuration.resource import Endpoint, Job, Resource
from configuration.response_jq import ResponseJq
from rest.errors import JqError, ResourceError


def resource_of(job: Any, kind: str = "/exports", **selector: Any) -> Resource:
    settings = PaginationSettings(type="page", page_size=50)
    return read_resource(kind, {"job": job, **selector}, settings)


def job_of(job: Any, **selector: Any) -> Job:
    found = resource_of(job, **selector).endpoint.job
    assert found
    return found


def refusal(job: Any, **selector: Any) -> str:
    with pytest.raises(ResourceError) as raised:
        resource_of(job, **selector)
    return str(raised.value)


def test_the_kind_is_where_the_job_is_requested_unless_the_request_has_a_path() -> None:
    job = job_of({})
    assert (job.request.method, job.request.path, job.poll, job.done) == ("POST", "/exports", None, None)
    assert (job.every_s, job.timeout_s) == (5, 900)
    assert job_of({"request": {"path": "/jobs", "method": "get"}}).request.path == "/jobs"


def test_a_poll_is_a_path_or_jq_or_an_object_like_request() -> None:
    path = job_of({"id": ".id", "poll": "/exports/{id}"}).poll
    assert isinstance(path, Endpoint)
    assert (path.method, path.path) == ("GET", "/exports/{id}")
    assert isinstance(job_of({"poll": ".links.status"}).poll, ResponseJq)
    query = job_of(
        {"poll": {"method": "POST", "path": "/graphql", "body": {"query": "{ job { url } }"}}}
    ).poll
    assert isinstance(query, Endpoint)
    assert (query.method, query.body) == ("POST", {"query": "{ job { url } }"})


def test_a_download_has_no_pages_unless_the_entry_says_so() -> None:
    """A page parameter would make the signature of a presigned URL invalid."""
    assert resource_of({}).endpoint.pagination.type == "none"
    paged = resource_of({}, pagination={"type": "cursor", "cursor_header": "Sforce-Locator"})
    assert (paged.endpoint.pagination.type, paged.endpoint.pagination.page_size) == ("cursor", 50)


def test_a_kind_with_the_id_is_polled_or_is_the_result() -> None:
    job = resource_of({"id": ".id", "request": {"path": "/exports"}}, kind="/exports/{id}").endpoint.job
    assert job
    assert isinstance(job.poll, Endpoint)
    assert (job.request.path, job.poll.path, job.result) == ("/exports", "/exports/{id}", None)
    keys = {"id": ".id", "request": {"path": "/exports"}, "poll": "/exports/{id}"}
    job = resource_of(keys, kind="/exports/{id}/rows").endpoint.job
    assert job
    assert isinstance(job.poll, Endpoint)
    assert (job.poll.path, job.result) == ("/exports/{id}", "/exports/{id}/rows")
    other = resource_of({**keys, "result": ".url"}, kind="/exports/{id}/rows").endpoint.job
    assert other
    assert str(other.result) == ".url"
    with pytest.raises(ResourceError, match=r"selector\.job\.request\.path: is missing"):
        resource_of({"id": ".id"}, kind="/exports/{id}")


@pytest.mark.parametrize(("own", "selector", "expected"), [(None, True, True), (False, True, False)])
def test_the_request_is_retried_as_the_entry_says(own: Any, selector: Any, expected: Any) -> None:
    assert job_of({"request": {"retry": own}}, retry=selector).request.retry is expected


def test_a_parent_can_have_a_job() -> None:
    parents = {"team": {"endpoint": "/teams", "field": ".id", "job": {"result": ".url"}}}
    resource = read_resource("/teams/{team}/users", {"path_parameters": parents}, PaginationSettings())
    [parent] = resource.parameters[0].parents
    assert parent.job
    assert parent.job.request.path == "/teams"


def test_placeholders_of_a_job_are_those_of_its_requests_without_the_id() -> None:
    parents = {"project": {"values": [1]}, "region": {"values": ["eu"]}}
    job = {
        "request": {"path": "/p/{project}/exports"},
        "id": ".id",
        "poll": {"path": "/p/{project}/exports/{id}", "query_params": {"region": "{region}"}},
        "result": "/p/{project}/exports/{id}/file",
    }
    resource = resource_of(job, kind="/users", path_parameters=parents)
    assert [(each.name, sorted(each.in_paths)) for each in resource.parameters] == [
        ("project", ["project"]),
        ("region", []),
    ]


def test_the_id_can_be_a_path_parameter() -> None:
    resource = resource_of({"poll": "/jobs/{id}"}, path_parameters={"id": {"values": [7]}})
    assert [parameter.name for parameter in resource.parameters] == ["id"]


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ("/exports", "selector.job: got '/exports', accepts an object"),
        ({"pol": "/x"}, "selector.job.pol: is unknown; did you mean poll?"),
        ({"id": ".["}, "selector.job.id: got '.[', accepts a jq expression (syntax error"),
        ({"id": 1}, "selector.job.id: got 1, accepts a jq expression"),
        (
            {"done": "$state"},
            "selector.job.done: got '$state', accepts a jq expression ($state is not defined",
        ),
        (
            {"poll": "exports/{id}"},
            (
                "selector.job.poll: got 'exports/{id}', accepts a path that begins with a slash, "
                "a jq expression, or an object like request ("
            ),
        ),
        (
            {"result": 7},
            "selector.job.result: got 7, accepts a path that begins with a slash, or a jq expression",
        ),
        ({"request": []}, "selector.job.request: got [], accepts an object"),
        ({"request": {"url": "/x"}}, "selector.job.request.url: is unknown"),
        ({"request": {"method": "DELETE"}}, "selector.job.request.method: got 'DELETE', accepts GET, POST"),
        ({"request": {"method": "PUT"}}, "selector.job.request.method: PUT may change data in the API"),
        ({"poll": {"method": "PATCH", "path": "/x"}}, "selector.job.poll.method: PATCH may change data"),
        ({"poll": {"body": {}}}, "selector.job.poll.path: is missing"),
        ({"poll": "/a/../b"}, "selector.job.poll.path '/a/../b' has dot segments"),
        ({"result": "/a/{b-c}"}, "selector.job.result /a/{b-c} has braces that are not a placeholder"),
        ({"poll": "/x/{id}"}, "selector.job.id: is missing. Set it to the job's id in the response"),
        ({"result": "/x/{id}"}, "selector.job.id: is missing. Set it to the job's id in the response"),
        ({"poll": "/x/{name}"}, "{name} in job.poll.path has no value"),
        ({"every": 0}, "selector.job.every: got 0, accepts a number of seconds above 0"),
        ({"timeout": "15m"}, "selector.job.timeout: got '15m', accepts a number of seconds above 0"),
    ],
)
def test_mistakes_in_a_job_are_named(job: Any, message: str) -> None:
    assert refusal(job).startswith(message)


def test_a_job_of_a_parent_is_checked_under_its_own_name() -> None:
    parents = {"team": {"endpoint": "/teams", "field": ".id", "job": {"every": -1}}}
    with pytest.raises(ResourceError, match=r"selector\.path_parameters\.team\.job\.every: got -1"):
        read_resource("/teams/{team}/users", {"path_parameters": parents}, PaginationSettings())


def test_writing_jobs_need_a_permission() -> None:
    resource = read_resource(
        "/x", {"job": {"request": {"method": "PUT"}}}, PaginationSettings(), Permissions(writes=True)
    )
    assert resource.endpoint.job


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".id", [7]),
        (".missing", [None]),
        ("$status", [202]),
        ('$headers["x-id"] # the id', ["h"]),
        (".id == 7 and $status == 202", [True]),
        ("empty", []),
    ],
)
def test_jq_sees_the_body_the_status_and_the_headers(text: str, expected: list[Any]) -> None:
    headers: Mapping[str, Any] = {"x-id": "h"}
    assert ResponseJq.read(text).outputs(202, dict(headers), {"id": 7}) == expected


def test_only_a_plain_path_can_be_missing() -> None:
    assert ResponseJq.read(".id").is_missing({"a": 1})
    assert not ResponseJq.read(".id").is_missing({"id": None})
    assert not ResponseJq.read("$headers.id").is_missing({})


def test_jq_with_variables_fails_as_jq_does() -> None:
    with pytest.raises(JqError, match="Cannot index"):
        ResponseJq.read("$status.x").outputs(200, {}, None)
