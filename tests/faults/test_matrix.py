"""Every fault of an API with every pagination type.

A fault never causes a wrong deletion or a hang, and the message says what happened.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from client import Limits, RetryPolicy

pytestmark = pytest.mark.process

type Read = Callable[..., Awaitable[Any]]
type Cell = tuple[str, str]

STYLES = ("none", "offset", "page", "cursor", "next_link", "header_link", "auto")
FOLLOWED = ("cursor", "next_link", "header_link")
ITEMS = frozenset(range(120))
MOST_MIB = 200


@dataclass(frozen=True)
class Fault:
    """The expected result of a listing with this fault.

    error: regular expression for the error; None: the listing is complete.
    stable_items: the items that exist during the whole read.
    retries: attempts after the first. timeout: in seconds, short for faults that a timeout ends.
    unharmed: the pagination types that the fault does not affect.
    """

    error: str | None = None
    stable_items: frozenset[int] = ITEMS
    retries: int = 0
    timeout: float = 5
    unharmed: tuple[str, ...] = ()

    def outcome(self, style: str) -> str:
        return "whole" if self.error is None or style in self.unharmed else "error"


SHORT = 0.5
NO_ANSWER = "ReadError|RemoteProtocolError"
CUT = "RemoteProtocolError: peer closed connection without sending complete message body"
NO_JSON = "the response is not JSON"
AGAIN = "items of an earlier page again|leads back to an earlier page"
FAULTS = {
    "right": Fault(),
    "reset_before_headers": Fault(NO_ANSWER),
    "closed_before_headers": Fault("Server disconnected without sending a response"),
    "reset_in_headers": Fault(NO_ANSWER),
    "closed_in_headers": Fault("Server disconnected without sending a response"),
    "reset_after_headers": Fault(NO_ANSWER),
    "half_body": Fault(CUT),
    "length_too_short": Fault(NO_JSON),
    "length_too_long": Fault(CUT),
    "length_no_number": Fault("bad Content-Length"),
    "two_lengths": Fault("conflicting Content-Length"),
    "chunk_cut": Fault(CUT),
    "last_chunk_missing": Fault(CUT),
    "chunk_size_no_number": Fault("illegal chunk header"),
    "no_http": Fault("RemoteProtocolError"),
    "endless_headers": Fault("RemoteProtocolError"),
    "silence": Fault("no complete response|Timeout", timeout=SHORT),
    "silence_after_headers": Fault("no complete response|Timeout", timeout=SHORT),
    "trickled_headers": Fault("no complete response|Timeout", timeout=SHORT),
    "trickled_body": Fault("no complete response|Timeout", timeout=SHORT),
    "429_storm": Fault("status 429 Too Many Requests, 4 times", retries=3),
    "429_for_days": Fault("asking to wait 999999 s", retries=3),
    "500_always": Fault("status 500 Internal Server Error"),
    "500_every_10th": Fault(retries=1),
    "401": Fault("status 401 Unauthorized.*Check authType"),
    "403": Fault("status 403 Forbidden.*lack permission"),
    "404": Fault("status 404 Not Found"),
    "410": Fault("status 410 Gone"),
    "error_body": Fault("does not exist in the response. The response has .error|one object"),
    "login_page": Fault(r"not JSON \(text/html\).*not a web page or a login page"),
    "login_page_called_json": Fault(r"not JSON \(application/json\).*Sign in"),
    "redirect_loop": Fault("redirected more than 10 times"),
    "redirect_elsewhere": Fault("is not a trusted origin.*trustedOrigins"),
    "redirect_nowhere": Fault("redirects to an invalid URL"),
    "no_body": Fault("the response has no body"),
    "no_body_and_no_length": Fault("the connection closed before the body was sent"),
    "deep_json": Fault(NO_JSON),
    "name_twice": Fault(),
    "nan": Fault(NO_JSON),
    "invalid_utf8": Fault(NO_JSON),
    "half_gzip": Fault(f"{NO_JSON}|is truncated"),
    "no_gzip": Fault("DecodingError"),
    "huge_body": Fault("the body is larger than 16 MiB"),
    "gzip_bomb": Fault("the body is larger than 16 MiB"),
    "way_to_itself": Fault("gives the same", unharmed=("none", "offset", "page", "auto")),
    "circle": Fault(AGAIN, unharmed=("none",)),
    "page_again": Fault(AGAIN, unharmed=("none",)),
    "shrink": Fault(stable_items=ITEMS - {0, 1, 2}),
    "shrink_ahead": Fault(stable_items=ITEMS - {117, 118, 119}),
    "grow": Fault(),
    "grow_ahead": Fault(),
    "reset_before_headers_once": Fault(retries=1),
    "closed_before_headers_once": Fault(retries=1),
    "reset_in_headers_once": Fault(retries=1),
    "reset_after_headers_once": Fault(retries=1),
    "half_body_once": Fault(retries=1),
    "length_too_long_once": Fault(retries=1),
    "chunk_cut_once": Fault(retries=1),
    "silence_once": Fault(retries=3, timeout=SHORT),
    "429_storm_once": Fault(retries=1),
    "500_always_once": Fault(retries=1),
}

# Faults that a client cannot detect. docs/reliability.md lists them.
LIMITS: dict[Cell, str] = {
    ("404", "offset"): "a 404 after a full page ends a listing without another signal",
    ("410", "offset"): "a 410 after a full page does the same",
    ("page_again", "offset"): "some APIs repeat their last page, and no total contradicts it",
    ("no_body", "none"): "spec §5: an empty body means no items",
    ("shrink", "offset"): "without a total, nothing shows that items have moved",
    ("shrink", "auto"): "the page count alone does not show it either",
    **dict.fromkeys(
        [("way_to_itself", style) for style in FOLLOWED],
        "spec §4: a repeated cursor or link ends the listing",
    ),
}


def cell(fault: str, style: str) -> Any:
    reason = LIMITS.get((fault, style))
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(fault, style, id=f"{fault}-{style}", marks=marks)


CELLS = [cell(fault, style) for fault in FAULTS for style in STYLES]


# Small, so that a cell takes less than a second. test_memory.py uses the real limits.
SMALL_LIMITS = Limits(memory_bytes=2**20, body_bytes=16 * 2**20, timeouts=2)


@pytest.mark.parametrize(("fault", "style"), CELLS)
async def test_fault_never_shortens_a_listing_silently(
    fault: str, style: str, read: Read, endpoint: Any, record_property: Callable[[str, object], None]
) -> None:
    expected = FAULTS[fault]
    listing = endpoint(style, fault)
    policy = RetryPolicy(expected.retries, base_s=0.01, longest_s=0.01)
    reading = await read(listing, limits=SMALL_LIMITS, retry_policy=policy, timeout=expected.timeout)
    outcome = reading.outcome(expected.stable_items)
    is_limit = outcome == "lost" and (fault, style) in LIMITS
    record_property("cell", [fault, style, "limit" if is_limit else outcome])
    assert outcome == expected.outcome(style), reading
    assert reading.peak_mib < MOST_MIB
    if reading.error:
        assert str(reading.error).startswith(listing.kind)
        assert re.search(expected.error or "", str(reading.error)), reading.error
        # Items read before the fault are loaded.
        assert style == "none" or set(range(20)) <= set(reading.ids)
