"""A request to an API, as a plain value: no sockets, no client."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from rest.bodies import Json
from rest.json_places import value_at, with_value_at
from rest.request_bodies import BodyType, encoded, form_fields, text_content, with_text_value

# Its name in version 1.0 was rest.request.Response. Tools outside of this repository import that.
from rest.response import Response as Response
from rest.texts import Pairs as Pairs
from rest.texts import text_of as text_of

type Location = Literal["query", "body", "header"]


@dataclass(frozen=True)
class Request:
    """A request: an absolute URL, which may have a query string, and the parameters added to it.

    params: name and value, in order. A name may occur more than once.
    body: None sends no body. body_type: how the body is sent.
    body_values: the values of the {placeholders} of a text body.
    retry: whether the user allows a retry after the request may have been carried out. None: not set.
    is_anonymous: whether it is sent without credentials, to an origin of followOrigins.
    """

    method: str
    url: str
    params: Pairs = ()
    headers: Pairs = ()
    body: Json = None
    retry: bool | None = None
    is_anonymous: bool = False
    body_type: BodyType = "json"
    body_values: Pairs = ()

    @property
    def query(self) -> Pairs:
        """The parameters in the URL and the added ones, decoded."""
        return (*url_query(self.url), *self.params)

    def value(self, name: str, location: Location = "query") -> Json:
        """Return the value of a parameter, or None. In the body, dots separate keys and indexes."""
        if location == "query":
            return dict(self.query).get(name)
        if location == "header":
            return {key.lower(): text for key, text in self.headers}.get(name.lower())
        if self.body_type == "text":
            return dict(self.body_values).get(name)
        if isinstance(self.body, str) and self.body_type == "form":
            return dict(form_fields(self.body)).get(name)
        return value_at(self.body, name)

    def with_param(self, name: str, value: Json, location: Location = "query") -> "Request":
        """Return the request with one parameter set or replaced.

        Raises ResourceError: the body has no place for it.
        """
        if location == "query":
            kept = tuple(pair for pair in self.params if pair[0] != name)
            return replace(self, url=without_param(self.url, name), params=(*kept, (name, text_of(value))))
        if location == "header":
            others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
            return replace(self, headers=(*others, (name, text_of(value))))
        if self.body_type == "text":
            return replace(self, body_values=with_text_value(self.body, self.body_values, name, value))
        if isinstance(self.body, str) and self.body_type == "form":
            kept_fields = _without_pair(self.body, name)
            return replace(self, body="&".join([*kept_fields, urlencode({name: text_of(value)})]))
        return replace(self, body=with_value_at(self.body, name, value))

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

    @property
    def shown_url(self) -> str:
        """The URL for messages. Without credentials, the query may be a signature, and is left out."""
        url = self.full_url
        return f"{url.partition('?')[0]}?…" if self.is_anonymous and "?" in url else url

    @cached_property
    def key(self) -> str:
        """A text that is equal for equivalent requests, in any order of parameters and headers."""
        url = self.full_url
        # Sorted by name alone, because the order of a repeated parameter may be significant.
        params = sorted(url_query(url), key=lambda pair: pair[0])
        parts = [self.method, url.partition("?")[0], params, sorted(self.headers), self.body]
        if self.body_type != "json":
            parts += [self.body_type, sorted(self.body_values)]
        return json.dumps(parts, sort_keys=True)

    @property
    def content(self) -> tuple[bytes, str] | None:
        """The bytes of the body and their Content-Type; None: the body is JSON, or there is none.

        Raises ValueError: the charset of the Content-Type header cannot represent the text.
        """
        content_type = self.value("Content-Type", "header")
        own = None if content_type is None else text_of(content_type)
        return encoded(self.body, self.body_type, self.body_values, own)

    @property
    def body_text(self) -> Json:
        """The body, with the values of its placeholders if it is a text."""
        if self.body_type == "text" and isinstance(self.body, str):
            return text_content(self.body, self.body_values)
        return self.body

    @property
    def body_fields(self) -> tuple[tuple[str, Json], ...]:
        """The fields at the top level of the body, by name. Text has none."""
        if self.body_type in ("form", "multipart"):
            return form_fields(self.body)
        return tuple(self.body.items()) if isinstance(self.body, dict) else ()


def url_query(url: str) -> list[tuple[str, str]]:
    """Return the parameters in a URL, decoded, in order."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True) if "?" in url else []


def without_param(url: str, name: str) -> str:
    """Return the URL without one parameter. The others keep their encoding."""
    scheme, host, path, query, fragment = urlsplit(url)
    return urlunsplit((scheme, host, path, "&".join(_without_pair(query, name)), fragment))


def _without_pair(query: str, name: str) -> list[str]:
    return [part for part in query.split("&") if part and not _has_name(part, name)]


def _has_name(part: str, name: str) -> bool:
    return any(key == name for key, _ in parse_qsl(part, keep_blank_values=True))


def _encoded(text: str) -> str:
    # RFC 3986 §3.4 allows these in a query, and APIs do not encode them in their examples ($top, page[size]).
    return quote(text, safe="$,:@/!*()'", errors="surrogatepass")
