"""What the page's buttons do: ask the API, look at an answer, read a document."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from builder.imports import DocumentError, Imported, ImportedEndpoint, read_curl, read_har, read_openapi
from builder.sampling import asked, checked_connection, pasted
from builder.web.connecting import asking_mistakes, connection_reading, with_settings
from builder.web.drafting import endpoint_reading
from builder.web.looking import looked_at, with_items_at
from builder.web.mistakes import Mistake, NotReadyError, credential_mistake, plain_words
from builder.web.nesting import with_relations
from builder.web.paging import pages_of
from builder.web.selecting import SelectorReading, selector_reading, with_selector
from builder.web.setting_fields import BASE_URL, PAGINATION
from builder.web.text_lines import json_text, object_of
from builder.web.workspace import ConnectionForm, EndpointForm, Workspace
from rest.bodies import Json
from rest.errors import ItemsError, JqError

_ASKING = ("method", "query_params", "headers", "body", "more")
_ACCEPTED = "reached, and the credentials are accepted. Fetch a sample to see what it lists"


@dataclass(frozen=True, slots=True)
class Tested:
    """What a request to the API showed. mistake: at which input it is to be mended."""

    words: str
    mistake: Mistake | None = None


async def tested(workspace: Workspace) -> Tested:
    """One real request: to the endpoint that is shown, to the API's root without one.

    Raises NotReadyError: the connection is not complete. Raises SyncError: the engine refuses the settings.
    """
    config = _ready(workspace.connection)
    form = workspace.endpoint
    selected = selector_reading(form)
    is_ready = not endpoint_mistakes(form, selected, workspace.connection) and form.kind.strip()
    kind = form.kind.strip() if is_ready else ""
    finding = await checked_connection(config, kind, selected.selector if kind else None)
    words = plain_words(finding.message.removeprefix("/: "))
    if finding.is_good:
        return Tested(_ACCEPTED if kind and not form.data_path else words)
    return Tested(words, _mistake_of(words, kind, workspace.connection))


async def fetched(workspace: Workspace, form: EndpointForm) -> EndpointForm:
    """The endpoint with a sample from the API. Raises SyncError: there is none, or something is missing."""
    config = _ready(workspace.connection)
    selected = selector_reading(form)
    if found := endpoint_mistakes(form, selected, workspace.connection):
        raise NotReadyError(found)
    answer = await asked(config, form.kind.strip(), selected.selector)
    return await asyncio.to_thread(looked_at, form, answer, "fetched", answer.url)


async def taken_from_paste(
    workspace: Workspace, form: EndpointForm, text: str, headers: str = ""
) -> EndpointForm:
    """The endpoint with a pasted sample. Raises ItemsError: it cannot be read."""
    kind = form.kind.strip()
    if not kind:
        raise NotReadyError([Mistake("kind", "Path", "Enter the path that it is the answer of")])
    base_url = str(connection_reading(workspace.connection).config.get("baseUrl", BASE_URL.example))
    url = f"{base_url.rstrip('/')}/{kind.lstrip('/')}"
    try:
        answer = await asyncio.to_thread(pasted, text, headers, kind)
        return await asyncio.to_thread(looked_at, form, answer, "pasted", url)
    except ItemsError as error:
        raise NotReadyError([Mistake("pasted", "Response", str(error))]) from error


async def chosen_items(form: EndpointForm, data_path: str) -> EndpointForm:
    """The endpoint with the items in another place. Raises NotReadyError: they are not there."""
    if form.seen is None:
        raise NotReadyError([Mistake("fetch", "Sample", "Fetch a sample first, or paste one")])
    seen = form.seen
    try:
        return await asyncio.to_thread(
            with_items_at, form, seen.answer, seen.origin, seen.url, data_path.strip() or "."
        )
    except (ItemsError, JqError) as error:
        raise NotReadyError([Mistake("data_path", "Items", str(error))]) from error


def with_pages_for_all(workspace: Workspace, form: EndpointForm) -> Workspace:
    """With the pagination that was recognised as the settings' own."""
    pages = pages_of(connection_reading(workspace.connection), form)
    texts = dict(workspace.connection.texts) | dict.fromkeys((field.name for field in PAGINATION), "")
    cleared = replace(workspace.connection, texts=texts)
    return replace(workspace, connection=with_settings(cleared, pages.settings if pages else {}))


def with_pages_for_one(workspace: Workspace, form: EndpointForm) -> EndpointForm:
    """With the pagination that was recognised in the endpoint's selector. Raises NotReadyError."""
    pages = pages_of(connection_reading(workspace.connection), form)
    try:
        more = object_of(form.more)
    except ValueError as error:
        raise NotReadyError([Mistake("more", "More of the selector", str(error))]) from error
    return replace(form, more=json_text({**more, "pagination": dict(pages.mapping if pages else {})}))


async def read_document(text: str, address: str = "") -> Imported:
    """An OpenAPI document, a HAR file or a curl command. Raises DocumentError: it is none of these."""
    if not text.strip():
        raise DocumentError("there is nothing to read", hint="Paste a document, or choose a file")
    if text.lstrip().startswith("curl"):
        return await asyncio.to_thread(read_curl, text)
    if _is_har(text):
        return await asyncio.to_thread(read_har, text)
    return await asyncio.to_thread(read_openapi, text, address.strip())


async def with_document(workspace: Workspace, found: Imported) -> Workspace:
    """With a document's settings typed in, and its endpoints to choose from; a single one is added."""
    workspace = replace(
        workspace, connection=with_settings(workspace.connection, found.settings), imported=found
    )
    return await with_imported(workspace, found.endpoints[0]) if len(found.endpoints) == 1 else workspace


async def with_imported(workspace: Workspace, found: ImportedEndpoint) -> Workspace:
    """With an endpoint of a document added and shown; its sample is looked at."""
    if workspace.endpoint.kind.strip():
        workspace = workspace.with_another()
    form = with_selector(replace(workspace.endpoint, kind=found.kind, notes=found.notes), found.selector)
    if found.sample is not None:
        form = await _with_sample(form, found.sample)
    workspace = workspace.with_param(form)
    return await asyncio.to_thread(with_relations, workspace)


def endpoint_mistakes(
    form: EndpointForm, selected: SelectorReading, connection: ConnectionForm
) -> list[Mistake]:
    """What has to be mended before an endpoint can be asked for."""
    about = {"kind", *_ASKING, *(mistake.field for mistake in (*selected.wrong, *selected.missing))}
    reading = endpoint_reading(form, connection)
    return [each for each in (*reading.wrong, *reading.missing) if each.field in about]


def _ready(connection: ConnectionForm) -> Mapping[str, Json]:
    reading = connection_reading(connection)
    if found := asking_mistakes(reading):
        raise NotReadyError(found)
    return reading.config


async def _with_sample(form: EndpointForm, sample: Json) -> EndpointForm:
    try:
        answer = pasted(json.dumps(sample), kind=form.kind)
        return await asyncio.to_thread(looked_at, form, answer, "imported", form.kind)
    except ItemsError:
        return form  # the document's own example has another shape: a real answer will tell


def _mistake_of(words: str, kind: str, connection: ConnectionForm) -> Mistake:
    if "status 401" in words:
        return credential_mistake(connection, words)
    if kind and "status 4" in words:
        return Mistake("kind", "Path", words)
    return Mistake(BASE_URL.name, BASE_URL.label, words)


def _is_har(text: str) -> bool:
    return text.lstrip().startswith("{") and '"log"' in text[:2000] and '"entries"' in text
