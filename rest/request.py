"""A request to an API, as a plain value: no sockets, no client."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from rest.bodies import Json
from rest.errors import ResourceError

# Its name in version 1.0 was rest.request.Response. Tools outside of this repository import that.
from rest.response import Response as Response

type Location = Literal["query", "body", "header"]
type Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """A request: an absolute URL, which may have a query string, and the parameters added to it.

    params: name and value, in order. A name may occur more than once.
    body: sent as JSON. None sends no body.
    retry: whether the user allows a retry after the request may have been carried out. None: not set.
    """

    method: str
    url: str
    params: Pairs = ()
    headers: Pairs = ()
    body: Json = None
    retry: bool | None = None

    @property
    def query(self) -> Pairs:
        """The parameters in the URL and the added ones, decoded."""
        return (*url_query(self.url), *self.params)

    def value(self, name: str, location: Location = "query") -> Json:
        """Return the value of a parameter, or None. Dots in the name lead into the body."""
        if location == "query":
            return dict(self.query).get(name)
        if location == "header":
            return {key.lower(): text for key, text in self.headers}.get(name.lower())
        return _find(self.body, name.split("."))

    def with_param(self, name: str, value: Json, location: Location = "query") -> "Request":
        """Return the request with one parameter set or replaced."""
        if location == "query":
            kept = tuple(pair for pair in self.params if pair[0] != name)
            return replace(self, url=without_param(self.url, name), params=(*kept, (name, text_of(value))))
        if location == "header":
            others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
            return replace(self, headers=(*others, (name, text_of(value))))
        return replace(self, body=_with_value(self.body, name.split("."), name, value))

    def with_url(self, url: str) -> "Request":
        """Return the request for a link that the API sent. The link has its own parameters."""
        return replace(self, url=url, params=())

    @cached_property
    def full_url(self) -> str:
        """The URL with all parameters, percent-encoded."""
        added = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in self.params)
        if not added:
            return self.url.partition("#")[0]
        scheme, host, path, query, _ = urlsplit(self.url)
        return urlunsplit((scheme, host, path, f"{query}&{added}" if query else added, ""))

    @cached_property
    def key(self) -> str:
        """A text that is equal for equivalent requests, in any order of parameters and headers."""
        url = self.full_url
        # Sorted by name alone, because the order of a repeated parameter may be significant.
        params = sorted(url_query(url), key=lambda pair: pair[0])
        parts = [self.method, url.partition("?")[0], params, sorted(self.headers), self.body]
        return json.dumps(parts, sort_keys=True)


def text_of(value: Json) -> str:
    """Return a value as a text for a URL or a header. Values other than strings are written as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def url_query(url: str) -> list[tuple[str, str]]:
    """Return the parameters in a URL, decoded, in order."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def without_param(url: str, name: str) -> str:
    """Return the URL without one parameter. The others keep their encoding."""
    scheme, host, path, query, fragment = urlsplit(url)
    kept = [part for part in query.split("&") if part and not _has_name(part, name)]
    return urlunsplit((scheme, host, path, "&".join(kept), fragment))


def _has_name(part: str, name: str) -> bool:
    return any(key == name for key, _ in parse_qsl(part, keep_blank_values=True))


def _encoded(text: str) -> str:
    # RFC 3986 §3.4 allows these in a query, and APIs do not encode them in their examples ($top, page[size]).
    return quote(text, safe="$,:@/!*()'", errors="surrogatepass")


def _find(body: Json, keys: list[str]) -> Json:
    for key in keys:
        if not isinstance(body, dict):
            return None
        body = body.get(key)
    return body


def _with_value(body: Json, keys: list[str], name: str, value: Json) -> Json:
    if not keys:
        return value
    if body is not None and not isinstance(body, dict):
        raise ResourceError(f"cannot set {name} in the body, because its parent is not an object")
    fields = body or {}
    return {**fields, keys[0]: _with_value(fields.get(keys[0]), keys[1:], name, value)}
