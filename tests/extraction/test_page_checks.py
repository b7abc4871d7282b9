"""Checks of a page that do not need a listing."""

import json

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
    ],
    ids=["pages_follow", "no_next_link", "other_name", "beside_the_items"],
)
def test_partial_beside_a_next_link_only_means_more_pages(
    envelope: dict[str, Json], *, is_doubtful: bool
) -> None:
    body = {"data": [{"id": 1}], **envelope}
    request = Request("GET", "https://a.example/x")
    response = Response(200, {}, json.dumps(body).encode())
    page = Page(request, response, [{"id": 1}], 1, steps=jq_path(".data").leading_steps)
    assert bool(list(doubts_of(page, PageFormat.of(page)))) is is_doubtful
