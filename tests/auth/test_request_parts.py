"""What a login adds to the body of a request."""

import httpx
import pytest

from auth.request_parts import RequestParts
from rest.errors import AuthError

PARTS = RequestParts(body={"token": "t 1", "b": 5})
FORM = "application/x-www-form-urlencoded"


def merged(content: bytes, content_type: str) -> httpx.Request:
    headers = {"Content-Type": content_type} if content_type else {}
    return PARTS.merged(httpx.Request("POST", "https://x.io/a", headers=headers, content=content))


@pytest.mark.parametrize(
    ("content", "content_type", "result"),
    [
        (b'{"a": 1, "b": 2}', "application/json", b'{"a": 1, "b": 5, "token": "t 1"}'),
        (b"", "", b'{"token": "t 1", "b": 5}'),
        (b"a=1&a=2&b=3&c=%20", FORM, b"a=1&a=2&c=+&token=t+1&b=5"),
        (b"", FORM, b"token=t+1&b=5"),
    ],
)
def test_fields_are_added_to_json_and_forms(content: bytes, content_type: str, result: bytes) -> None:
    request = merged(content, content_type)
    assert request.content == result
    assert request.headers["Content-Length"] == str(len(result))
    assert request.headers["Content-Type"] == (content_type or "application/json")


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x"])
def test_other_bodies_take_no_fields(content_type: str) -> None:
    with pytest.raises(AuthError, match=r"the login adds fields to the body, but the body has the type"):
        merged(b"text", content_type)
