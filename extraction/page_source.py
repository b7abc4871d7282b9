"""The pages of one listing as the API sends them, not judged yet."""

from dataclasses import replace

from client import check_rereading, is_repeatable
from configuration.answer_rules import AnswerRules
from configuration.resource import Endpoint
from extraction.endpoints import request_for
from extraction.items import ExtractedItems, read_items
from extraction.link_check import check_next_link
from extraction.page_sizing import PageSizing
from extraction.prefetch import Prefetch
from extraction.system_clock import SYSTEM_CLOCK, Clock
from extraction.validator_check import changed_fields, summed, untrue_validator
from pagination import Paginator
from rest.errors import RequestError, SyncError, TransientError
from rest.page import Page
from rest.request import Request
from rest.response import Response

# Times in responses often have whole seconds.
_REREADING_S = 1.1


class PageSource:
    """Requests the pages of one bound endpoint.

    then: the request for the pages after the first, if it is another one.
    """

    def __init__(
        self, endpoint: Endpoint, sender: Prefetch, base_url: str = "", clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._base_url = base_url
        self._sender = sender
        self.sizing = PageSizing(endpoint)
        self._all_retries = AnswerRules(endpoint.on_status, endpoint.responses, endpoint.format)
        self.rules = replace(self._all_retries, max_retries=self.sizing.retries)
        self.then = request_for(endpoint.then, base_url) if endpoint.then else None

    async def answer(self, request: Request) -> Response:
        """Return the response to a request."""
        return await self._sender.send(request, self.rules)

    async def fetch(
        self, paginator: Paginator, request: Request, before: Page | None = None
    ) -> tuple[Request, Response]:
        """Return the request that succeeded and its response. It is a smaller one if the page was too large.

        before: the page before the requested one.
        """
        if not self.sizing.is_on:
            return request, await self.answer(request)
        while True:
            try:
                return request, await self.answer(request)
            except RequestError as error:
                smaller = self.sizing.after_failure(paginator, request, before, error)
                if smaller is None and isinstance(error, TransientError) and is_repeatable(request):
                    return request, await self._sender.send(request, self._all_retries)
                if smaller is None:
                    raise
                request = smaller

    async def page(self, request: Request, response: Response, before: Page | None = None) -> Page:
        """Return a response as the page after `before`, or as the first page.

        Raises ItemsError, and UntrueValidatorError: earlier responses of the API may have hidden changes.
        """
        path = self._endpoint.data_path
        response, found = await read_items(response, path)
        if response.kept and response.kept.contradicted:
            await self._check_validator(request, response, response.kept.contradicted, found)
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

    async def _check_validator(
        self, request: Request, response: Response, before: Response, found: ExtractedItems
    ) -> None:
        """Compare the items of two responses that have the same validator and different bodies."""
        try:
            _, kept = await read_items(before, self._endpoint.data_path)
        except SyncError:  # the mapping reads it differently by now
            return
        now = await summed(found.values, found.count)
        changed = changed_fields(await summed(kept.values, kept.count), now)
        if not changed:
            return
        await self._clock.sleep(_REREADING_S)
        _, again = await read_items(await self.answer(request), self._endpoint.data_path)
        volatile = changed_fields(now, await summed(again.values, again.count))
        if error := untrue_validator(changed, volatile, response):
            raise error

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
