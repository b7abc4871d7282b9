"""The request for a listing, and the job whose result is one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from configuration.answer_rules import AnswerRule, StatusAction
from configuration.computed import Computed
from configuration.pagination import PaginationSettings
from configuration.placeholders import PLACEHOLDER, placeholders_in
from configuration.response_jq import ResponseJq
from expressions.paths import Path
from rest.bodies import Json, texts_with_places
from rest.body_format import RECOGNIZED, BodyFormat
from rest.dot_segments import without_query
from rest.request import Pairs
from rest.request_bodies import BodyType

# The placeholder for the id of a job.
JOB_ID = "id"

# In the path of `then`, the pagination replaces this placeholder.
CURSOR_NAME = "cursor"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The request for a listing. It is a template until its placeholders have values.

    path: appended to the base URL. May contain {name}, {+name} and a query string.
    body_type: how the body is sent.
    data_path: the path to the items. None: the body is the list of items, or the only item.
    on_status: actions by status code. responses: rules for whole responses.
    retry: whether the user allows a retry after a request may have been carried out. None: not set.
    format: how the bodies of the responses are read.
    computed: the values that are computed at the start of a resync. They begin with the key query_params,
    headers or body.
    then: the request for the pages after the first, if it is another one.
    job: the job whose result is the listing. None: the endpoint itself is the listing.
    url: the whole URL, where a value of a placeholder is one. "": the path is appended to the base URL.
    """

    path: str
    pagination: PaginationSettings
    method: str = "GET"
    query_params: Pairs = ()
    headers: Pairs = ()
    body: Json = None
    data_path: Path | None = None
    on_status: Mapping[int, StatusAction] = field(default_factory=dict)
    responses: tuple[AnswerRule, ...] = ()
    retry: bool | None = None
    format: BodyFormat = RECOGNIZED
    body_type: BodyType = "json"
    computed: tuple[Computed, ...] = ()
    then: "Endpoint | None" = None
    job: "Job | None" = None
    url: str = ""

    def requests(self) -> Iterator[tuple[str, "Endpoint", frozenset[str]]]:
        """Yield each request: its place, "" for the own one, and placeholders that are filled elsewhere.

        The pagination fills {cursor}, and a job fills {id}.
        """
        job_id = frozenset({JOB_ID}) if self.job and self.job.id else frozenset[str]()
        yield "", self, job_id
        if self.then:
            yield "pagination.then", self.then, frozenset({CURSOR_NAME})
        if self.job:
            yield "job.request", self.job.request, frozenset[str]()
            yield from ((f"job.{key}", each, job_id) for key, each in self.job.after_request)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the texts of the own request besides the path, each after its place: body.filter.id."""
        for key, pairs in (("query_params", self.query_params), ("headers", self.headers)):
            for name, text in pairs:
                yield f"{key}.{name}", text
        yield from texts_with_places(self.body, "body")

    def paging_placeholders(self, place: str) -> frozenset[str]:
        """Return the names in braces that the pagination fills at a place: those in a body that is a text."""
        is_filled = place == "body" and self.body_type == "text" and self.pagination.param_location == "body"
        return self.pagination.parameter_names if is_filled else frozenset()

    def placeholders(self) -> set[str]:
        """Return the names of the placeholders in the path, parameters, headers and body."""
        return {name for _, each, filled in self.requests() for name in each.own_placeholders() - filled}

    def own_placeholders(self) -> set[str]:
        """Return the names of the placeholders of the own request."""
        outside = {match["name"] for _, text in self.texts() for match in placeholders_in(text)}
        return _names_in(self.path) | outside

    def path_names(self) -> set[str]:
        """Return the names in braces in the path, without its query string."""
        return {name for _, each, _ in self.requests() for name in _names_in(without_query(each.path))}

    def url_names(self) -> set[str]:
        """Return the names of the {+name} that begin a path. Its value may be a whole URL."""
        starts = (PLACEHOLDER.match(each.path) for _, each, _ in self.requests())
        return {match["name"] for match in starts if match and match["raw"]}

    def path_placeholders(self) -> set[str]:
        """Return the names in braces in the path and its query string."""
        return {name for _, each, filled in self.requests() for name in each.own_path_placeholders() - filled}

    def own_path_placeholders(self) -> set[str]:
        """Return the names in braces in the path of the own request and its query string."""
        return _names_in(self.path)


def _names_in(path: str) -> set[str]:
    return {match["name"] for match in PLACEHOLDER.finditer(path)}


@dataclass(frozen=True, slots=True)
class Job:
    """An export that the API prepares.

    request: starts the job.
    poll: requests its state, or finds the URL for that in the response to `request`. None: Location has it.
    id: the value of {id} in poll and result.
    done, failed: conditions on the response to a poll. Without `done`: the status is not 202.
    result: a path, or finds URLs in the response to the last poll. None: that response has the items.
    """

    request: Endpoint
    poll: Endpoint | ResponseJq | None = None
    id: ResponseJq | None = None
    done: ResponseJq | None = None
    failed: ResponseJq | None = None
    result: str | ResponseJq | None = None
    every_s: float = 5
    timeout_s: float = 900

    @property
    def after_request(self) -> list[tuple[str, Endpoint]]:
        """The requests after the first, each after its key. A URL in a response is not one of them."""
        found = [("poll", self.poll)] if isinstance(self.poll, Endpoint) else []
        if isinstance(self.result, str):
            found.append(("result", Endpoint(self.result, self.request.pagination)))
        return found
