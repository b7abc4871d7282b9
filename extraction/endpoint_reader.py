"""Reading endpoints, from the API or from the cache of listings."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import replace

from configuration.incremental import Changes
from configuration.resource import Endpoint, Resource, Value
from configuration.settings import Settings
from extraction.endpoints import bind, request_for, template_key
from extraction.listings import ListingCache, Sender
from extraction.observed_pages import TemplateObservations
from extraction.pages import walk_pages
from extraction.verdict import Verdict
from http_client import HttpClient
from rest.page import Page


class EndpointReader:
    """Reads any endpoint of one API during one resync. Remembers what it observed of each template.

    shared: the template keys of the listings that are cached.
    clock: the API's clock, as its responses show it.
    """

    def __init__(
        self, settings: Settings, client: HttpClient, listings: ListingCache, shared: frozenset[str]
    ) -> None:
        self._base_url = settings.base_url
        self._responses = settings.responses
        self._client = client
        self._listings = listings
        self._shared = shared
        self.clock = client.clock
        self._observations: dict[str, TemplateObservations] = {}

    async def pages(
        self,
        template: Endpoint,
        values: Mapping[str, Value],
        verdict: Verdict,
        width: int = 1,
        changes: Changes | None = None,
    ) -> AsyncGenerator[Page]:
        """Yield the pages of a template that is bound to values.

        verdict: receives doubts and proofs that the listing is complete.
        width: how many pages are requested at once. changes: request only these; None: everything.

        Raises ResourceError: a value would change the path. Other errors as `walk_pages` does.
        """
        endpoint = bind(template, values)
        endpoint = replace(endpoint, responses=(*endpoint.responses, *self._responses))
        request = request_for(endpoint, self._base_url)
        request = changes.applied(request) if changes else request
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
        return self._listings.for_walk() if key in self._shared else nullcontext(self._client)


def shared_templates(resources: Iterable[Resource]) -> frozenset[str]:
    """Return the keys of templates that are read more than once.

    These are the templates of several resources or parameters, and the parents of resources with several
    parameters: they are read again for each value of another parameter.
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
