"""Endpoint templates, bound to values and turned into requests."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

from configuration.parameter_values import Bound, ValueList
from configuration.placeholders import placeholders_in, replace_placeholders
from configuration.resource import CURSOR_NAME, JOB_ID, PLACEHOLDER, Endpoint, Job
from extraction.bound_paths import bind_path, bind_query, bound_text, bound_url
from rest.bodies import Json
from rest.request import Pairs, Request, without_param
from rest.request_bodies import BodyType


def bind(endpoint: Endpoint, values: Mapping[str, Bound], base_url: str = "") -> Endpoint:
    """Return the endpoint with its placeholders replaced. A placeholder without a value stays as it is.

    Raises ResourceError: a value would change the path around its placeholder.
    """
    if not values:
        return endpoint
    url = bound_url(endpoint.path, values, base_url)
    return replace(
        endpoint,
        url=url,
        path=endpoint.path if url else bind_path(endpoint.path, values),
        query_params=_bind_params(endpoint.query_params, values),
        headers=_bind_headers(endpoint.headers, values),
        body=_bind_body(endpoint.body, values, endpoint.body_type),
        then=endpoint.then and bind(endpoint.then, _without_cursor(values), base_url),
        job=_bind_job(endpoint.job, values, base_url) if endpoint.job else None,
    )


def request_for(endpoint: Endpoint, base_url: str) -> Request:
    """Return the request for a bound endpoint. Exactly one slash joins base URL and path."""
    base = base_url.rstrip("/")
    url = f"{base}/{endpoint.path.lstrip('/')}" if endpoint.path else base
    if endpoint.url:
        # The mapping's parameters replace those of the URL.
        url = reduce(without_param, (name for name, _ in endpoint.query_params), endpoint.url)
    return Request(
        endpoint.method,
        url.partition("#")[0],
        endpoint.query_params,
        endpoint.headers,
        endpoint.body,
        endpoint.retry,
        body_type=endpoint.body_type,
    )


def template_key(endpoint: Endpoint) -> str:
    """Return a key that is equal for templates that differ only in the names of their placeholders."""
    numbers: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        number = numbers.setdefault(match["name"], str(len(numbers)))
        return f"{{{match['raw']}{number}}}"

    parts = (
        endpoint.method,
        endpoint.path.lstrip("/"),
        endpoint.query_params,
        endpoint.headers,
        endpoint.body,
        endpoint.body_type,
        [(computed.keys, str(computed.expression)) for computed in endpoint.computed],
        endpoint.then and template_key(endpoint.then),
        repr(endpoint.job) if endpoint.job else None,
    )
    return PLACEHOLDER.sub(numbered, json.dumps(parts, sort_keys=True))


def _without_cursor(values: Mapping[str, Bound]) -> Mapping[str, Bound]:
    return {name: value for name, value in values.items() if name != CURSOR_NAME}


def _bind_job(job: Job, values: Mapping[str, Bound], base_url: str) -> Job:
    """Return the job with its placeholders replaced. The result, and {id} in poll, stay as they are."""
    later = {name: value for name, value in values.items() if name != JOB_ID or not job.id}
    poll = bind(job.poll, later, base_url) if isinstance(job.poll, Endpoint) else job.poll
    return replace(job, request=bind(job.request, values, base_url), poll=poll)


def _bind_params(params: Pairs, values: Mapping[str, Bound]) -> Pairs:
    return tuple((name, text) for name, value in params for text in _texts_of_param(name, value, values))


def _texts_of_param(name: str, text: str, values: Mapping[str, Bound]) -> list[str]:
    """Return the values of one query parameter: several where a batch repeats it."""
    for match in placeholders_in(text):
        batch = values.get(match["name"])
        if isinstance(batch, ValueList) and batch.repeats(name):
            return [_bind_text(text, {**values, match["name"]: value}) for value in batch.values]
    return [_bind_text(text, values)]


def _bind_headers(headers: Pairs, values: Mapping[str, Bound]) -> Pairs:
    return tuple((name, _bind_text(text, values)) for name, text in headers)


def _bind_text(text: str, values: Mapping[str, Bound]) -> str:
    return replace_placeholders(
        text, lambda match: bound_text(values[match["name"]]) if match["name"] in values else match[0]
    )


def _bind_body(body: Json, values: Mapping[str, Bound], body_type: BodyType) -> Json:
    """Return the body with its placeholders replaced. In a text of a form, values are percent-encoded."""
    if isinstance(body, str) and body_type == "form":
        return bind_query(body, values)
    if isinstance(body, str) and body_type == "text":
        return _bind_text(body, values)
    return _bind_json(body, values)


def _bind_json(body: Json, values: Mapping[str, Bound]) -> Json:
    """Return the JSON with its placeholders replaced. A text that is only a placeholder becomes the value."""
    if isinstance(body, str):
        return _bind_json_text(body, values)
    if isinstance(body, list):
        return [element for each in body for element in _bind_element(each, values)]
    if isinstance(body, dict):
        return {name: _bind_json(value, values) for name, value in body.items()}
    return body


def _bind_json_text(text: str, values: Mapping[str, Bound]) -> Json:
    whole = PLACEHOLDER.fullmatch(text)
    if whole is None or whole["name"] not in values:
        return _bind_text(text, values)
    value = values[whole["name"]]
    if isinstance(value, ValueList):
        return list(value.values) if value.is_list_in_body else value.text
    return value


def _bind_element(element: Json, values: Mapping[str, Bound]) -> list[Json]:
    """Return the elements that replace one: all values where the element is the placeholder of a batch."""
    bound = _bind_json(element, values)
    return bound if isinstance(element, str) and isinstance(bound, list) else [bound]
