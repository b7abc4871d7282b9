"""Reading endpoints, from the API or from the cache of listings."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

from configuration.answer_rules import AnswerRules
from configuration.incremental import Changes
from configuration.parameter_values import Bound
from configuration.public_settings import public_settings
from configuration.resource import Endpoint, Resource
from configuration.settings import Settings
from configuration.windows import Span
from extraction.computed_values import ComputedValues
from extraction.endpoints import bind, request_for, template_key
from extraction.jobs import BoundJob, JobResult, JobRunner, ReceivedFirst
from extraction.kept_answers import kept_by_walk
from extraction.listings import ListingCache, Sender
from extraction.observed_pages import TemplateObservations
from extraction.pages import walk_pages
from extraction.system_clock import SYSTEM_CLOCK, Clock
from extraction.verdict import Verdict
from http_client import HttpClient
from rest.errors import DoubtError
from rest.page import Page
from rest.request import Request

_MAX_AHEAD = timedelta(days=1)


class EndpointReader:
    """Reads any endpoint of one API during one resync. Remembers what it observed of each template.

    shared: the template keys of the listings that are cached.
    base_url: of the API. clock: its clock, as its responses show it.
    started: when the resync started, by the clock of this machine.
    """

    def __init__(
        self,
        settings: Settings,
        client: HttpClient,
        listings: ListingCache,
        shared: frozenset[str],
        system_clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.base_url = settings.base_url
        self._settings = settings
        self._responses = settings.responses
        self._client = client
        self._listings = listings
        self._shared = shared
        self.clock = client.clock
        self._system_clock = system_clock
        self.started = system_clock.now()
        self._computed = ComputedValues(int(self.started.timestamp()), public_settings(settings))
        self._jobs = JobRunner(client, settings.base_url, system_clock)
        self._observations: dict[str, TemplateObservations] = {}
        self._by_identity: dict[int, tuple[Endpoint, str, TemplateObservations]] = {}

    def renewed(self) -> "EndpointReader":
        """Return a reader that starts now, and knows nothing of earlier responses."""
        return EndpointReader(self._settings, self._client, self._listings, self._shared, self._system_clock)

    async def evaluate(self, resource: Resource) -> None:
        """Evaluate the computed values of a resource. Raises ResourceError: one of them fails."""
        await self._computed.evaluate(resource)

    @property
    def now(self) -> datetime:
        """The time, by the clock that is ahead: the API's, unless that is wrong, or this machine's."""
        return self._system_clock.now() + min(self.clock.ahead, _MAX_AHEAD)

    async def pages(
        self,
        template: Endpoint,
        values: Mapping[str, Bound],
        verdict: Verdict,
        width: int = 1,
        changes: Changes | None = None,
        span: Span | None = None,
    ) -> AsyncGenerator[Page]:
        """Yield the pages of a template that is bound to values. If it has a job, those of its results.

        verdict: receives doubts and proofs that the listing is complete.
        width: how many pages are requested at once. changes: request only these; None: everything.
        span: request only this window of time; None: all times.

        Raises ResourceError: a value would change the path. Other errors as `walk_pages` does, and as
        `JobRunner.results` does.
        """
        values = {**values, **span.values} if span else values
        endpoint = await self._computed.filled(bind(template, values, self.base_url), changes)
        endpoint = replace(endpoint, responses=(*endpoint.responses, *self._responses))
        key, observations = self._observed(template)
        base_url, clock = self.base_url, self._system_clock
        start = self._start(endpoint, changes, span)
        results = await self._results(endpoint, values, start, verdict, is_shared=key in self._shared)
        if not results:
            verdict.proven("the job has no result")
        for result in results:
            async with self._sender(key, result, verdict) as sender:
                walk = walk_pages(
                    endpoint, result.request, sender, observations, verdict, width, base_url, clock=clock
                )
                async with aclosing(walk) as pages:
                    async for page in pages:
                        yield page

    def _observed(self, template: Endpoint) -> tuple[str, TemplateObservations]:
        """Return the key of a template, and what was observed of it. Each child has the same template."""
        known = self._by_identity.get(id(template))
        if known is None:
            key = template_key(template)
            # The template is kept, so that no other one gets its id.
            known = self._by_identity[id(template)] = (template, key, self._observations_of(key, template))
        return known[1:]

    def _observations_of(self, key: str, template: Endpoint) -> TemplateObservations:
        is_file = template.job is not None and template.pagination.type == "none"
        new = TemplateObservations(is_single=is_file)
        return self._observations.setdefault(f"{key} {template.pagination!r}", new)

    def head_length(self, template: Endpoint, values: Mapping[str, Bound]) -> int:
        """Return the length of the URL and the headers of a request, before pagination adds to them."""
        endpoint = bind(template, values, self.base_url)
        requests = [request_for(each, self.base_url) for _, each, _ in endpoint.requests()]
        return max(len(each.full_url) + sum(len(text) for _, text in each.headers) for each in requests)

    def _start(self, endpoint: Endpoint, changes: Changes | None, span: Span | None) -> Request:
        """Return the first request of a bound endpoint, or of its job."""
        start = request_for(endpoint.job.request if endpoint.job else endpoint, self.base_url)
        for narrowed in (changes, span):
            start = narrowed.applied(start) if narrowed else start
        return start

    async def _results(
        self,
        endpoint: Endpoint,
        values: Mapping[str, Bound],
        start: Request,
        verdict: Verdict,
        *,
        is_shared: bool,
    ) -> list[JobResult]:
        """Return the requests for the listings of a bound endpoint: its own, or those of its job."""
        if endpoint.job is None:
            return [JobResult(start)]
        rules = AnswerRules(endpoint.on_status, endpoint.responses)
        job = BoundJob(endpoint, endpoint.job, values)
        try:
            return await self._jobs.results(job, start, rules, is_shared=is_shared)
        except DoubtError as error:
            if not verdict.accepts(error):
                raise
            return []

    @asynccontextmanager
    async def _sender(self, key: str, result: JobResult, verdict: Verdict) -> AsyncGenerator[Sender]:
        shared = self._listings.for_walk() if key in self._shared else nullcontext(self._client)
        async with shared as first, kept_by_walk(first, self._client.conditional, verdict) as sender:
            yield ReceivedFirst(result.response, sender) if result.response else sender


def shared_templates(resources: Iterable[Resource]) -> frozenset[str]:
    """Return the keys of templates that are read more than once.

    These are the templates of several resources or sources, and the parents of resources with several
    parameters: they are read again for each value of another parameter.
    """
    seen: set[str] = set()
    shared: set[str] = set()
    for resource in resources:
        parents = [parent for parameter in resource.parameters for parent in parameter.parents]
        for template in [resource.endpoint, *parents]:
            key = template_key(template)
            if key in seen or (template in parents and len(resource.parameters) > 1):
                shared.add(key)
            seen.add(key)
    return frozenset(shared)
