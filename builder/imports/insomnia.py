"""Read an Insomnia export (version 4 in JSON or YAML, version 5 in YAML) as settings and endpoints."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from builder.imports.client_auth import client_auth
from builder.imports.imported import DocumentError, Imported
from builder.imports.pasted_documents import parse_document
from builder.imports.saved_request import SavedRequest
from builder.imports.saved_requests import read_requests
from builder.imports.template_variables import Variables
from builder.json_values import as_object
from rest.bodies import Json
from rest.request import Pairs, text_of

_SOURCE = "Insomnia"
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class _Scope:
    """What an environment or a folder gives to its requests."""

    variables: Variables
    auth: Mapping[str, Json] = field(default_factory=dict, repr=False)
    headers: Json = field(default=None, repr=False)

    def inside(self, folder: Mapping[str, Json]) -> "_Scope":
        """Return the scope inside a folder."""
        auth = as_object(folder.get("authentication"))
        inner = self.variables.and_inner(_flat(folder.get("environment")))
        headers = folder.get("headers")
        return _Scope(inner, auth if auth.get("type") else self.auth, headers or self.headers)


def read_insomnia(text: str) -> Imported:
    """Return the requests of an export that read listings. Secrets are only in their settings.

    Variables have the values of the base environment, and of the first environment below it.
    Raises DocumentError: the text is not an export, or has no request that the integration can send.
    """
    document = parse_document(text, "Insomnia export")
    requests = list(_version_4(document) if "resources" in document else _version_5(document))
    if not requests:
        raise DocumentError(
            "the Insomnia export has no HTTP request", hint="Export the collection with its requests"
        )
    return read_requests(requests, _title(document))


def _title(document: Mapping[str, Json]) -> str:
    """Return the name of the collection, which version 4 calls a workspace."""
    listed = document.get("resources")
    resources = map(as_object, listed if isinstance(listed, list) else [])
    workspace: Mapping[str, Json] = next((each for each in resources if each.get("_type") == "workspace"), {})
    return text_of(document.get("name") or workspace.get("name") or "")


def _version_5(document: Mapping[str, Json]) -> Iterator[SavedRequest]:
    environment = as_object(document.get("environments"))
    below = environment.get("subEnvironments")
    first = as_object(below[0]) if isinstance(below, list) and below else {}
    variables = {**_flat(environment.get("data")), **_flat(first.get("data"))}
    yield from _children(document.get("collection"), _Scope(Variables(variables)), 0)


def _children(children: Json, scope: _Scope, depth: int) -> Iterator[SavedRequest]:
    for each in map(as_object, children if isinstance(children, list) else []):
        if "children" in each and depth < _MAX_DEPTH:
            yield from _children(each["children"], scope.inside(each), depth + 1)
        elif isinstance(each.get("url"), str) and "method" in each:
            yield _request(each, scope)


def _version_4(document: Mapping[str, Json]) -> Iterator[SavedRequest]:
    listed = document.get("resources")
    resources = [as_object(each) for each in listed] if isinstance(listed, list) else []
    by_id = {text_of(each.get("_id") or ""): each for each in resources}
    variables: dict[str, str] = {}
    # A base environment belongs to a workspace, the others to a base environment.
    environments = [each for each in resources if each.get("_type") == "environment"]
    bases = [each for each in environments if not str(each.get("parentId")).startswith("env")]
    for each in (*bases, *[each for each in environments if each not in bases][:1]):
        variables |= _flat(each.get("data"))
    for each in resources:
        if each.get("_type") == "request":
            scope = _Scope(Variables(variables))
            for folder in reversed(list(_folders(each, by_id))):
                scope = scope.inside(folder)
            yield _request(each, scope)


def _folders(
    resource: Mapping[str, Json], by_id: Mapping[str, Mapping[str, Json]]
) -> Iterator[Mapping[str, Json]]:
    """Yield the folders of a request, the innermost first."""
    for _ in range(_MAX_DEPTH):
        resource = by_id.get(text_of(resource.get("parentId") or ""), {})
        if resource.get("_type") != "request_group":
            return
        yield resource


def _request(request: Mapping[str, Json], scope: _Scope) -> SavedRequest:
    fill = scope.variables.fill
    authentication = _authentication(as_object(request.get("authentication")), scope)
    fields = {name: fill(text_of(each)) for name, each in authentication.items() if isinstance(each, str)}
    auth = client_auth(fields.get("type", "none"), fields)
    body = as_object(request.get("body"))
    media_type = text_of(body.get("mimeType") or "")
    form = _pairs(body.get("params"), scope.variables)
    text = fill(text_of(body.get("text") or ""))
    if "urlencoded" in media_type:
        text = urlencode(form, safe="${}")
    params = _pairs(request.get("parameters"), scope.variables)
    return SavedRequest(
        scope.variables.fill_url(text_of(request.get("url") or "")),
        text_of(request.get("method") or "GET").upper(),
        (
            *_pairs(scope.headers, scope.variables),
            *_pairs(request.get("headers"), scope.variables),
            *((("Content-Type", media_type),) if media_type and "graphql" not in media_type else ()),
            *auth.headers,
        ),
        tuple(f"{quote(name, safe='')}={quote(text, safe='${}')}" for name, text in params),
        user=auth.user,
        key=auth.key,
        settings=auth.settings,
        data=text or None,
        parts=form if "multipart" in media_type else (),
        values=_pairs(request.get("pathParameters"), scope.variables),
        secrets=scope.variables.secrets,
        source=_SOURCE,
        title=text_of(request.get("name") or ""),
        notes=auth.notes,
    )


def _authentication(own: Mapping[str, Json], scope: _Scope) -> Mapping[str, Json]:
    """Return the authentication of a request, else that of its folders. {} if it is turned off."""
    found = scope.auth if own.get("type") in (None, "", "inherit") else own
    return {} if found.get("disabled") else found


def _pairs(listed: Json, variables: Variables) -> Pairs:
    """Return the enabled pairs of a list."""
    return tuple(
        (text_of(each.get("name") or ""), variables.fill(text_of(each.get("value") or "")))
        for each in map(as_object, listed if isinstance(listed, list) else [])
        if each.get("name") and not each.get("disabled")
    )


def _flat(data: Json, prefix: str = "", depth: int = 0) -> dict[str, str]:
    """Return the variables of an environment, those of inner objects by names with dots."""
    found: dict[str, str] = {}
    for name, value in as_object(data).items():
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            found |= _flat(value, f"{prefix}{name}.", depth + 1)
        elif value is not None:
            found[f"{prefix}{name}"] = text_of(value)
    return found
