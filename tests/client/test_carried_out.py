"""Whether a request that failed may have been carried out, by what failed."""

import httpx
import pytest

from client import may_be_carried_out_after, may_be_carried_out_by
from rest.errors import TransientError
from rest.response import Response

MARK = "ours"
OURS = httpx.Request("POST", "https://x.io/a", extensions={MARK: True})
LOGIN = httpx.Request("POST", "https://x.io/login")


@pytest.mark.parametrize(
    ("error", "may"),
    [
        (httpx.ConnectError("", request=OURS), False),
        (httpx.ConnectTimeout("", request=OURS), False),
        (httpx.PoolTimeout("", request=OURS), False),
        (httpx.ProxyError("", request=OURS), False),
        (httpx.ReadTimeout("", request=OURS), True),
        (httpx.ReadTimeout("", request=LOGIN), False),
        (httpx.ReadError(""), True),
        (OSError(), True),
        (TransientError("no whole answer within 20 s"), True),
        (TransientError("the login: status 503", status=503), False),
    ],
    ids=repr,
)
def test_what_failed_tells_whether_it_was_sent(error: Exception, *, may: bool) -> None:
    assert may_be_carried_out_by(error, MARK) is may


def test_a_status_tells_whether_it_was_begun() -> None:
    may = {status for status in range(200, 600) if may_be_carried_out_after(Response(status), None)}
    assert {*range(200, 600)} - may == {408, 425, 429, 503}
    assert not may_be_carried_out_after(Response(403, {"retry-after": "1"}), None)
    assert not may_be_carried_out_after(Response(500), "retry")
    assert not may_be_carried_out_after(Response(200), "rate_limited")
    assert may_be_carried_out_after(Response(500), "fail")
