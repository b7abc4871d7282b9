"""Read a Postman collection (2.0 or 2.1) as settings and endpoints."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from builder.imports.client_auth import ClientAuth, client_auth
from builder.imports.imported import DocumentError, Imported
from builder.imports.pasted_documents import is_too_deep, parse_document
from builder.imports.saved_request import SavedRequest
from builder.imports.saved_requests import read_requests
from builder.imports.template_variables import Variables
from builder.json_values import as_object
from rest.bodies import Json, parse_json
from rest.request import Pairs, text_of

_SOURCE = "Postman"
_OK = range(200, 300)
_MAX_REQUESTS = 5_000


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a folder gives to its requests."""

    variables: Variables
    auth: Mapping[str, Json] = field(default_factory=dict, repr=False)

    def inside(self, folder: Mapping[str, Json]) -> "_Scope":
        """Return the scope inside a folder or of a request: its own variables and authentication win."""
        auth = folder.get("auth")
        listed = folder.get("variable")
        variables = self.variables.and_inner(_values(listed), _declared_secrets(listed))
        return _Scope(variables, auth if isinstance(auth, dict) else self.auth)


def read_postman(text: str) -> Imported:
    """Return the requests of a collection that read listings, with saved example responses as samples.

    Variables have the values of the collection. Secrets are only in their settings.
    Raises DocumentError: the text is not a collection, or has no request that the integration can send.
    """
    document = parse_document(text, "Postman collection")
    collection = as_object(document.get("collection")) or document
    if not isinstance(collection.get("item"), list):
        raise DocumentError("the Postman collection has no list item", hint="Export it as Collection v2.1")
    requests = list(_requests(collection, _Scope(Variables())))
    if not requests:
        raise DocumentError(
            "the Postman collection has no request", hint="Export the collection with its requests"
        )
    title = as_object(collection.get("info")).get("name")
    return read_requests(requests[:_MAX_REQUESTS], title if isinstance(title, str) else "")


def _requests(folder: Mapping[str, Json], scope: _Scope) -> Iterator[SavedRequest]:
    """Yield the requests of a folder and its folders."""
    inner = scope.inside(folder)
    items = folder.get("item")
    for item in map(as_object, items if isinstance(items, list) else []):
        if isinstance(item.get("item"), list):
            yield from _requests(item, inner)
        elif "request" in item:
            yield _request(item, inner)


def _request(item: Mapping[str, Json], outer: _Scope) -> SavedRequest:
    # A request can be its URL only.
    written = item["request"]
    request = as_object(written) or {"url": written}
    scope = outer.inside({"auth": request.get("auth"), "variable": item.get("variable")})
    fill = scope.variables.fill
    url = as_object(request.get("url"))
    raw = url.get("raw") if url else request.get("url")
    address = raw if isinstance(raw, str) and raw else _joined(url)
    auth = _auth(scope)
    body = as_object(request.get("body"))
    data, notes = _body(body, scope.variables)
    path_values = _values(url.get("variable"))
    return SavedRequest(
        scope.variables.fill_url(_without_disabled(address, url)),
        text_of(request.get("method") or "GET").upper(),
        (*_pairs(request.get("header"), scope.variables), *_content_type(body), *auth.headers),
        user=auth.user,
        key=auth.key,
        settings=auth.settings,
        data=data,
        parts=_parts(body.get("formdata"), scope.variables) if body.get("mode") == "formdata" else (),
        sample=_sample(item.get("response")),
        values=tuple((name, fill(text)) for name, text in path_values.items()),
        secrets=scope.variables.secrets,
        source=_SOURCE,
        title=text_of(item.get("name") or ""),
        notes=(*auth.notes, *notes),
    )


def _without_disabled(raw: str, url: Mapping[str, Json]) -> str:
    """Return the URL with those query parameters only that are enabled."""
    listed = url.get("query")
    if not isinstance(listed, list):
        return raw
    enabled = [as_object(each) for each in listed if not as_object(each).get("disabled")]
    query = "&".join(
        f"{text_of(each.get('key') or '')}={text_of(each.get('value') or '')}"
        for each in enabled
        if each.get("key")
    )
    base = raw.partition("#")[0].partition("?")[0]
    return f"{base}?{query}" if query else base


def _joined(url: Mapping[str, Json]) -> str:
    """Return a URL that has only parts."""
    host, path = url.get("host"), url.get("path")
    name = ".".join(map(text_of, host)) if isinstance(host, list) else text_of(host or "")
    segments = (
        [text_of(as_object(each).get("value") or each) for each in path] if isinstance(path, list) else []
    )
    rest = "/".join(segments) if segments else text_of(path or "").lstrip("/")
    protocol = text_of(url.get("protocol") or "https")
    port = f":{text_of(url['port'])}" if url.get("port") else ""
    start = name if name.startswith("{{") else f"{protocol}://{name}"
    return f"{start}{port}/{rest}" if name else ""


def _auth(scope: _Scope) -> ClientAuth:
    type_ = text_of(scope.auth.get("type") or "noauth")
    details = scope.auth.get(type_)
    # 2.1 has a list of keys and values, 2.0 an object.
    fields = _values(details) or {name: text_of(each) for name, each in as_object(details).items()}
    return client_auth(type_, {name: scope.variables.fill(text) for name, text in fields.items()})


def _content_type(body: Mapping[str, Json]) -> Pairs:
    """Return the header that Postman adds for a raw body. An own header before it takes precedence."""
    language = as_object(as_object(body.get("options")).get("raw")).get("language")
    types = {"xml": "application/xml", "text": "text/plain", "html": "text/html"}
    is_raw = body.get("mode") == "raw" and isinstance(language, str) and language in types
    return (("Content-Type", types[str(language)]),) if is_raw else ()


def _parts(fields: Json, variables: Variables) -> Pairs:
    texts = [each for each in map(as_object, fields if isinstance(fields, list) else []) if "src" not in each]
    return _pairs([*texts], variables)


def _body(body: Mapping[str, Json], variables: Variables) -> tuple[str | None, list[str]]:
    """Return the body as text, and notes on one that cannot be sent."""
    fill = variables.fill
    match body.get("mode"):
        case "raw":
            return fill(text_of(body.get("raw") or "")) or None, []
        case "graphql":
            graphql = as_object(body.get("graphql"))
            values = fill(text_of(graphql.get("variables") or "")) or "{}"
            try:
                parsed = parse_json(values)
            except ValueError:
                parsed = {}
            return json.dumps({"query": graphql.get("query") or "", "variables": parsed}), []
        case "urlencoded":
            return urlencode(_pairs(body.get("urlencoded"), variables), safe="${}"), []
        case "file":
            return None, ["The body was left out because it is a file"]
    return None, []


def _sample(responses: Json) -> Json:
    """Return the body of the first example of a successful response, None if there is none."""
    for response in map(as_object, responses if isinstance(responses, list) else []):
        body = response.get("body")
        if response.get("code", 200) in _OK and isinstance(body, str):
            try:
                parsed = parse_json(body)
            except ValueError:
                continue
            if isinstance(parsed, dict | list) and not is_too_deep(parsed):
                return parsed
    return None


def _pairs(headers: Json, variables: Variables) -> Pairs:
    """Return the enabled headers. Version 2.0 may have them as text."""
    if isinstance(headers, str):
        lines = (line.partition(":") for line in headers.splitlines())
        return tuple((name.strip(), variables.fill(text.strip())) for name, _, text in lines if name.strip())
    listed = map(as_object, headers if isinstance(headers, list) else [])
    return tuple(
        (text_of(each.get("key") or ""), variables.fill(text_of(each.get("value") or "")))
        for each in listed
        if each.get("key") and not each.get("disabled")
    )


def _declared_secrets(variables: Json) -> frozenset[str]:
    listed = map(as_object, variables if isinstance(variables, list) else [])
    return frozenset(text_of(each.get("key") or "") for each in listed if each.get("type") == "secret")


def _values(variables: Json) -> dict[str, str]:
    """Return the values of a list of keys and values. Version 2.0 calls the key id."""
    listed = map(as_object, variables if isinstance(variables, list) else [])
    return {
        text_of(each.get("key") or each.get("id") or ""): text_of(each.get("value") or "")
        for each in listed
        if not each.get("disabled") and each.get("value") is not None
    }
