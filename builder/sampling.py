"""Samples of an API's items, fetched with the integration's engine."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

from builder.entered_settings import settings_of
from builder.recording import Exchange, Recorder
from client import DEFAULT_LIMITS, tls_rules
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from configuration.resource import Resource
from configuration.settings import Settings
from expressions.paths import Path, jq_path
from extraction import Extractor, Finding, Sample, open_extractor
from rest.bodies import Json
from rest.body_format import FormatName
from rest.errors import AuthError, ItemsError, RequestError, SyncError
from rest.format_advice import likely_format
from rest.origin import Redactor
from rest.page import Item
from rest.request import Request
from rest.response import Response

# Enough children to show what they have in common.
_MAX_CHILDREN = 5
_TIMEOUT_S = 10.0
# The formats that a sample may show without a type that says so. In plain text, there are no fields.
PROPOSED_FORMATS = ("csv", "yaml")
# The longest response of a check takes as long as its time-out.
QUICK_LIMITS = replace(DEFAULT_LIMITS, timeouts=1)
_OF_EVENTS = frozenset({"webhookSecret", "webhookVerify", "webhookPath", "webhookMaxBytes"})
_ADD_ENDPOINT = "Add an endpoint to check the credentials"


@dataclass(frozen=True, slots=True)
class Connection:
    """Checked settings, and how requests are sent with them.

    redact: masks the secrets of the settings, and learns the tokens of logins.
    reads_only: refuse a request that is not known to only read.
    """

    settings: Settings
    redact: Redactor
    reads_only: bool = False

    @classmethod
    def of(cls, config: "Config") -> "Connection":
        """Return the connection for entered settings, by name (`baseUrl`). Raises SettingsError."""
        if isinstance(config, Connection):
            return config
        # A sample needs no events, and their secret may still be missing.
        settings = settings_of({name: value for name, value in config.items() if name not in _OF_EVENTS})
        return cls(settings, settings.redactor)

    @property
    def of_one_page(self) -> "Connection":
        """The same connection without pagination."""
        changes = {"pagination": PaginationSettings()}
        return replace(self, settings=self.settings.model_copy(update=changes))


type Config = Mapping[str, Json] | Connection


@dataclass(frozen=True, slots=True)
class Answer:
    """The responses of an endpoint, or a pasted one.

    url: of the first request, "" for a pasted response. exchanges: for each sample, its request and response,
    after those of its redirects; empty for a pasted response. token: distinguishes this answer from others.
    """

    samples: tuple[Sample, ...]
    url: str = ""
    exchanges: tuple[tuple[Exchange, ...], ...] = field(default=(), repr=False, compare=False)
    token: str = field(default_factory=lambda: secrets.token_hex(8), repr=False, compare=False)

    @property
    def first(self) -> Response:
        """The largest response. Lists and pagination are detected in it."""
        return max((sample.response for sample in self.samples), key=lambda response: len(response.content))

    @property
    def format(self) -> FormatName | None:
        """The format that the mapping must name. None: the integration recognizes it."""
        return self.first.format.name

    @property
    def request(self) -> Request | None:
        """The request of the largest response, None for a pasted one."""
        pages = (each.page for each in self.samples if each.response is self.first)
        page = next(pages, None)
        return page.request if page else None

    def items(self, data_path: Path | None) -> list[Item]:
        """Return the items as a sync reads them. Raises ItemsError: there are none at data_path."""
        return [item for sample in self.samples for item in sample.items(data_path)]


@dataclass(slots=True)
class FailedRequest:
    """The last request of a fetch that failed, after its redirects. Empty if nothing was sent."""

    exchanges: tuple[Exchange, ...] = ()


async def fetch_sample(
    config: Config,
    kind: str,
    selector: Mapping[str, Json],
    failed: FailedRequest | None = None,
) -> Answer:
    """Fetch the first page of an endpoint, or of some children of a nested endpoint.

    config: settings by name (`baseUrl`), or a connection. selector: as in the mapping; data_path, query,
    min_items and webhook are ignored. failed: receives the last request before an error. A format that only
    the content shows, such as CSV with the type of plain text, is tried if the selector has none.
    Raises SyncError: the settings or the endpoint are wrong, or the endpoint cannot be read.
    """
    used = {
        name: value
        for name, value in selector.items()
        if name not in ("data_path", "query", "min_items", "webhook")
    }
    failed = FailedRequest() if failed is None else failed
    try:
        return await _fetch(config, kind, used, failed)
    except ItemsError:
        likely = likely_format(failed.exchanges[-1].content) if failed.exchanges else None
        if likely not in PROPOSED_FORMATS or "format" in used:
            raise
    return await _fetch(config, kind, {**used, "format": likely}, failed)


async def _fetch(config: Config, kind: str, selector: Mapping[str, Json], failed: FailedRequest) -> Answer:
    async with _open(config, kind, selector) as (extractor, resource, recorder):
        samples: list[Sample] = []
        try:
            async with aclosing(extractor.samples(resource, _MAX_CHILDREN)) as found:
                samples = [sample async for sample in found]
        finally:
            failed.exchanges = recorder.last
        exchanges = tuple(recorder.exchanges_of(each.page.request) if each.page else () for each in samples)
    if not samples:
        raise ItemsError(
            "no parent item has a value, so there is nothing to request",
            hint="Check the field and filter of the parent endpoint",
        )
    page = samples[0].page
    return Answer(tuple(samples), page.request.full_url if page else "", exchanges)


def is_below(base_url: Json, request: Request) -> bool:
    """Return whether a request for the next page stays below the base URL."""
    return request.full_url.startswith(f"{str(base_url).rstrip('/')}/")


async def fetch_next_page(config: Config, request: Request) -> Answer:
    """Fetch the page that a proposed pagination requests after the sample. request: below the base URL.

    Raises SyncError: as `fetch_sample` does.
    """
    selector: dict[str, Json] = {"method": request.method, "headers": dict(request.headers)}
    if request.body is not None:
        selector["body"] = request.body_text
        selector["body_type"] = request.body_type
    connection = Connection.of(config).of_one_page
    kind = request.full_url.removeprefix(connection.settings.base_url)
    return await fetch_sample(connection, kind, selector)


async def items_of_next_page(config: Config, request: Request | None, data_path: str) -> list[Item]:
    """Return the items of the next page, in which more relations may be found. Empty if there is none."""
    connection = Connection.of(config)
    if request is None or not is_below(connection.settings.base_url, request):
        return []
    try:
        answer = await fetch_next_page(connection, request)
        return answer.items(jq_path(data_path))
    except SyncError:
        return []  # a check of the pagination says what is wrong


async def check_connection(
    config: Config, kind: str = "", selector: Mapping[str, Json] | None = None
) -> Finding:
    """Return whether the API responds and accepts the credentials. Without a kind, its root is requested.

    Raises SettingsError, ResourceError: before any request.
    """
    async with _open(config, kind or "/", selector or {}) as (extractor, resource, _):
        if kind:
            return await extractor.probe(resource)
        try:
            async with aclosing(extractor.samples(resource, 1)) as found:
                await anext(found, None)
        except ItemsError:
            pass  # an HTML page, so the API responds
        except RequestError as error:
            if error.status is None or isinstance(error, AuthError):
                return Finding("/", is_good=False, message=error.text(with_kind=False), error=error)
            message = f"the API responds, with status {error.status} at its root. {_ADD_ENDPOINT}"
            return Finding("/", is_good=True, message=message)
    return Finding("/", is_good=True, message=f"the API responds. {_ADD_ENDPOINT}")


def quick(settings: Settings) -> Settings:
    """Return the settings for a check: one attempt and a short time-out, because a person is waiting."""
    return settings.model_copy(update={"max_retries": 0, "timeout": min(settings.timeout, _TIMEOUT_S)})


@asynccontextmanager
async def _open(
    config: Config, kind: str, selector: Mapping[str, Json]
) -> AsyncIterator[tuple[Extractor, Resource, Recorder]]:
    connection = Connection.of(config)
    settings, redact = quick(connection.settings), connection.redact
    resource = read_resource(kind, dict(selector), settings.pagination, Permissions(settings.allow_writes))
    recorder = Recorder(redact, verify=tls_rules(settings))
    limits = replace(QUICK_LIMITS, reads_only=connection.reads_only)
    async with open_extractor(
        settings, [resource], transport=recorder, redact=redact, limits=limits
    ) as extractor:
        yield extractor, resource, recorder
