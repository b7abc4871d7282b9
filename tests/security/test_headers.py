"""Headers of the mapping can add to a request, but not change its caller or its target."""

import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from itertools import batched
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from loguru import logger

from client import HeaderPolicy
from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import RefusedError, ResourceError, SyncError
from rest.request import Request
from tests.security.names import (
    CALLER_HEADERS,
    CALLER_PARAMETERS,
    METHOD_HEADERS,
    METHOD_PARAMETERS,
    ORDINARY_HEADERS,
    ORDINARY_PARAMETERS,
    ROUTING_HEADERS,
)

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Fetch = Callable[..., Awaitable[None]]

TOKEN, CUSTOM = "made-up-token", "made-up-header"
SCHEMES: dict[str, Json] = {
    "none": {},
    "bearer_token": {"auth_type": "bearer_token", "auth_value": TOKEN},
    "api_key": {"auth_type": "api_key", "api_key": TOKEN, "api_key_header": "X-Key"},
    "basic": {"auth_type": "basic", "username": "amy", "password": TOKEN},
    "oauth2": {"auth_type": "oauth2", "client_id": "amy", "client_secret": TOKEN, "token_url": "/login"},
    "custom": {
        "auth_type": "custom",
        "custom_auth_request": {"endpoint": "/login", "body": {"password": TOKEN}},
        "custom_auth_request_template": {"headers": {"X-Session": "{{.access_token}}"}},
    },
}
CREDENTIAL_HEADERS = ("Authorization", "authorization", "AUTHORIZATION", "Proxy-Authorization", "Cookie")
CONNECTION_HEADERS = (
    "Host",
    "host",
    "Content-Length",
    "Transfer-Encoding",
    "transfer-encoding",
    "Connection",
    "TE",
    "Trailer",
    "Upgrade",
    "Expect",
)
INVALID_VALUES = {
    "line break": "a\r\nX-Injected: 1",
    "line feed": "a\nX-Injected: 1",
    "carriage return": "a\rX-Injected: 1",
    "null": "a\0b",
    "space before": " a",
    "not ASCII": "\u010a\u010d",  # a careless encoder turns it into a line break
    "delete": "a\x7f",
}
INVALID_NAMES = ("", "X Y", "X:Y", "X\r\nY", "X\nY: 1", "X\0", "X\t", "Ünï", "X(Y)", "X\u00a0", ":authority")


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    number = logger.add(lambda message: lines.append(str(message)), format="{message}")
    yield lines
    logger.remove(number)


@pytest.fixture
def fetch(api: Any, web_reply: Any) -> Fetch:
    """Return a function that reads a listing with a selector to its end."""
    api.answers |= {
        "/items": web_reply({"items": [{"id": 1}], "next_cursor": None}),
        "/parents": web_reply([{"id": "a\r\nX-Injected: 1"}]),
        "/login": web_reply({"access_token": "made-up-access"}),
    }

    async def fetch(selector: Json, *, since: datetime | None = None, **config: Any) -> None:
        settings = Settings.from_config({"base_url": api.url, "max_retries": 0, **config}, {})
        listing = {"data_path": ".items", **selector}
        resource = read_resource(listing.pop("kind", "/items"), listing, settings.pagination)
        resource = resource.since(since) if since else resource
        async with open_extractor(settings, [resource]) as extractor:
            async for _ in extractor.batches(resource):
                pass

    return fetch


def sent(api: Any, name: str) -> list[str]:
    """Return a header's values in all requests for items."""
    lines = [line for request in api.requests if "/items" in request for line in request.splitlines()]
    return [line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name.lower()}:")]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", CREDENTIAL_HEADERS)
async def test_credential_header_is_rejected(name: str, scheme: str, fetch: Fetch, api: Any) -> None:
    with pytest.raises(
        SyncError, match=f"/items: the mapping may not set the header {name}, which identifies"
    ):
        await fetch({"headers": {name: "Bearer other"}}, **SCHEMES[scheme])
    assert sent(api, name) == []


@pytest.mark.parametrize("name", [*CONNECTION_HEADERS, *ROUTING_HEADERS])
async def test_header_that_controls_the_request_is_rejected(name: str, fetch: Fetch, api: Any) -> None:
    with pytest.raises(SyncError, match=f"may not set the header {name}, which controls"):
        await fetch({"headers": {name: "1"}})
    assert api.requests == []


@pytest.mark.parametrize("name", CALLER_HEADERS)
def test_header_that_identifies_the_caller_is_rejected(name: str) -> None:
    request = Request("GET", "https://x.io/a", headers=((name, "GET"),))
    with pytest.raises(RefusedError, match=f"the header {re.escape(name)}, which identifies the caller"):
        HeaderPolicy(()).check(request)


@pytest.mark.parametrize("name", CALLER_HEADERS[::8])
async def test_no_request_is_sent_with_a_header_that_identifies_the_caller(
    name: str, fetch: Fetch, api: Any
) -> None:
    with pytest.raises(SyncError, match=f"the header {re.escape(name)}, which identifies the caller"):
        await fetch({"headers": {name: "other"}})
    assert api.requests == []


@pytest.mark.parametrize("method", ["DELETE", "delete", "POST", "PATCH", "GET, DELETE", "1"])
async def test_header_that_overrides_the_method_is_rejected(method: str, fetch: Fetch, api: Any) -> None:
    for name in METHOD_HEADERS:
        with pytest.raises(SyncError, match="which overrides the method"):
            await fetch({"headers": {name: method}})
    assert api.requests == []


@pytest.mark.parametrize("method", ["GET", "get", "HEAD"])
async def test_method_may_be_overridden_by_a_reading_method(method: str, fetch: Fetch, api: Any) -> None:
    """Google's and LinkedIn's APIs require this for long queries sent by POST."""
    await fetch({"method": "POST", "headers": {"X-HTTP-Method-Override": method}})
    await fetch({"method": "POST", "body": {"_method": method}, "query_params": {"_method": method}})
    assert len(api.requests) == 2


async def test_ordinary_headers_are_sent(fetch: Fetch, api: Any) -> None:
    for some in batched(ORDINARY_HEADERS, 40):
        await fetch({"headers": dict.fromkeys(some, "application/json")})
    assert [name for name in ORDINARY_HEADERS if "application/json" not in sent(api, name)] == []


async def test_operator_may_set_a_header_that_identifies_the_caller(fetch: Fetch, api: Any) -> None:
    await fetch({}, custom_headers={"Sudo": "bot", "X-Forwarded-For": "10.0.0.1"})
    assert (sent(api, "Sudo"), sent(api, "X-Forwarded-For")) == (["bot"], ["10.0.0.1"])
    template = {"headers": {"Sudo": "{{.access_token}}"}}
    await fetch({}, **{**SCHEMES["custom"], "custom_auth_request_template": template})
    assert sent(api, "Sudo") == ["bot", "made-up-access"]


def places(name: str, value: str) -> dict[str, Json]:
    """Return selectors by the place where the mapping puts a parameter."""
    query = urlencode({name: value})
    return {
        "query_params": {"query_params": {name: value}},
        "the kind": {"kind": f"/items?{query}"},
        "the kind, behind a semicolon": {"kind": f"/items?a=1;{query}"},
        "the body": {"method": "POST", "body": {name: value}},
        "a form in a text of the body": {
            "method": "POST",
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
            "body_type": "json",
            "body": [f"a&{query}&b"],
        },
        "a form in a body of type text": {
            "method": "POST",
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
            "body_type": "text",
            "body": f"a=1&{query}",
        },
        "the text of a form": {"method": "POST", "body_type": "form", "body": f"a=1&{query}"},
        "the fields of a form": {"method": "POST", "body_type": "form", "body": {name: [value]}},
        "a part": {"method": "POST", "body_type": "multipart", "body": {name: value}},
        "a value": {
            "kind": "/items?{name}=" + quote(value),
            "path_parameters": {"name": {"values": [name]}},
        },
    }


@pytest.mark.parametrize("name", [*METHOD_PARAMETERS, *CALLER_PARAMETERS])
async def test_parameter_that_overrides_the_method_or_the_user_is_rejected(
    name: str, fetch: Fetch, api: Any
) -> None:
    message = "which identifies the caller" if name in CALLER_PARAMETERS else "which overrides the method"
    for place, selector in places(name, "DELETE").items():
        with pytest.raises((SyncError, ExceptionGroup)) as caught:
            await fetch(selector)
        error = caught.value.exceptions[0] if isinstance(caught.value, ExceptionGroup) else caught.value
        assert message in str(error), place
    assert api.requests == []


@pytest.mark.parametrize(
    "selector",
    [
        {"incremental": {"param": "_method"}},
        {"incremental": {"param": "_method", "location": "body"}, "method": "POST"},
        {"pagination": {"type": "cursor", "param": "_method", "cursor_path": '. | "DELETE"'}},
        {"pagination": {"type": "page", "size_param": "sudo"}},
        {"pagination": {"type": "page", "param": "X-HTTP-Method-Override", "param_location": "header"}},
    ],
    ids=["incremental", "incremental in a body", "a cursor", "a size", "a page in a header"],
)
async def test_parameter_of_pagination_or_incremental_is_rejected_too(
    selector: Json, fetch: Fetch, api: Any
) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC) if "incremental" in selector else None
    with pytest.raises(SyncError, match=r"may not set the (parameter|header)"):
        await fetch(selector, since=since)
    assert [request for request in api.requests if "_method" in request or "sudo" in request] == []


async def test_ordinary_parameters_are_sent(fetch: Fetch, api: Any) -> None:
    everything = dict.fromkeys(ORDINARY_PARAMETERS, "DELETE")
    for selector in (
        {"query_params": everything},
        {"kind": f"/items?{urlencode(everything)}"},
        {"method": "POST", "body": everything},
    ):
        await fetch(selector)
    assert len(api.requests) == 3


async def test_operator_may_set_a_parameter_that_identifies_the_caller(fetch: Fetch, api: Any) -> None:
    await fetch({}, custom_query_params={"sudo": "bot"})
    assert "sudo=bot" in api.requests[0]


@pytest.mark.parametrize(
    ("scheme", "name", "value"),
    [("api_key", "X-Key", TOKEN), ("api_key", "x-KEY", TOKEN), ("custom", "X-Session", "made-up-access")],
)
async def test_mapping_cannot_replace_the_header_of_the_authentication(
    scheme: str, name: str, value: str, fetch: Fetch, api: Any
) -> None:
    await fetch({"headers": {name: "other"}}, **SCHEMES[scheme])
    assert sent(api, name) == [value]


async def test_replaced_custom_header_is_logged_once(fetch: Fetch, api: Any, log: list[str]) -> None:
    """It may be intended, such as the API version of one endpoint, or it may be a credential."""
    paged = {"pagination": {"type": "page"}, "headers": {"x-own": "other", "Accept": "text/csv"}}
    await fetch(paged, custom_headers={"X-Own": CUSTOM, "Accept": "application/json"})
    logged = [line.strip() for line in log if "customHeaders" in line]
    assert logged == ["The mapping replaces the header x-own of customHeaders"]
    assert set(sent(api, "X-Own")) == {"other"}


@pytest.mark.parametrize("value", INVALID_VALUES.values(), ids=INVALID_VALUES)
async def test_value_with_a_line_break_is_a_mapping_error(value: str, fetch: Fetch, api: Any) -> None:
    with pytest.raises(ResourceError, match="line breaks or is not ASCII"):
        await fetch({"headers": {"X-Own": value}})
    assert api.requests == []


@pytest.mark.parametrize("name", INVALID_NAMES)
async def test_invalid_header_name_is_a_mapping_error(name: str, fetch: Fetch, api: Any) -> None:
    with pytest.raises(ResourceError, match="is not a valid header name"):
        await fetch({"headers": {name: "1"}})
    assert api.requests == []


async def test_parent_value_with_a_line_break_is_not_sent(fetch: Fetch, api: Any) -> None:
    parent = {"parent": {"endpoint": "/parents", "field": ".id", "pagination": {"type": "none"}}}
    with pytest.raises((SyncError, ExceptionGroup)) as caught:
        await fetch({"path_parameters": parent, "headers": {"X-Own": "{parent}"}})
    assert "cannot be sent" in str([caught.value, getattr(caught.value, "exceptions", "")])
    assert sent(api, "X-Injected") == []


@pytest.mark.parametrize(
    ("param", "cursor"),
    [("X-After", "a\r\nX-Injected: 1"), ("X-After\r\nX-Injected", "a"), ("Authorization", "Bearer other")],
    ids=["a cursor of two lines", "a name of two lines", "a credential header"],
)
async def test_cursor_with_a_line_break_is_not_sent_in_a_header(
    param: str, cursor: str, fetch: Fetch, api: Any, web_reply: Any
) -> None:
    """The mapping sets the header's name, and the API sets the cursor."""
    api.answers["/items"] = web_reply({"items": [{"id": 1}], "next_cursor": cursor})
    paging = {"type": "cursor", "param": param, "param_location": "header"}
    with pytest.raises(SyncError, match=r"cannot be sent|may not set"):
        await fetch({"pagination": paging}, **SCHEMES["bearer_token"])
    assert sent(api, "X-Injected") == []
    assert set(sent(api, "Authorization")) == {f"Bearer {TOKEN}"}


async def test_placeholder_in_a_header_name_is_invalid(fetch: Fetch, api: Any) -> None:
    with pytest.raises(ResourceError, match="is not a valid header name"):
        await fetch({"headers": {"{parent}": "1"}})
    assert api.requests == []
