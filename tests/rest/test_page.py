"""Pages: counts, and the position in the walk."""

from rest.page import Page
from rest.request import Request
from rest.response import Response

REQUEST = Request("GET", "https://x.io/a")


def test_a_page_counts_the_items_so_far_and_the_longest_page() -> None:
    page = Page(REQUEST, Response(200), [1, 2], number=3, items_before=30, largest_before=10)
    assert (page.items_so_far, page.largest) == (32, 10)
    assert Page(REQUEST, Response(200), [1, 2]).largest == 2


def test_a_page_counts_the_items_sent_and_not_those_that_data_path_keeps() -> None:
    page = Page(REQUEST, Response(200), [1], sent_count=5, items_before=10)
    assert (page.count, page.items_so_far, page.largest) == (5, 15, 5)
    assert Page(REQUEST, Response(200), [1]).count == 1
    assert Page(REQUEST, Response(200), [1], sent_count=0).count == 0


def test_a_page_is_by_default_an_unannounced_list() -> None:
    page = Page(REQUEST, Response(200), [])
    assert (page.is_list, page.announced_by, page.previous) == (True, None, None)
