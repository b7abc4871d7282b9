"""Checks of a page that do not need a listing."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from expressions.paths import jq_path
from extraction.page_checks import PageFormat, doubts_of
from rest.bodies import Json
from rest.page import Page
from rest.request import Request
from rest.response import Response

NEXT = "https://a.example/x?marker=2"


@pytest.mark.parametrize(
    ("envelope", "is_doubtful"),
    [
        ({"pagination": {"partial": True, "next": NEXT}}, False),
        ({"pagination": {"partial": True, "next": None}}, True),
        ({"pagination": {"incomplete": True, "next": NEXT}}, True),
        ({"partial": True, "next": NEXT}, True),
        ({"meta": {"partial": True, "next": NEXT}}, True),
    ],
    ids=["pages_follow", "no_next_link", "other_name", "beside_the_items", "about_the_items"],
)
def test_partial_beside_a_next_link_only_means_more_pages(
    envelope: dict[str, Json], *, is_doubtful: bool
) -> None:
    body = {"data": [{"id": 1}], **envelope}
    request = Request("GET", "https://a.example/x")
    response = Response(200, {}, json.dumps(body).encode())
    page = Page(request, response, [{"id": 1}], 1, steps=jq_path(".data").leading_steps)
    assert bool(list(doubts_of(page, PageFormat.of(page)))) is is_doubtful


@pytest.mark.parametrize(
    ("warnings", "is_partial"),
    [
        (["fetch from store a: partial response: unavailable"], True),
        (["other", "The results may be incomplete"], True),
        ("Partial data: one shard is down", True),
        (["results truncated due to limit"], True),
        (["The response was truncated at 1000 rows"], True),
        (["Data truncated for column 'name' at row 1"], False),
        (["Titles in the results are truncated to 80 characters"], False),
        (["No store matches this query", 7], False),
        ("Partial updates are deprecated", False),
        ([], False),
        (None, False),
    ],
)
async def test_a_warning_that_items_are_missing_is_a_doubt(
    fetched: Callable[..., Any], warnings: Any, *, is_partial: bool
) -> None:
    body = {"status": "success", "data": [{"id": 1}], "warnings": warnings}
    found = await fetched(lambda _: body, "/rules", {"data_path": ".data"})
    assert (found.error is not None) is is_partial
    assert not is_partial or "the response says that it is incomplete: warnings is " in str(found.error)
    nested = {"data": [{"id": 1}], "meta": {"warnings": warnings}}
    assert (await fetched(lambda _: nested, "/rules", {"data_path": ".data"})).error is None


@pytest.mark.parametrize(("path", "is_partial"), [("/orders", True), ("/orders?state=incomplete", False)])
async def test_a_state_that_was_requested_is_a_filter(
    fetched: Callable[..., Any], path: str, *, is_partial: bool
) -> None:
    body = {"state": "incomplete", "orders": [{"id": 1}]}
    found = await fetched(lambda _: body, path, {"data_path": ".orders"})
    assert (found.error is not None) is is_partial


@pytest.mark.parametrize(
    ("warning", "is_partial"),
    [
        ('299 - "This version is deprecated"', False),
        ('299 - "This version is deprecated", 299 - "Response truncated"', True),
        ("truncated", False),
    ],
)
async def test_a_warning_in_a_header_is_read(
    fetched: Callable[..., Any], warning: str, *, is_partial: bool
) -> None:
    response = httpx.Response(200, json={"items": [{"id": 1}]}, headers={"warning": warning})
    found = await fetched(lambda _: response, "/x", {"data_path": ".items"})
    assert (found.error is not None) is is_partial


async def test_a_single_item_has_a_state_of_its_own(fetched: Callable[..., Any]) -> None:
    found = await fetched(lambda _: {"status": "partial", "amount": 5}, "/order", {})
    assert (found.error, len(found.items)) == (None, 1)
