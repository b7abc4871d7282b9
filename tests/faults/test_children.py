"""A child fails or disappears while the others are read."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

pytestmark = pytest.mark.process

type Read = Callable[..., Awaitable[Any]]

STYLES = ("none", "offset", "page", "cursor", "next_link", "header_link", "auto")
OTHERS = frozenset([*range(1000, 1030), *range(3000, 3030)])
FAULTY_CHILD = frozenset(range(2000, 2030))


@dataclass(frozen=True)
class Fault:
    """The fault of the second of three children, its page, and the expected error.

    stable_items: the items that exist during the whole read.
    normal_for: the pagination types for which the fault is a normal end.
    """

    name: str
    page: int
    error: str | None
    stable_items: frozenset[int] = OTHERS
    normal_for: tuple[str, ...] = ()


FAULTS = {
    "child_is_gone": Fault("404", 0, None),
    "child_is_gone_for_good": Fault("410", 0, "status 410 Gone"),
    "child_vanishes_while_read": Fault("404", 2, "status 404 Not Found", normal_for=("none", "offset")),
    "child_fails": Fault("500_always", 0, "status 500 Internal Server Error"),
    "child_s_page_fails": Fault("half_body", 2, "RemoteProtocolError"),
    "child_is_a_login_page": Fault("login_page", 0, "not a web page or a login page"),
    "child_is_cut_once": Fault("reset_after_headers_once", 2, None, OTHERS | FAULTY_CHILD),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("fault", FAULTS)
async def test_failed_child_is_reported_and_the_others_are_read(
    fault: str, style: str, read: Read, endpoint: Any, record_property: Callable[[str, object], None]
) -> None:
    expected = FAULTS[fault]
    listing = endpoint(style, expected.name, children=True, fault_page=expected.page)
    reading = await read(listing, max_retries=1)
    outcome = reading.outcome(expected.stable_items)
    record_property("cell", [fault, style, outcome])
    assert outcome == ("whole" if expected.error is None or style in expected.normal_for else "error"), (
        reading
    )
    assert set(reading.ids) >= OTHERS
    if reading.error:
        assert re.search(expected.error or "", str(reading.error))
        assert listing.kind in str(reading.error)
