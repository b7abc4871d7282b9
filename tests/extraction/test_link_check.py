"""A next-page link that the mapping builds with jq stays below the base URL. A link of the API need not."""

import json

import pytest

from configuration.pagination import PaginationSettings
from extraction.link_check import check_next_link
from rest.bodies import Json
from rest.errors import ResourceError
from rest.page import Page
from rest.request import Request
from rest.response import Response

BASE = "https://x.io/api"


def check(url: str, body: Json, path: str = '.base + "/next"') -> None:
    pagination = PaginationSettings.model_validate({"type": "next_link", "next_link_path": path})
    request = Request("GET", f"{BASE}/items")
    page = Page(request, Response(200, {}, json.dumps(body).encode()), items=[])
    check_next_link(Request("GET", url), page, pagination, BASE)


def test_built_link_outside_of_the_base_url_is_an_error() -> None:
    with pytest.raises(ResourceError, match=r"builds a link to \S+, outside of baseUrl"):
        check("https://x.io/other/next", {"base": "https://x.io/other"})


@pytest.mark.parametrize(
    ("url", "body", "path"),
    [
        (f"{BASE}/next", {"base": BASE}, '.base + "/next"'),
        ("https://x.io/other/next", {"next": "/other/next"}, '.next + ""'),
        ("https://x.io/other/next", {"next": "/other/next"}, "next"),
    ],
    ids=["below the base URL", "path of the API", "link of the API"],
)
def test_other_links_are_accepted(url: str, body: Json, path: str) -> None:
    check(url, body, path)
