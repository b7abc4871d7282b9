"""The keys of a mapping entry, and the messages for wrong ones."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.mapping_models import SelectorInput
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from configuration.resource import Resource
from rest.errors import ResourceError

NONE = PaginationSettings()
STATUSES = "accepts an object of status codes, each with empty, end, retry, rate_limited or fail"
TYPES = "accepts none, offset, page, cursor, next_link, header_link, auto"
WHOLE = "accepts a whole number"


def read(kind: str, /, **selector: Any) -> Resource:
    return read_resource(kind, selector, NONE)


def refusal(selector: Any, kind: str = "/a", pagination: PaginationSettings = NONE) -> str:
    with pytest.raises(ResourceError) as caught:
        read_resource(kind, selector, pagination)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_null_counts_as_unset() -> None:
    assert read("/a", **dict.fromkeys(SelectorInput.model_fields)) == read("/a")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "get", "Patch"])
def test_methods_are_accepted_in_any_case(method: str) -> None:
    resource = read_resource("/a", {"method": method}, NONE, Permissions(writes=True))
    assert resource.endpoint.method == method.upper()


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        (None, "selector: got None, accepts an object"),
        ("x", "selector: got 'x', accepts an object"),
        ({"quer": "true"}, "selector.quer: is unknown; did you mean query?"),
        ({"dataPath": "."}, "selector.dataPath: is unknown; did you mean data_path?"),
        (
            {"xyz": 1},
            (
                "selector.xyz: is unknown; known keys are data_path, method, query_params, headers, "
                "body, body_type, pagination, "
                "on_status, responses, retry, format, job, query, path_parameters, accept, min_items, "
                "max_shrink, accept_shrink, incremental, windows, webhook, partition"
            ),
        ),
        ({"method": "DELETE"}, "selector.method: got 'DELETE', accepts GET, POST, PUT or PATCH"),
        ({"method": "delete"}, "selector.method: got 'DELETE', accepts GET, POST, PUT or PATCH"),
        ({"method": 5}, "selector.method: got 5, accepts GET, POST, PUT or PATCH"),
        (
            {"data_path": ".a["},
            "selector.data_path: got '.a[', accepts a jq expression (syntax error, unexpected end of file)",
        ),
        ({"data_path": [".a"]}, "selector.data_path: got ['.a'], accepts a jq expression"),
        (
            {"query": True},
            "selector.query: got True, accepts a jq expression as text; 'true' selects every item",
        ),
        (
            {"query_params": {"a": {"b": 1}}},
            (
                "selector.query_params: got {'a': {'b': 1}}, "
                "accepts an object of names and texts, numbers, booleans, or lists of them"
            ),
        ),
        (
            {"query_params": "a=1"},
            (
                "selector.query_params: got 'a=1', "
                "accepts an object of names and texts, numbers, booleans, or lists of them"
            ),
        ),
        (
            {"headers": {"A": "x\r\nEvil: 1"}},
            (
                "selector.headers: got {'A': 'x\\r\\nEvil: 1'}, accepts an object of header names and texts "
                "('A' is not a valid header name, or its value has line breaks or is not ASCII)"
            ),
        ),
        ({"on_status": {404: "skip"}}, f"selector.on_status: got 'skip', {STATUSES}"),
        ({"on_status": {"4xx": "empty"}}, f"selector.on_status: got '4xx', {STATUSES}"),
        ({"on_status": [404]}, f"selector.on_status: got [404], {STATUSES}"),
        ({"min_items": -1}, f"selector.min_items: got -1, {WHOLE}, 0 or more"),
        (
            {"max_shrink": "half"},
            "selector.max_shrink: got 'half', accepts a share like 30%, or a whole number of items",
        ),
        (
            {"max_shrink": True},
            "selector.max_shrink: got True, accepts a share like 30%, or a whole number of items",
        ),
        ({"accept_shrink": "few"}, f"selector.accept_shrink: got 'few', {WHOLE}, 0 or more"),
        ({"min_items": True}, f"selector.min_items: got True, {WHOLE}, 0 or more"),
        ({"pagination": "page"}, "selector.pagination: got 'page', accepts an object"),
        ({"pagination": {"typ": "page"}}, "selector.pagination.typ: is unknown; did you mean type?"),
        (
            {"pagination": {"cursorPath": "x"}},
            "selector.pagination.cursorPath: is unknown; did you mean cursor_path?",
        ),
        (
            {"pagination": {"type": "pages"}},
            f"selector.pagination.type: got 'pages', {TYPES}",
        ),
        (
            {"pagination": {"param_location": "path"}},
            "selector.pagination.param_location: got 'path', accepts query, body, header",
        ),
        ({"pagination": {"page_size": 0}}, f"selector.pagination.page_size: got 0, {WHOLE}, 1 or more"),
        ({"body": {1: 2}}, "selector.body: got 1, accepts JSON"),
        ({"path_parameters": [1]}, "selector.path_parameters: got [1], accepts an object"),
    ],
    ids=str,
)
def test_the_message_for_a_wrong_key_says_what_it_accepts(selector: Any, message: str) -> None:
    assert refusal(selector) == message


@pytest.mark.parametrize(
    "headers",
    [
        {"A B": "x"},
        {"": "x"},
        {"A:": "x"},
        {"A\n": "x"},
        {"Ä": "x"},
        {"A": "x\nB: y"},
        {"A": "x\r"},
        {"A": "x\0"},
        {"A": "é"},
        {"A": ["x", "y\n"]},
        {"A": ["y\n", "x"]},
        ["A"],
    ],
    ids=str,
)
def test_a_header_that_cannot_be_sent_is_rejected(headers: Any) -> None:
    assert refusal({"headers": headers}).startswith("selector.headers: got ")


def test_all_mistakes_are_reported_at_once() -> None:
    assert refusal({"methd": "GET", "data_path": "("}).count("selector.") == 2
