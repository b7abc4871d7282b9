"""Samples of an API's items: fetched with the integration's engine, or pasted."""

import os
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

from builder.recording import Exchange, Recorder
from client import DEFAULT_LIMITS
from configuration.mapping_entry import read_resource
from configuration.permissions import Permissions
from configuration.resource import PLACEHOLDER, Resource
from configuration.setting_names import field_name
from configuration.settings import Settings
from expressions.paths import Path, jq_path
from extraction import Binding, Extractor, Finding, Sample, open_extractor
from rest.bodies import Json
from rest.errors import AuthError, ItemsError, RequestError, SyncError
from rest.page import Item
from rest.request import Request
from rest.response import Response

# Enough children to show what they have in common.
_MAX_CHILDREN = 5
# Pasted text is not an attack of an API, so it may use more memory than a response (in bytes).
_MAX_PASTED_WEIGHT = 512 * 2**20
_TIMEOUT_S = 10.0
# The longest response of a check takes as long as its time-out.
QUICK_LIMITS = replace(DEFAULT_LIMITS, timeouts=1)
_ADD_ENDPOINT = "Add an endpoint to check the credentials"
_HEADER = re.compile(r"^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$", re.ASCII)


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

    def items(self, data_path: Path | None) -> list[Item]:
        """Return the items as a sync reads them. Raises ItemsError: there are none at data_path."""
        return [item for sample in self.samples for item in sample.items(data_path)]


@dataclass(slots=True)
class FailedRequest:
    """The last request of a fetch that failed, after its redirects. Empty if nothing was sent."""

    exchanges: tuple[Exchange, ...] = ()


async def fetch_sample(
    config: Mapping[str, Json],
    kind: str,
    selector: Mapping[str, Json],
    failed: FailedRequest | None = None,
) -> Answer:
    """Fetch the first page of an endpoint, or of some children of a nested endpoint.

    config: settings by name (`baseUrl`). selector: as in the mapping; data_path, query and min_items are
    ignored. failed: receives the last request before an error.
    Raises SyncError: the settings or the endpoint are wrong, or the endpoint cannot be read.
    """
    used = {
        name: value for name, value in selector.items() if name not in ("data_path", "query", "min_items")
    }
    async with _open(config, kind, used) as (extractor, resource, recorder):
        samples: list[Sample] = []
        try:
            async with aclosing(extractor.samples(resource, _MAX_CHILDREN)) as found:
                samples = [sample async for sample in found]
        finally:
            if failed is not None:
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


async def fetch_next_page(config: Mapping[str, Json], request: Request) -> Answer:
    """Fetch the page that a proposed pagination requests after the sample. request: below the base URL.

    Raises SyncError: as `fetch_sample` does.
    """
    selector: dict[str, Json] = {"method": request.method, "headers": dict(request.headers)}
    if request.body is not None:
        selector["body"] = request.body
    kind = request.full_url.removeprefix(str(config["baseUrl"]).rstrip("/"))
    return await fetch_sample({**config, "paginationType": "none"}, kind, selector)


async def items_of_next_page(
    config: Mapping[str, Json], request: Request | None, data_path: str
) -> list[Item]:
    """Return the items of the next page, in which more relations may be found. Empty if there is none."""
    if request is None or not is_below(config["baseUrl"], request):
        return []
    try:
        answer = await fetch_next_page(config, request)
        return answer.items(jq_path(data_path))
    except SyncError:
        return []  # a check of the pagination says what is wrong


def parse_response(text: str, headers: str = "", kind: str = "") -> Answer:
    """Return a pasted response. headers: lines as curl -i prints them; they may also precede the body.

    Raises ItemsError: the body is not JSON, JSON lines or CSV.
    """
    above, body = _split_headers(text)
    known = {"content-type": _content_type(body), **_header_lines(headers), **_header_lines(above)}
    response = Response(200, known, body.encode("utf-8", "surrogatepass"), max_weight=_MAX_PASTED_WEIGHT)
    if response.is_empty:
        raise ItemsError("the response is empty", hint="Paste the response of the API")
    _ = response.body
    values = {
        name: f"{name}-1" for name in dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(kind))
    }
    return Answer((Sample(response, Binding(values)),))


async def check_connection(
    config: Mapping[str, Json], kind: str = "", selector: Mapping[str, Json] | None = None
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


def settings_of(config: Mapping[str, Json], environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the checked settings. Raises SettingsError: one line per error."""
    return Settings.from_config({field_name(name): value for name, value in config.items()}, environ)


def quick(settings: Settings) -> Settings:
    """Return the settings for a check: one attempt and a short time-out, because a person is waiting."""
    return settings.model_copy(update={"max_retries": 0, "timeout": min(settings.timeout, _TIMEOUT_S)})


@asynccontextmanager
async def _open(
    config: Mapping[str, Json], kind: str, selector: Mapping[str, Json]
) -> AsyncIterator[tuple[Extractor, Resource, Recorder]]:
    settings = quick(settings_of(config))
    resource = read_resource(kind, dict(selector), settings.pagination, Permissions(settings.allow_writes))
    redact = settings.redactor
    recorder = Recorder(redact, verify=settings.verify_ssl)
    async with open_extractor(
        settings, [resource], transport=recorder, redact=redact, limits=QUICK_LIMITS
    ) as extractor:
        yield extractor, resource, recorder


def _split_headers(text: str) -> tuple[str, str]:
    """Return (status line and headers, body) of the output of curl -i."""
    above, gap, below = text.lstrip("\ufeff").replace("\r\n", "\n").partition("\n\n")
    first = above.partition("\n")[0]
    if gap and (first.startswith("HTTP/") or _HEADER.match(first)) and not first.startswith(("{", "[", '"')):
        return above, below
    return "", text


def _header_lines(text: str) -> dict[str, str]:
    found = (_HEADER.match(line.removeprefix("< ")) for line in text.splitlines())
    return {match[1].lower(): match[2].strip() for match in found if match}


def _content_type(body: str) -> str:
    """Return the content type of a body without headers: JSON or JSON lines."""
    lines = [line for line in body.splitlines() if line.strip()][:2]
    are_objects = len(lines) == 2 and all(
        line.startswith("{") and line.rstrip().endswith("}") for line in lines
    )
    return "application/x-ndjson" if are_objects else "application/json"
