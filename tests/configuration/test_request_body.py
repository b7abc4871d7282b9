"""How a body is sent, and wrong uses of body_type."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Endpoint
from rest.errors import ResourceError

FORM = "application/x-www-form-urlencoded"


def endpoint(**selector: Any) -> Endpoint:
    return read_resource("/a", {"method": "POST", **selector}, PaginationSettings()).endpoint


@pytest.mark.parametrize(
    ("selector", "body_type"),
    [
        ({}, "json"),
        ({"body": {"a": 1}}, "json"),
        ({"body": "a=1", "headers": {"content-type": FORM}}, "form"),
        ({"body": {"a": 1}, "headers": {"Content-Type": FORM}, "body_type": "json"}, "json"),
        ({"body": "{ a }", "headers": {"Content-Type": "application/graphql"}}, "text"),
        ({"body_type": "form", "pagination": {"type": "offset", "param_location": "body"}}, "form"),
        ({"body_type": "text", "body": {"jq": '"find"'}}, "text"),
        ({"body_type": "multipart", "body": {"a": {"jq": "now"}}}, "multipart"),
    ],
)
def test_body_type_is_the_chosen_one_or_that_of_the_header(selector: dict[str, Any], body_type: str) -> None:
    assert endpoint(**selector).body_type == body_type


@pytest.mark.parametrize(
    ("selector", "reason"),
    [
        ({"body_type": "form"}, "selector.body_type: has no effect without a body"),
        (
            {"body_type": "xml", "body": "<a/>"},
            "selector.body_type: got 'xml', accepts json, form, text",
        ),
        (
            {"body_type": "text", "body": ["a"]},
            "selector.body: got a value of type list, accepts text",
        ),
        (
            {"body_type": "multipart", "body": "a=1"},
            "selector.body: got a value of type string, accepts",
        ),
        ({"body_type": "form", "body": 5}, "selector.body: a form needs a body that is an object or a text"),
        (
            {"body": {"a": [{"b": 1}]}, "headers": {"Content-Type": FORM}},
            "selector.body: the form field a is a list with objects or lists in it. Write its fields as",
        ),
        (
            {"body_type": "text", "body": "a", "pagination": {"type": "cursor", "param_location": "body"}},
            "selector.pagination.param_location: a cursor has no place in a body of type text",
        ),
    ],
)
def test_wrong_use_names_the_key(selector: dict[str, Any], reason: str) -> None:
    with pytest.raises(ResourceError) as caught:
        endpoint(**selector)
    assert str(caught.value).startswith(reason)


def test_then_is_an_endpoint_with_the_headers_of_the_first_request() -> None:
    first = endpoint(
        headers={"X-A": "1", "X-B": {"jq": "now"}},
        body={"q": 1, "from": {"jq": "now"}},
        retry=True,
        pagination={"type": "cursor", "then": {"query_params": {"x": "1"}, "body": {"at": {"jq": "now"}}}},
    )
    assert first.then
    assert (first.then.method, first.then.path, first.then.retry) == ("POST", "/a", True)
    assert (first.then.query_params, first.then.headers) == ((("x", "1"),), (("X-A", "1"),))
    assert first.then.body == {"at": None}
    assert [each.name for each in first.then.computed] == [
        "selector.headers.X-B",
        "selector.pagination.then.body.at",
    ]


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ({"pat": "/x"}, "selector.pagination.then.pat: is unknown; did you mean path?"),
        ({"path": "../x"}, "selector.pagination.then.path '../x' has dot segments"),
        ({"path": "/x/{id}"}, "{id} in pagination.then.path has no value"),
        ({"method": "PATCH"}, "selector.pagination.then.method: PATCH may change data in the API"),
        (
            {"method": "DELETE"},
            "selector.pagination.then.method: got 'DELETE', accepts GET, POST",
        ),
        ({"body": {"a": {"jq": "("}}}, "selector.pagination.then.body.a: got '(', accepts a jq expression"),
        (5, "selector.pagination.then: got 5, accepts a JSON object"),
    ],
)
def test_wrong_then_names_the_key(then: Any, reason: str) -> None:
    with pytest.raises(ResourceError) as caught:
        endpoint(pagination={"type": "cursor", "then": then})
    assert str(caught.value).startswith(reason)
