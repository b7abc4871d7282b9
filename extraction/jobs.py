"""Jobs: start an export, wait until the API has prepared it, and find what to download."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from loguru import logger

from configuration.answer_rules import NO_RULES, AnswerRules
from configuration.parameter_values import Bound
from configuration.resource import JOB_ID, Endpoint, Job
from extraction.body_errors import error_in_envelope
from extraction.endpoints import bind, request_for
from extraction.job_answers import Link, Scalar, is_object, is_true, link_of, scalar, urls
from extraction.link_check import is_below
from extraction.listings import Sender
from extraction.system_clock import Clock
from http_client import HttpClient
from rest.errors import RETRIED, DoubtError, ItemsError, Place, ResourceError, SyncError, TransientError
from rest.page import Page
from rest.rate_limits import requested_wait_s
from rest.request import Request
from rest.response import Response

_PROGRESS_S = 60


class UnfinishedJobError(TransientError):
    """A job is not done in time."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """A listing that a finished job provides. response: to the request, if the job has received it."""

    request: Request
    response: Response | None = None


class ReceivedFirst:
    """A sender that answers the first request with a response that was received already."""

    def __init__(self, response: Response, sender: Sender) -> None:
        self._response: Response | None = response
        self._sender = sender

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Return the received response once, and send all later requests."""
        received, self._response = self._response, None
        return received or await self._sender.send(request, rules)


class JobRunner:
    """Runs jobs during one resync. A job that several resources have runs once."""

    def __init__(self, client: HttpClient, base_url: str, clock: Clock) -> None:
        self._client = client
        self._base_url = base_url
        self._clock = clock
        self._finished: dict[str, list[JobResult]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def results(
        self, job: "BoundJob", start: Request, rules: AnswerRules, *, is_shared: bool
    ) -> list[JobResult]:
        """Start a job, wait until it is done, and return what to read.

        start: the request that starts the job. rules: the user's, for all requests of the job.
        is_shared: other resources have the same job, so its results are kept.
        Raises UnfinishedJobError: the job is not done in time; ItemsError: it failed, or a response lacks
        what the job's settings name; DoubtError: it has no result because of an error. Raises the errors of
        its requests, too.
        """
        # Here, 202 does not mean that the request has to be repeated. The format is that of the download.
        rules = AnswerRules({HTTPStatus.ACCEPTED: "accept", **rules.on_status}, rules.responses)
        run = _Run(job, rules, self._client, self._base_url, self._clock)
        if not is_shared:
            return await run.results(start)
        key = f"{start.key} {job.endpoint!r}"
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._finished:
                self._finished[key] = await run.results(start)
            return self._finished[key]


@dataclass(frozen=True, slots=True)
class BoundJob:
    """A job whose placeholders have values, except for {id}. endpoint: for the download."""

    endpoint: Endpoint
    job: Job
    values: Mapping[str, Bound]


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of a job."""

    bound: BoundJob
    rules: AnswerRules
    client: HttpClient
    base_url: str
    clock: Clock

    @property
    def job(self) -> Job:
        return self.bound.job

    async def results(self, start: Request) -> list[JobResult]:
        """Start the job and return its results."""
        answer = await self.client.send(start, self.rules)
        if _is_nothing(answer):
            return []
        try:
            job_id = await scalar(self.job.id, answer, "job.id") if self.job.id else None
            poll = await self._poll(start, answer, job_id)
        except SyncError as error:
            error.at(_place(start))
            raise
        name = self.bound.endpoint.path if job_id is None else f"{self.bound.endpoint.path}: job {job_id}"
        logger.info("{}: started", name)
        began = self.clock.elapsed_s()
        try:
            last = await self._done(poll, answer, name)
            results = await self._results(poll, last, job_id) if last else []
        except SyncError as error:
            error.at(_place(poll))
            raise
        logger.info("{}: done after {:.0f} s", name, self.clock.elapsed_s() - began)
        return results

    async def _poll(self, start: Request, answer: Response, job_id: Scalar | None) -> Request:
        """Return the request for the state of the job. It only reads, so it can be repeated."""
        poll = self.job.poll
        if isinstance(poll, Endpoint):
            request = request_for(bind(poll, {} if job_id is None else {JOB_ID: job_id}), self.base_url)
            return replace(request, retry=True) if request.retry is None else request
        if poll is None:
            found = [answer.headers["location"]] if "location" in answer.headers else []
        else:
            found = await urls(poll, answer, "job.poll")
        if not found:
            name = "Location header" if poll is None else f"URL at job.poll {poll}"
            raise ItemsError(
                f"the response to the job's request has no {name}: {answer.excerpt!r}",
                hint="Set job.poll to a path like /exports/{id}, and job.id to the job's id, like .id",
            )
        link = link_of(found[0], answer, start.full_url, self.base_url)
        request = Request("GET", link.url)
        self._check_link(link, request, "job.poll")
        return request

    async def _done(self, poll: Request, answer: Response, name: str) -> Response | None:
        """Wait until the job is done. Return the last response; None: a rule says that there are no items."""
        deadline = self.clock.elapsed_s() + self.job.timeout_s
        next_line = self.clock.elapsed_s() + _PROGRESS_S
        wait_s = requested_wait_s(answer.status, answer.headers) or 0
        while True:
            await self.clock.sleep(max(0, min(wait_s, deadline - self.clock.elapsed_s())))
            answer = await self.client.send(poll, self.rules)
            if _is_nothing(answer):
                return None
            await self._check_failure(answer)
            if await self._is_done(answer):
                return answer
            now = self.clock.elapsed_s()
            if now >= deadline:
                raise UnfinishedJobError(
                    f"the job is not done after {self.job.timeout_s:g} s; its last state is "
                    f"{answer.excerpt!r}",
                    hint="Raise job.timeout, or correct job.done. Checks and samples wait 30 s at most",
                    next_resync=RETRIED,
                )
            if now >= next_line:
                logger.info("{}: not done yet", name)
                next_line = now + _PROGRESS_S
            wait_s = requested_wait_s(answer.status, answer.headers) or self.job.every_s

    async def _check_failure(self, answer: Response) -> None:
        # A list or a file in place of the state is the result of the job.
        if self.job.failed is None or not await is_object(answer):
            return
        if await is_true(self.job.failed, answer, "job.failed"):
            raise ItemsError(
                f"the job failed; its last state is {answer.excerpt!r}",
                hint="Check the job's request",
                next_resync=RETRIED,
            )

    async def _is_done(self, answer: Response) -> bool:
        if self.job.done is None:
            return answer.status != HTTPStatus.ACCEPTED
        return await is_true(self.job.done, answer, "job.done")

    async def _results(self, poll: Request, last: Response, job_id: Scalar | None) -> list[JobResult]:
        result, endpoint = self.job.result, self.bound.endpoint
        if result is None:
            # Without the action, a 202 that `done` takes for the result is checked like any page.
            is_accepted = last.status == HTTPStatus.ACCEPTED
            last = replace(last, action="" if is_accepted else last.action, format=endpoint.format)
            return [JobResult(poll, last)]
        if isinstance(result, str):
            values = self.bound.values if job_id is None else {**self.bound.values, JOB_ID: job_id}
            return [JobResult(request_for(bind(replace(endpoint, path=result), values), self.base_url))]
        request = request_for(endpoint, self.base_url)
        found = await urls(result, last, "job.result")
        if not found:
            _check_for_an_error(poll, last)
        links = [link_of(text, last, poll.full_url, self.base_url) for text in found]
        downloads = [self.client.download(request.with_url(link.url)) for link in links]
        for link, download in zip(links, downloads, strict=True):
            self._check_link(link, download, "job.result")
        return [JobResult(download) for download in downloads]

    def _check_link(self, link: Link, request: Request, setting: str) -> None:
        """Raise ResourceError if the mapping builds a link outside of the base URL that gets credentials."""
        if link.is_built and not request.is_anonymous and not is_below(link.url, self.base_url):
            raise ResourceError(
                f"{setting} builds a link to {link.url[:200]}, outside of baseUrl",
                hint="Use the link as the API returns it, or a path that begins with a slash",
            )


def _is_nothing(answer: Response) -> bool:
    """Tell whether a rule of the user says that there are no items."""
    return answer.action in ("empty", "end")


def _check_for_an_error(poll: Request, last: Response) -> None:
    """Raises DoubtError: a job that is done without a result reports an error."""
    words = error_in_envelope(Page(poll, last, ()))
    if words:
        raise DoubtError(
            f"the job has no result and reports an error: {words}",
            next_resync=RETRIED,
            hint="Check the job's request",
            doubt="error_in_answer",
        )


def _place(request: Request) -> Place:
    return Place(request=f"{request.method} {request.shown_url}")
