"""Which headers and parameters the mapping may not set. tests/security sends or refuses them in requests."""

import re
from typing import Any

import pytest

from client import HeaderPolicy
from rest.errors import RefusedError
from rest.request import Request
from tests.security.names import CALLER_HEADERS, ORDINARY_HEADERS

URL = "https://x.io/a"


@pytest.mark.parametrize("name", CALLER_HEADERS)
def test_header_that_identifies_the_caller_is_rejected(name: str) -> None:
    request = Request("GET", URL, headers=((name, "1"),))
    with pytest.raises(RefusedError, match=f"the header {re.escape(name)}, which identifies the caller"):
        HeaderPolicy(()).check(request)


def test_ordinary_headers_are_accepted() -> None:
    HeaderPolicy(()).check(Request("GET", URL, headers=tuple((name, "1") for name in ORDINARY_HEADERS)))


@pytest.mark.parametrize(
    "parts",
    [
        {"params": (("_method", "DELETE"),)},
        {"headers": (("content-type", "text/x-form"),), "body": "a=1&_method=DELETE"},
    ],
    ids=["in the query", "in a text of the body"],
)
def test_parameter_that_overrides_the_method_is_rejected(parts: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="the parameter _method, which overrides the method"):
        HeaderPolicy(()).check(Request("POST", URL, **parts))


def test_parameter_that_identifies_the_caller_is_rejected() -> None:
    with pytest.raises(RefusedError, match="the parameter sudo, which identifies the caller"):
        HeaderPolicy(()).check(Request("GET", f"{URL}?sudo=amy"))


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", URL, body={"name": "new"}),
        Request("PUT", URL, body={"name": "new"}),
        Request("PATCH", "https://x.io/search"),
        Request("POST", URL, retry=True),
        Request("POST", "https://x.io/graphql", body={"query": "mutation { remove(id: 1) }"}),
        Request("POST", "https://x.io/query", body={"sql": "DELETE FROM users"}),
    ],
    ids=["post", "put", "patch", "retried post", "mutation", "statement"],
)
def test_request_that_may_write_is_rejected_where_only_reading_is_allowed(request_: Request) -> None:
    HeaderPolicy(()).check(request_)
    with pytest.raises(RefusedError, match=f"a {request_.method} request .* was not sent"):
        HeaderPolicy((), reads_only=True).check(request_)


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", URL),
        Request("POST", "https://x.io/users/search", body={"text": "a"}),
        Request("POST", "https://x.io/graphql", body={"query": "query { users { id } }"}),
    ],
    ids=["get", "search", "query"],
)
def test_request_that_reads_is_accepted_where_only_reading_is_allowed(request_: Request) -> None:
    HeaderPolicy((), reads_only=True).check(request_)
