"""Where the pages of any endpoint come from: the API, or what was kept of its answers in this resync."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import replace

from configuration.answer_rules import AnswerRule
from configuration.incremental import Changes
from configuration.resource import Endpoint, Resource, Value
from extraction.endpoints import bound, request_for, template_key
from extraction.listings import Listings, Sender
from extraction.observed_pages import TemplateObservations
from extraction.pages import walk_pages
from extraction.verdict import Verdict
from rest.clocks import ApiClock
from rest.page import Page


class Source:
    """One API during one resync.

    shared: the template keys of endpoints that are needed more than once.
    responses: the rules for the answers of all endpoints, after those of their own.
    clock: the API's, as its answers tell it.
    """

    def __init__(
        self,
        base_url: str,
        client: Sender,
        listings: Listings,
        shared: frozenset[str],
        responses: tuple[AnswerRule, ...] = (),
        clock: ApiClock | None = None,
    ) -> None:
        self._base_url = base_url
        self._client = client
        self._listings = listings
        self._shared = shared
        self._responses = responses
        self.clock = clock or ApiClock()
        self._observations: dict[str, TemplateObservations] = {}

    async def pages(
        self,
        template: Endpoint,
        values: Mapping[str, Value],
        verdict: Verdict,
        width: int = 1,
        changes: Changes | None = None,
    ) -> AsyncGenerator[Page]:
        """The pages of the endpoint that a template and values make, `width` fetched at once.

        verdict: learns whether they are all. changes: asks for these alone.

        Raises ResourceError: a value that would leave its place; and what `walk` raises.
        """
        endpoint = bound(template, values)
        endpoint = replace(endpoint, responses=(*endpoint.responses, *self._responses))
        request = request_for(endpoint, self._base_url)
        request = changes.asked(request) if changes else request
        key = template_key(template)
        observations = self._observations.setdefault(f"{key} {template.pagination!r}", TemplateObservations())
        async with (
            self._sender(key) as sender,
            aclosing(
                walk_pages(endpoint, request, sender, observations, verdict, width, self._base_url)
            ) as pages,
        ):
            async for page in pages:
                yield page

    def _sender(self, key: str) -> AbstractAsyncContextManager[Sender]:
        return self._listings.recording() if key in self._shared else nullcontext(self._client)


def shared_templates(resources: Iterable[Resource]) -> frozenset[str]:
    """The templates that more than one resource or parameter asks for, and the parents that are read
    again for each value of another parameter.
    """
    seen: set[str] = set()
    shared: set[str] = set()
    for resource in resources:
        parents = [parameter.parent for parameter in resource.parameters if parameter.parent]
        for template in [resource.endpoint, *parents]:
            key = template_key(template)
            if key in seen or (template in parents and len(resource.parameters) > 1):
                shared.add(key)
            seen.add(key)
    return frozenset(shared)
