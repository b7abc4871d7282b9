"""Deliveries in the forms in which senders, proxies and browsers print them."""

import json
from datetime import UTC, datetime

import pytest

from builder.pasted_delivery import parse_delivery
from live_events.event import Event, read_event
from rest.bodies import Json
from rest.errors import ItemsError

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_BODY: Json = {"action": "opened", "number": 2}
_TEXT = json.dumps(_BODY)
_GITHUB_PAGE = f"""Request URL: https://example.com/integration/webhook?tenant=a
Request method: POST
Accept: */*
X-GitHub-Event: pull_request
X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958

{_TEXT}"""
_CURL_VERBOSE = f"""> POST /integration/webhook?tenant=a HTTP/1.1
> Host: example.com
> X-GitHub-Event: pull_request
>
{_TEXT}"""
_CURL = f"""curl -X POST 'https://example.com/integration/webhook?tenant=a' \\
  -H 'X-GitHub-Event: pull_request' -H 'Content-Type: application/json' \\
  -d '{_TEXT}'"""
_HAR_ENTRY: Json = {
    "request": {
        "method": "POST",
        "url": "https://example.com/integration/webhook?tenant=a",
        "headers": [{"name": "X-GitHub-Event", "value": "pull_request"}],
        "postData": {"mimeType": "application/json", "text": _TEXT},
    },
    "response": {"status": 200, "content": {}},
}
_HAR: Json = {"log": {"entries": [{"request": {"method": "GET", "url": "https://example.com/"}}, _HAR_ENTRY]}}
_TEST_PAGE: Json = {
    "uuid": "x",
    "method": "POST",
    "headers": {"x-github-event": ["pull_request"]},
    "query": {"tenant": "a"},
    "content": _TEXT,
}
_GATEWAY: Json = {
    "httpMethod": "POST",
    "headers": {"X-GitHub-Event": "pull_request"},
    "queryStringParameters": {"tenant": "a"},
    "body": _TEXT,
}
_FLOW: Json = [{"headers": {"x-github-event": "pull_request"}, "query": {"tenant": "a"}, "body": _BODY}]


def _event(text: str) -> Event:
    return read_event(parse_delivery(text), is_signed=True, received_at=_NOW)


@pytest.mark.parametrize(
    "text",
    [
        _GITHUB_PAGE,
        _CURL_VERBOSE,
        _CURL,
        *map(json.dumps, (_HAR_ENTRY, _HAR, _TEST_PAGE, _GATEWAY, _FLOW)),
    ],
    ids=["github-page", "curl-v", "curl", "har-entry", "har", "test-page", "gateway", "flow"],
)
def test_headers_query_and_body_are_found_in_each_form(text: str) -> None:
    """Each form has the same header, the same query parameter and the same body."""
    event = _event(text)
    assert event.headers["x-github-event"] == "pull_request"
    assert event.query == {"tenant": "a"}
    assert event.body == _BODY


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (_TEXT, _BODY),
        (f"X-Event: a\n{_TEXT}", _BODY),
        ("id=tr_1&status=paid", {"id": "tr_1", "status": "paid"}),
        ("payload=%7B%22a%22%3A+1%7D", {"a": 1}),
        ("Content-Type: application/x-www-form-urlencoded\n\nid=tr_1", {"id": "tr_1"}),
        ("<order><id>5</id></order>", {"order": {"id": "5"}}),
        ('{"headers": {"a": "b"}, "id": 5}', {"headers": {"a": "b"}, "id": 5}),
        ("\ufeff[1, 2]", [1, 2]),
    ],
    ids=["json", "no-blank-line", "form", "payload-field", "form-with-headers", "xml", "own-headers", "bom"],
)
def test_body_alone_is_read_by_what_it_looks_like(text: str, body: Json) -> None:
    """A body without headers has no Content-Type, so it is recognized."""
    assert _event(text).body == body


@pytest.mark.parametrize("text", ["", "  \n", "X-GitHub-Event: ping\n"])
def test_headers_without_a_body_are_an_error(text: str) -> None:
    """A payload is needed for a proposal."""
    with pytest.raises(ItemsError, match="the payload is empty"):
        parse_delivery(text)
