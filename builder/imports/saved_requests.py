"""Read the requests of a curl command or an API client's collection as settings and endpoints."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from builder.imports.credentials import without_placeholders
from builder.imports.graphql import read_operations
from builder.imports.imported import DocumentError, Imported, ImportedEndpoint
from builder.imports.listing_detection import detect_listing, reads_by_post
from builder.imports.parent_listings import CandidateParent, ParentListings, TemplateParameter, link_parents
from builder.imports.sample_redaction import SampleRedactor
from builder.imports.saved_endpoint import endpoint_of, template_parameters
from builder.imports.saved_request import Address, SavedRequest, address_of
from builder.imports.saved_settings import RequestSettings, settings_of
from builder.imports.token_settings import token_settings_of
from configuration.resource import PLACEHOLDER
from rest.bodies import Json

METHODS = ("GET", "POST", "PUT", "PATCH")
_MAX_NAMES = 5
_NO_DATA = "The request asks for a token. Enter baseUrl, or paste a request for data after it"
# Settings of another authentication than the token's.
_REPLACED = frozenset({"authType", "authValue", "apiToken", "bearerPrefix", "username", "password"})


@dataclass(frozen=True, slots=True)
class _ReadRequest:
    """A request with its settings and its endpoint."""

    request: SavedRequest = field(repr=False)
    origin: str
    settings: RequestSettings
    endpoint: ImportedEndpoint
    parameters: Sequence[TemplateParameter]


def read_requests(requests: Sequence[SavedRequest], title: str = "") -> Imported:
    """Return the settings and the endpoints of requests to one API.

    The base URL is the origin, because requests do not show which part of the path all endpoints share.
    Secrets are only in their settings. If a variable stands for a secret, the setting is left out. Of several
    requests, those that read details or change data are left out.
    Raises DocumentError: the integration cannot send any of them.
    """
    tokens = [each for each in requests if token_settings_of(each)]
    if tokens:
        return _with_token(tokens[0], [each for each in requests if each not in tokens], title)
    return _read_for_data(requests, title)


def _read_for_data(requests: Sequence[SavedRequest], title: str) -> Imported:
    readable = [each for each in requests if each.method in METHODS]
    found, errors = _read_all(readable or requests)
    if not found:
        raise (
            errors[0]
            if errors
            else DocumentError("the document has no request", hint="Paste a document with requests")
        )
    if len(requests) == 1:
        return _imported(found, [], title)
    listings = [each for each in found if _may_be_listing(each)] or found
    origins = Counter(each.origin for each in listings)
    origin = origins.most_common(1)[0][0]
    own = [each for each in listings if each.origin == origin]
    notes = [f"Left out: {error}" for error in dict.fromkeys(map(str, errors))][:_MAX_NAMES]
    others = [each for each in origins if each != origin]
    if others:
        notes.append(
            f"One installation reads one API. Left out: requests to {', '.join(others[:_MAX_NAMES])}"
        )
    if count := len(requests) - len(errors) - len(listings):
        notes.append(f"Requests that read one item or change data were left out: {count}")
    if len({_credentials(each) for each in own} - {""}) > 1:
        notes.append(
            "The requests have several credentials. One installation has one: the most common was taken"
        )
    return _imported(own, notes, title)


def _with_token(token: SavedRequest, others: Sequence[SavedRequest], title: str) -> Imported:
    """Return the settings of a request for a token, and the other requests, which use such a token."""
    settings, notes = without_placeholders(token_settings_of(token) or {})
    if not others:
        return Imported(title, settings, (), (*notes, _NO_DATA))
    found = _read_for_data(others, title)
    common = {name: value for name, value in found.settings.items() if name not in _REPLACED}
    return replace(found, settings={**common, **settings}, notes=tuple(dict.fromkeys((*found.notes, *notes))))


def _read_all(requests: Sequence[SavedRequest]) -> tuple[list[_ReadRequest], list[DocumentError]]:
    connections: list[tuple[SavedRequest, Address, RequestSettings]] = []
    errors: list[DocumentError] = []
    secrets = frozenset[str]().union(*(each.secrets for each in requests))
    redactor = SampleRedactor.knowing(secrets)
    for request in requests:
        try:
            address = _address(request)
        except DocumentError as error:
            errors.append(error)
        else:
            connections.append((request, address, settings_of(request, address, redactor)))
    redactor = SampleRedactor.knowing(secrets.union(*(settings.secrets for _, _, settings in connections)))
    return [_read(*each, redactor) for each in connections], errors


def _address(request: SavedRequest) -> Address:
    if request.method not in METHODS:
        raise DocumentError(
            f"{request.source}: the method {request.method} does not read data",
            hint=f"Use {', '.join(METHODS)}",
        )
    return address_of(request)


def _read(
    request: SavedRequest, address: Address, settings: RequestSettings, redactor: SampleRedactor
) -> _ReadRequest:
    endpoint = endpoint_of(request, address, settings, redactor)
    parameters = template_parameters(endpoint, request.values, redactor.for_requests)
    return _ReadRequest(request, address.base_url or address.origin, settings, endpoint, parameters)


def _may_be_listing(each: _ReadRequest) -> bool:
    """Return whether a request reads a listing, by its saved response, else by its method and path."""
    body = each.endpoint.selector.get("body")
    operations = [operation for operation, _ in read_operations(body, None)]
    if not all(operation.is_query for operation in operations):
        return False
    if each.request.method != "GET" and not operations and not reads_by_post(each.endpoint.kind, body):
        return False
    if each.request.sample is not None:
        return detect_listing(each.endpoint.sample, each.endpoint.kind) is not None
    last = each.endpoint.kind.rstrip("/").rpartition("/")[2]
    return not PLACEHOLDER.fullmatch(last) or "path_parameters" in each.endpoint.selector


def _imported(requests: Sequence[_ReadRequest], notes: Sequence[str], title: str) -> Imported:
    endpoints: dict[str, _ReadRequest] = {}
    for each in requests:
        key = f"{each.request.method} {each.endpoint.kind} {json.dumps(each.endpoint.selector.get('body'))}"
        if key not in endpoints or (
            endpoints[key].request.sample is None and each.request.sample is not None
        ):
            endpoints[key] = each
    parents = ParentListings.of(
        CandidateParent(each.endpoint.kind, each.endpoint.selector, _items(each.endpoint))
        for each in endpoints.values()
    )
    inner = [note for each in requests for note in each.settings.notes]
    return Imported(
        title,
        _most_common([each.settings.settings for each in requests]),
        tuple(link_parents(each.endpoint, each.parameters, parents) for each in endpoints.values()),
        tuple(dict.fromkeys([*notes, *inner])),
    )


def _items(endpoint: ImportedEndpoint) -> Sequence[dict[str, Json]]:
    found = detect_listing(endpoint.sample, endpoint.kind)
    return found.items if found else ()


def _credentials(each: _ReadRequest) -> str:
    """Return the settings of the authentication as a text, empty if there is none."""
    settings = {name: value for name, value in each.settings.settings.items() if name != "baseUrl"}
    return json.dumps(settings, sort_keys=True) if "authType" in settings else ""


def _most_common(settings: Sequence[dict[str, Json]]) -> dict[str, Json]:
    """Return the most common settings. Of equally common ones, the first with credentials wins."""
    if not settings:
        return {}
    counts = Counter(json.dumps(each, sort_keys=True) for each in settings)
    by_text = {json.dumps(each, sort_keys=True): each for each in settings}
    best = max(counts, key=lambda text: ("authType" in by_text[text], counts[text]))
    return by_text[best]
