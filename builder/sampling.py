"""Samples of an API's items: asked for through the integration's own engine, or pasted."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from configuration.mapping_entry import read_resource
from configuration.permissions import Permissions
from configuration.resource import PLACEHOLDER, Resource
from configuration.setting_names import field_name
from configuration.settings import Settings
from expressions.paths import Path
from extraction import Binding, Extractor, Finding, Sample, open_extractor
from rest.bodies import Json
from rest.errors import AuthError, ItemsError, RequestError
from rest.page import Item
from rest.response import Response

# Enough children for a sample that shows what they have in common.
_MOST_CHILDREN = 5
# What a user pastes is one text, and no API's attack: the bytes of memory that it may become.
_MOST_PASTED = 512 * 2**20
_HEADER = re.compile(r"^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint gives, or what was pasted in its place.

    url: of the first request, "" where nothing was asked.
    """

    samples: tuple[Sample, ...]
    url: str = ""

    @property
    def first(self) -> Response:
        """The response that shows most: what lists and pages are looked for in."""
        return max((sample.response for sample in self.samples), key=lambda response: len(response.content))

    def items(self, data_path: Path | None) -> list[Item]:
        """The items as a sync would take them. Raises ItemsError: there are none at data_path."""
        return [item for sample in self.samples for item in sample.items(data_path)]


async def asked(config: Mapping[str, Json], kind: str, selector: Mapping[str, Json]) -> Answer:
    """A sample of an endpoint: its first page, or those of some children.

    config: settings by their own names (`baseUrl`). selector: as the mapping writes it; its data_path and
    query are not looked at. Raises SyncError: the settings or the endpoint are wrong, or it cannot be read.
    """
    wanted = {
        name: value for name, value in selector.items() if name not in ("data_path", "query", "min_items")
    }
    async with _opened(config, kind, wanted) as (extractor, resource):
        samples: list[Sample] = []
        async with aclosing(extractor.samples(resource, _MOST_CHILDREN)) as found:
            samples = [sample async for sample in found]
    if not samples:
        raise ItemsError(
            "no parent gives a value, so there is nothing to ask for", hint="Look at the parents"
        )
    page = samples[0].page
    return Answer(tuple(samples), page.request.full_url if page else "")


def pasted(text: str, headers: str = "", kind: str = "") -> Answer:
    """A response that the user copied. headers: lines as curl -i shows them; they may stand above the body.

    Raises ItemsError: it is no JSON, CSV or lines of JSON.
    """
    above, body = _split_headers(text)
    known = {"content-type": _content_type(body), **_header_lines(headers), **_header_lines(above)}
    response = Response(200, known, body.encode("utf-8", "surrogatepass"), max_weight=_MOST_PASTED)
    if response.is_empty:
        raise ItemsError("there is no response to read", hint="Paste what the API answers")
    _ = response.body
    values = {
        name: f"{name}-1" for name in dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(kind))
    }
    return Answer((Sample(response, Binding(values)),))


async def checked_connection(
    config: Mapping[str, Json], kind: str = "", selector: Mapping[str, Json] | None = None
) -> Finding:
    """Whether the API can be reached and accepts the credentials; without a kind, by asking for its root.

    Raises SettingsError and ResourceError: before anything is asked.
    """
    async with _opened(config, kind or "/", selector or {}) as (extractor, resource):
        if kind:
            return await extractor.probe(resource)
        try:
            async with aclosing(extractor.samples(resource, 1)) as found:
                await anext(found, None)
        except ItemsError:
            pass  # a page for people: the API is there
        except RequestError as error:
            if error.status is None or isinstance(error, AuthError):
                return Finding("/", is_good=False, message=str(error))
            words = (
                f"reached: its root answers {error.status}. Name an endpoint to see that the credentials fit"
            )
            return Finding("/", is_good=True, message=words)
    return Finding("/", is_good=True, message="reached. Name an endpoint to see that the credentials fit")


def settings_of(config: Mapping[str, Json]) -> Settings:
    """The settings, checked. Raises SettingsError: a line for each mistake."""
    return Settings.from_config({field_name(name): value for name, value in config.items()})


@asynccontextmanager
async def _opened(
    config: Mapping[str, Json], kind: str, selector: Mapping[str, Json]
) -> AsyncIterator[tuple[Extractor, Resource]]:
    # One attempt and a retry: a person waits, and can try again.
    settings = settings_of({**config, "maxRetries": 1})
    resource = read_resource(kind, dict(selector), settings.pagination, Permissions(settings.allow_writes))
    async with open_extractor(settings, [resource]) as extractor:
        yield extractor, resource


def _split_headers(text: str) -> tuple[str, str]:
    """What curl -i prints, apart: the status line and headers, and the body."""
    above, gap, below = text.lstrip("\ufeff").replace("\r\n", "\n").partition("\n\n")
    first = above.partition("\n")[0]
    if gap and (first.startswith("HTTP/") or _HEADER.match(first)) and not first.startswith(("{", "[", '"')):
        return above, below
    return "", text


def _header_lines(text: str) -> dict[str, str]:
    found = (_HEADER.match(line.removeprefix("< ")) for line in text.splitlines())
    return {match[1].lower(): match[2].strip() for match in found if match}


def _content_type(body: str) -> str:
    """JSON, or lines of it, where no header says."""
    lines = [line for line in body.splitlines() if line.strip()][:2]
    are_objects = len(lines) == 2 and all(
        line.startswith("{") and line.rstrip().endswith("}") for line in lines
    )
    return "application/x-ndjson" if are_objects else "application/json"
