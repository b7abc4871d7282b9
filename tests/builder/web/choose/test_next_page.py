"""The check of the next page."""

import json

import pytest

from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm, NextPage
from builder.web.choose.next_page import next_page_result, request_next_page, with_next_page
from builder.web.connect.form import ConnectionForm
from builder.web.page.issues import NotReadyError
from builder.web.page.workspace import Workspace
from configuration.pagination import PaginationSettings
from rest.page import Item

_ITEMS: list[Item] = [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("next_items", "is_good", "message"),
    [
        ([{"id": 3}], True, "1 new item"),
        ([{"id": 2}, {"id": 3}, {"id": 4}], True, "2 new items"),
        ([{"id": 2, "__parent": "x"}, {"id": 1}], False, "the same items again"),
        ([], False, "is empty"),
    ],
    ids=["one new item", "two new items", "the same items", "no items"],
)
def test_new_items_prove_the_pagination(next_items: list[Item], is_good: bool, message: str) -> None:  # noqa: FBT001 - a table's column
    form = fill_in(EndpointForm(1, "/users"), parse_response(json.dumps(_ITEMS)), "pasted", "")
    page = NextPage(PaginationSettings(), parse_response(json.dumps(next_items)))
    sample = with_next_page(form, page).sample
    assert sample
    result = next_page_result(sample)
    assert result
    assert result.is_good is is_good
    assert len(sample.items_of_all_pages) == len({each["id"] for each in (*_ITEMS, *next_items)})
    assert message in result.message


async def test_an_incomplete_connection_is_an_issue() -> None:
    with pytest.raises(NotReadyError, match="Base URL: Required"):
        await request_next_page(Workspace(), EndpointForm(1, "/users"))


async def test_a_sample_without_a_next_page_is_an_issue(users: str) -> None:
    connection = ConnectionForm({"baseUrl": "https://api.example.com", "paginationType": "auto"})
    form = fill_in(
        EndpointForm(1, "/users"), parse_response(users), "pasted", "https://api.example.com/users"
    )
    with pytest.raises(NotReadyError, match="no next request below the base URL"):
        await request_next_page(Workspace(connection, (form,)), form)
