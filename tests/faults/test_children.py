"""A child that vanishes, or fails, while the others are read."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

pytestmark = pytest.mark.process

type Read = Callable[..., Awaitable[Any]]

STYLES = ("none", "offset", "page", "cursor", "next_link", "header_link", "auto")
OTHERS = frozenset([*range(1000, 1030), *range(3000, 3030)])
STRUCK = frozenset(range(2000, 2030))


@dataclass(frozen=True)
class Fault:
    """What happens to the second of three children, on which of its pages, and what the error says.

    there: the items that were there from the beginning to the end.
    ended: the styles for which it is no error.
    """

    name: str
    page: int
    says: str | None
    there: frozenset[int] = OTHERS
    ended: tuple[str, ...] = ()


FAULTS = {
    "child_is_gone": Fault("404", 0, None),
    "child_is_gone_for_good": Fault("410", 0, "status 410 Gone"),
    "child_vanishes_while_read": Fault("404", 2, "status 404 Not Found", ended=("none", "offset")),
    "child_fails": Fault("500_always", 0, "status 500 Internal Server Error"),
    "child_s_page_fails": Fault("half_body", 2, "RemoteProtocolError"),
    "child_is_a_login_page": Fault("login_page", 0, "not a web page or a login page"),
    "child_is_cut_once": Fault("reset_after_headers_once", 2, None, OTHERS | STRUCK),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("fault", FAULTS)
async def test_child_that_fails_ends_neither_the_others_nor_unseen(
    fault: str, style: str, read: Read, endpoint: Any, record_property: Callable[[str, object], None]
) -> None:
    wanted = FAULTS[fault]
    asked = endpoint(style, wanted.name, children=True, struck=wanted.page)
    reading = await read(asked, max_retries=1)
    outcome = reading.outcome(wanted.there)
    record_property("cell", [fault, style, outcome])
    assert outcome == ("whole" if wanted.says is None or style in wanted.ended else "error"), reading
    assert set(reading.ids) >= OTHERS
    if reading.error:
        assert re.search(wanted.says or "", str(reading.error))
        assert asked.kind in str(reading.error)
