"""Checks of a page that do not need a listing."""

import json

import pytest

from expressions.paths import jq_path
from extraction.page_checks import PageFormat, doubts_of
from rest.page import Page
from rest.request import Request
from rest.response import Response


@pytest.mark.parametrize("following", ["https://a.example/x?marker=2", None])
def test_partial_beside_a_next_link_only_means_more_pages(following: str | None) -> None:
    body = {"data": [{"id": 1}], "pagination": {"partial": True, "next": following}}
    request = Request("GET", "https://a.example/x")
    response = Response(200, {}, json.dumps(body).encode())
    page = Page(request, response, [{"id": 1}], 1, steps=jq_path(".data").leading_steps)
    doubts = [str(error) for error in doubts_of(page, PageFormat.of(page))]
    assert bool(doubts) is (following is None)
