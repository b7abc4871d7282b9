"""A request to an API, as a plain value: no sockets, no client."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from rest.bodies import Json
from rest.errors import ResourceError

type Location = Literal["query", "body", "header"]
type Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """What to ask: an absolute URL (it may carry a query of its own) and what is added to it.

    params: name and value, in order, a name may come more than once.
    body: sent as JSON; None sends no body.
    repeats: what the user says of sending it again where it may have been carried out; None: nothing.
    """

    method: str
    url: str
    params: Pairs = ()
    headers: Pairs = ()
    body: Json = None
    repeats: bool | None = None

    @property
    def query(self) -> Pairs:
        """The parameters in the URL and those that are added to it, decoded."""
        return (*url_query(self.url), *self.params)

    def value(self, name: str, location: Location = "query") -> Json:
        """What the request says under a name; dots reach into a body. None: nothing."""
        if location == "query":
            return dict(self.query).get(name)
        if location == "header":
            return {key.lower(): text for key, text in self.headers}.get(name.lower())
        return _find(self.body, name.split("."))

    def with_param(self, name: str, value: Json, location: Location = "query") -> "Request":
        """The same request with one value set, replacing what stood under that name."""
        if location == "query":
            kept = tuple(pair for pair in self.params if pair[0] != name)
            return replace(self, url=without_param(self.url, name), params=(*kept, (name, text_of(value))))
        if location == "header":
            others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
            return replace(self, headers=(*others, (name, text_of(value))))
        return replace(self, body=_placed(self.body, name.split("."), name, value))

    def with_url(self, url: str) -> "Request":
        """The same request sent to a link that the API gave, which carries its own parameters."""
        return replace(self, url=url, params=())

    @cached_property
    def full_url(self) -> str:
        """The URL with every parameter in it, percent-encoded."""
        added = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in self.params)
        if not added:
            return self.url.partition("#")[0]
        scheme, host, path, query, _ = urlsplit(self.url)
        return urlunsplit((scheme, host, path, f"{query}&{added}" if query else added, ""))

    @cached_property
    def key(self) -> str:
        """The same text for two requests that ask for the same, in whatever order they name it."""
        url = self.full_url
        # By name alone: the order of a repeated parameter may mean something.
        params = sorted(url_query(url), key=lambda pair: pair[0])
        asked = [self.method, url.partition("?")[0], params, sorted(self.headers), self.body]
        return json.dumps(asked, sort_keys=True)


def text_of(value: Json) -> str:
    """A value as it stands in a URL or a header: JSON's text for numbers and booleans."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def url_query(url: str) -> list[tuple[str, str]]:
    """The parameters in a URL, decoded, in order."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def without_param(url: str, name: str) -> str:
    """The URL without one parameter; the others stay as they are written."""
    scheme, host, path, query, fragment = urlsplit(url)
    kept = [part for part in query.split("&") if part and not _named(part, name)]
    return urlunsplit((scheme, host, path, "&".join(kept), fragment))


def _named(part: str, name: str) -> bool:
    return any(key == name for key, _ in parse_qsl(part, keep_blank_values=True))


def _encoded(text: str) -> str:
    # RFC 3986 §3.4 allows these in a query; APIs print them raw in their own examples ($top, page[size]).
    return quote(text, safe="$,:@/!*()'", errors="surrogatepass")


def _find(body: Json, keys: list[str]) -> Json:
    for key in keys:
        if not isinstance(body, dict):
            return None
        body = body.get(key)
    return body


def _placed(body: Json, keys: list[str], name: str, value: Json) -> Json:
    if not keys:
        return value
    if body is not None and not isinstance(body, dict):
        raise ResourceError(f"cannot put {name} into the body: it is no object there")
    fields = body or {}
    return {**fields, keys[0]: _placed(fields.get(keys[0]), keys[1:], name, value)}
