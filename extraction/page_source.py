"""The pages of one listing as the API sends them, not judged yet."""

from dataclasses import replace

from client import check_rereading
from configuration.answer_rules import AnswerRules
from configuration.resource import Endpoint
from extraction.items import read_items
from extraction.link_check import check_next_link
from extraction.prefetch import Prefetch
from rest.page import Page
from rest.request import Request
from rest.response import Response


class PageSource:
    """Requests the pages of one bound endpoint."""

    def __init__(self, endpoint: Endpoint, sender: Prefetch, base_url: str = "") -> None:
        self._endpoint = endpoint
        self._base_url = base_url
        self._sender = sender
        self.rules = AnswerRules(endpoint.on_status, endpoint.responses)

    async def answer(self, request: Request) -> Response:
        """Return the response to a request."""
        return await self._sender.send(request, self.rules)

    async def page(self, request: Request, response: Response, before: Page | None = None) -> Page:
        """Return a response as the page after `before`, or as the first page. Raises ItemsError."""
        path = self._endpoint.data_path
        response, found = await read_items(response, path)
        page = Page(
            request,
            response,
            found.values,
            found.count,
            found.is_list,
            is_null=found.is_null,
            is_item=path is None and not found.is_list,
            steps=path.leading_steps if path else None,
        )
        if before is None:
            return page
        return replace(
            page,
            number=before.number + 1,
            items_before=before.items_so_far,
            largest_before=before.largest,
            previous_response=before.response,
        )

    def check_link(self, request: Request, page: Page) -> None:
        """Raises ResourceError: the mapping builds a link that leaves the path of the base URL."""
        check_next_link(request, page, self._endpoint.pagination, self._base_url)

    async def once_more(self, page: Page) -> Page:
        """Return a page read again, at its position. Raises DoubtError: its request must not be repeated."""
        check_rereading(page.request)
        again = await self.page(page.request, await self.answer(page.request))
        return replace(
            page,
            response=again.response,
            items=again.items,
            sent_count=again.count,
            is_list=again.is_list,
            is_null=again.is_null,
        )
