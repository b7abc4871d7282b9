"""Read the requests of a curl command or an API client's collection as settings and endpoints."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from builder.imports.imported import DocumentError, Imported, ImportedEndpoint
from builder.imports.listing_detection import detect_listing
from builder.imports.parent_listings import CandidateParent, ParentListings, link_parents
from builder.imports.saved_endpoint import endpoint_of, template_parameters
from builder.imports.saved_request import SavedRequest, address_of
from builder.imports.saved_settings import RequestSettings, settings_of
from configuration.resource import PLACEHOLDER
from rest.bodies import Json

METHODS = ("GET", "POST", "PUT", "PATCH")
# Last segments of the paths of POST requests that read.
_READS_BY_POST = re.compile(r"(_?m?search|query|find|filter|list|lookup|graphql|gql)", re.IGNORECASE)
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class _ReadRequest:
    """A request with its settings and its endpoint."""

    request: SavedRequest = field(repr=False)
    origin: str
    settings: RequestSettings
    endpoint: ImportedEndpoint


def read_requests(requests: Sequence[SavedRequest], title: str = "") -> Imported:
    """Return the settings and the endpoints of requests to one API.

    The base URL is the origin, because requests do not show which part of the path all endpoints share.
    Secrets are only in their settings. If a variable stands for a secret, the setting is left out. Of several
    requests, those that read details or change data are left out.
    Raises DocumentError: the integration cannot send any of them.
    """
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


def _read_all(requests: Iterable[SavedRequest]) -> tuple[list[_ReadRequest], list[DocumentError]]:
    found: list[_ReadRequest] = []
    errors: list[DocumentError] = []
    for request in requests:
        try:
            found.append(_read(request))
        except DocumentError as error:
            errors.append(error)
    return found, errors


def _read(request: SavedRequest) -> _ReadRequest:
    if request.method not in METHODS:
        raise DocumentError(
            f"{request.source}: the method {request.method} does not read data",
            hint=f"Use {', '.join(METHODS)}",
        )
    address = address_of(request)
    settings = settings_of(request, address)
    endpoint = endpoint_of(request, address, settings)
    return _ReadRequest(request, address.base_url or address.origin, settings, endpoint)


def _may_be_listing(each: _ReadRequest) -> bool:
    """Return whether a request reads a listing, by its saved response, else by its method and path."""
    last = each.endpoint.kind.rstrip("/").rpartition("/")[2]
    if each.request.method != "GET" and not _READS_BY_POST.fullmatch(last.rpartition(":")[2]):
        return False
    if "mutation" in str(each.request.data)[:40]:
        return False
    if each.request.sample is not None:
        return detect_listing(each.endpoint.sample, each.endpoint.kind) is not None
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
        tuple(_linked(each, parents) for each in endpoints.values()),
        tuple(dict.fromkeys([*notes, *inner])),
    )


def _items(endpoint: ImportedEndpoint) -> Sequence[dict[str, Json]]:
    found = detect_listing(endpoint.sample, endpoint.kind)
    return found.items if found else ()


def _linked(each: _ReadRequest, parents: ParentListings) -> ImportedEndpoint:
    """Add the parents of the path parameters. Parameters that have values keep them."""
    return link_parents(each.endpoint, template_parameters(each.endpoint, each.request.values), parents)


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
