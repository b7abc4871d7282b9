"""Page sizes against APIs that fail on heavy pages, whatever else they do: no item is lost or repeated."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

type Fetch = Callable[..., Awaitable[Any]]

STYLES: dict[str, dict[str, Any]] = {
    "offset": {"type": "offset"},
    "range": {"type": "offset", "param": "range", "param_format": "{start}-{end}"},
    "page": {"type": "page", "size_param": "limit"},
    "cursor": {"type": "cursor", "param": "after"},
}


@dataclass(frozen=True)
class Heavy:
    """An API whose pages may weigh only so much. weights: of its items. cap: of the page size.

    signal: what it says of further pages: nothing, a total, the number of pages or a flag.
    """

    weights: tuple[int, ...]
    capacity: int
    signal: str
    cap: int

    def __call__(self, request: httpx.Request) -> Any:
        start, size = self._place(request.url.params)
        size = min(size, self.cap)
        page = list(range(start, min(start + size, len(self.weights))))
        if len(page) > 1 and sum(self.weights[number] for number in page) > self.capacity:
            return 504
        body: dict[str, Any] = {"items": [{"id": number} for number in page]}
        end, total = start + len(page), len(self.weights)
        if "after" in request.url.params or self.signal == "cursor":
            body["next_cursor"] = str(end) if end < total else None
        signals: dict[str, dict[str, Any]] = {
            "total": {"total": total},
            "pages": {"total_pages": math.ceil(total / size)},
            "flag": {"has_more": end < total},
        }
        return body | signals.get(self.signal, {})

    def _place(self, params: httpx.QueryParams) -> tuple[int, int]:
        if "range" in params:
            first, _, last = params["range"].partition("-")
            return int(first), int(last) - int(first) + 1
        size = int(params["limit"])
        if "page" in params:
            return (int(params["page"]) - 1) * min(size, self.cap), size
        return int(params.get("offset", params.get("after", 0))), size


APIS = st.builds(
    Heavy,
    st.lists(st.integers(0, 9), min_size=30, max_size=70).map(tuple),
    st.integers(9, 60),
    st.sampled_from(["nothing", "total", "pages", "flag"]),
    st.sampled_from([7, 1000]),
)


@pytest.mark.parametrize("style", STYLES)
@given(api=APIS, size=st.sampled_from([8, 12, 30]), smallest=st.sampled_from([1, 2, 3]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_listing_of_a_fragile_api_is_whole_or_an_error(
    style: str, api: Heavy, size: int, smallest: int, fetched: Fetch
) -> None:
    if style == "cursor":
        api = Heavy(api.weights, api.capacity, "cursor", api.cap)
    pagination = {**STYLES[style], "page_size": size, "page_size_min": smallest}
    outcome = await fetched(api, "/items", {"data_path": ".items", "pagination": pagination})
    ids = [item["id"] for item in outcome.items]
    assert sorted(set(ids)) == sorted(ids)
    if outcome.error is None:
        assert ids == list(range(len(api.weights)))
    elif smallest == 1 and api.cap == 1000:
        raise AssertionError(f"a page of one item never fails: {outcome.error}")
