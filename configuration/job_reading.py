"""Read the key job of a selector and of path parameters."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from configuration.computed import without_computed
from configuration.endpoint_path import check_path
from configuration.job import JobInput, JobRequestInput
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from configuration.request_body import checked_body_type
from configuration.resource import JOB_ID, Endpoint, Job
from configuration.response_jq import ResponseJq
from configuration.validation import validated
from rest.errors import Mistake, ResourceError

_NO_PAGES = PaginationSettings(type="none")


def with_job(
    endpoint: Endpoint, value: object, where: str, permissions: Permissions, parameters: Collection[str]
) -> Endpoint:
    """Return the endpoint with its job. parameters: the names of all path parameters.

    Raises ResourceError: a key of the job is unknown or has a wrong value, or a method is not permitted.
    """
    read = validated(JobInput, value, where)
    # A kind with {id} is polled. If there is a `poll` as well, the kind is the result.
    own_path = endpoint.path if read.id and JOB_ID in endpoint.path_placeholders() else ""
    start = _request(read.request, "POST", "" if own_path else endpoint.path, f"{where}.request", permissions)
    start = replace(start, retry=endpoint.retry) if start.retry is None else start
    poll = _poll(read.poll or own_path or None, f"{where}.poll", permissions)
    result = own_path if own_path and read.poll and not read.result else read.result
    if isinstance(result, str):
        check_path(result, f"{where}.result")
    job = Job(start, poll, read.id, read.done, read.failed, result, read.every, read.timeout)
    requests = [job.request, *(each for _, each in job.after_request)]
    names = set().union(*(each.path_placeholders() for each in requests))
    if job.id is None and JOB_ID in names - set(parameters):
        raise ResourceError.of(
            Mistake(f"{where}.id", "is missing"),
            hint="Set it to the job's id in the response to the request, like .id",
        )
    return replace(endpoint, job=job)


def _poll(
    poll: str | ResponseJq | dict[str, Any] | None, where: str, permissions: Permissions
) -> Endpoint | ResponseJq | None:
    if isinstance(poll, str | dict):
        return _request({"path": poll} if isinstance(poll, str) else poll, "GET", "", where, permissions)
    return poll


def _request(
    keys: Mapping[str, Any], method: str, default_path: str, where: str, permissions: Permissions
) -> Endpoint:
    plain, computed = without_computed(keys, where)
    read = validated(JobRequestInput, plain, where)
    method, path = read.method or method, read.path or default_path
    permissions.check_method(method, where)
    if not path:
        raise ResourceError.of(Mistake(f"{where}.path", "is missing"))
    check_path(path, f"{where}.path")
    body_type = checked_body_type(read.body, read.body_type, read.headers, where)
    return Endpoint(
        path,
        _NO_PAGES,
        method,
        read.query_params,
        read.headers,
        read.body,
        retry=read.retry,
        body_type=body_type,
        computed=computed,
    )
