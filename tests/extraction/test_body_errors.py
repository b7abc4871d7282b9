"""Errors in bodies with a success status, as opposed to states of resources and to items."""

import json

import pytest

from expressions.paths import jq_path
from extraction.body_errors import error_in_envelope, error_in_item, errors_in_items
from rest.bodies import Json
from rest.page import Page
from rest.request import Request
from rest.response import Response

_GET = Request("GET", "https://a.example/x")


def _page(body: Json, data_path: str | None = ".items", *, is_list: bool = True) -> Page:
    response = Response(200, {}, json.dumps(body).encode())
    items = body.get("items") if isinstance(body, dict) else body
    path = jq_path(data_path) if data_path else None
    return Page(
        _GET,
        response,
        items if isinstance(items, list) else [],
        is_list=is_list,
        is_item=path is None and not is_list,
        steps=path.leading_steps if path else None,
    )


@pytest.mark.parametrize(
    "body",
    [
        {"items": [], "ok": False},
        {"items": [{"id": 1}], "Success": "false"},
        {"items": [{"id": 1}], "errors": [{"message": "timed out"}]},
        {"items": None, "error": "rate_limited"},
        {"items": [], "error": True},
        {"items": [], "status": "ERROR"},
        {"items": [{"id": 1}], "status": "failed", "message": "half of it"},
        {"items": [], "meta": {"status": {"code": 503}}},
        {"items": [], "errorCode": "E42"},
        {"items": [], "errno": 7},
        {"items": None, "code": 40100, "message": "over the limit"},
        {"items": None, "ret_code": "-1", "msg": "busy", "errMsg": "busy"},
        {"jsonrpc": "2.0", "id": 1, "items": None, "error": {"code": -32000}},
        {"items": [], "error": "x" * 500},
    ],
    ids=str,
)
def test_envelope_with_an_error(body: Json) -> None:
    error = error_in_envelope(_page(body))
    assert error is not None
    assert len(error) < 250


@pytest.mark.parametrize(
    "body",
    [
        {"items": [], "ok": True, "error": None, "errors": [], "errorCode": 0, "code": 200, "status": "ok"},
        {"items": [], "success": 1, "error": "", "code": "OK", "message": "OK", "errmsg": "success"},
        {"items": [{"id": 1}], "code": 40100, "message": "a number of its own"},
        {"items": [{"id": 1}], "status": "failed"},
        {"id": 7, "status": "failed", "error": "step 3", "items": []},
        {"items": [], "stats": {"errors": 4}, "summary": {"status": "error"}},
        {"items": [], "error": False, "errors": 0, "status": 200, "code": 0, "message": "fine"},
        {"items": [], "status": {"deep": {"er": {"error": "x"}}}},
    ],
    ids=str,
)
def test_envelope_without_an_error(body: Json) -> None:
    assert error_in_envelope(_page(body)) is None


@pytest.mark.parametrize(
    ("item", "is_error"),
    [
        ({"error": "timeout"}, True),
        ({"errors": [{"message": "x"}], "data": None}, True),
        ({"errors": [{"message": "x"}], "data": {"id": 1}}, False),
        ({"message": "not found", "code": 404}, True),
        ({"error": {"code": 5}, "path": "/x", "timestamp": "now"}, True),
        ({"id": 1, "error": "boom"}, False),
        ({"name": "build", "status": "error", "message": "boom"}, False),
        ({"message": "hello"}, False),
        ({"type": "about:blank", "title": "Gone", "status": 410, "detail": "x"}, True),
        ({}, False),
        ("error", False),
    ],
    ids=str,
)
def test_error_object_is_recognised(item: Json, is_error: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (error_in_item(item) is not None) == is_error
    assert [number for number, _ in errors_in_items([{"id": 0}, item])] == ([1] if is_error else [])


def test_body_that_is_the_item_is_checked_like_an_item() -> None:
    assert error_in_envelope(_page({"error": "gone", "code": 410}, None, is_list=False)) is not None
    assert error_in_envelope(_page({"error": "of a build", "id": 4}, None, is_list=False)) is None
