"""The page size and the page number or offset in a request."""

import pytest

from builder.inference.request_paging import NumericParameter, PageCounter, find_page_counter, find_page_size
from rest.bodies import Json
from rest.request import Request

URL = "https://api.example.com/users"
SIZES = (
    *("limit", "per_page", "perPage", "page_size", "pageSize", "PageSize", "page[size]", "page[limit]"),
    *("size", "ps", "$top", "top", "first", "take", "rows", "maxResults", "max_results", "max", "count"),
)
PAGES = (
    *("page", "page[number]", "page_number", "pageNumber", "page_no", "pageNo", "pageIndex", "page_index"),
    *("currentPage", "current_page", "Page", "p"),
)
OFFSETS = ("offset", "page[offset]", "skip", "$skip", "startAt", "start", "startIndex", "start_index", "from")


@pytest.mark.parametrize("name", SIZES)
def test_page_size_is_found_by_its_name(name: str) -> None:
    request = Request("GET", f"{URL}?sort=2&{name}=50")
    assert find_page_size(request) == NumericParameter(name, 50, "query")


def test_ambiguous_name_is_the_last_choice() -> None:
    assert find_page_size(Request("GET", f"{URL}?count=1&limit=50")) == NumericParameter("limit", 50, "query")


@pytest.mark.parametrize("name", PAGES)
def test_page_number_is_found_by_its_name(name: str) -> None:
    request = Request("GET", f"{URL}?offset=7&{name}=3")
    assert find_page_counter(request) == PageCounter("page", NumericParameter(name, 3, "query"))


@pytest.mark.parametrize("name", OFFSETS)
def test_offset_is_found_by_its_name(name: str) -> None:
    request = Request("GET", f"{URL}?{name}=40")
    assert find_page_counter(request) == PageCounter("offset", NumericParameter(name, 40, "query"))


@pytest.mark.parametrize(
    ("body", "name"),
    [({"limit": 50}, "limit"), ({"query": "{ users }", "variables": {"first": 50}}, "variables.first")],
    ids=["body", "GraphQL variables"],
)
def test_page_size_in_a_body_is_found(body: Json, name: str) -> None:
    assert find_page_size(Request("POST", URL, body=body)) == NumericParameter(name, 50, "body")


@pytest.mark.parametrize(
    "query",
    ["", "limit=all", "page=-1", "from=2024-01-31", "limit=1234567890"],
    ids=lambda query: query or "none",
)
def test_other_values_are_not_page_parameters(query: str) -> None:
    request = Request("GET", f"{URL}?{query}", body=True)
    assert find_page_size(request) is None
    assert find_page_counter(request) is None


def test_boolean_is_not_a_page_parameter() -> None:
    assert find_page_size(Request("POST", URL, body={"limit": True})) is None
