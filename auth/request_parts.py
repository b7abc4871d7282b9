"""What a login adds to each request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlencode

import httpx

from rest.bodies import Json, parse_json
from rest.errors import AuthError
from rest.request import Request, text_of
from rest.request_bodies import body_type_for


@dataclass(frozen=True, slots=True)
class RequestParts:
    """Headers, query parameters and fields of the body that each request sends."""

    headers: Mapping[str, Json] = field(default_factory=dict, repr=False)
    query_params: Mapping[str, Json] = field(default_factory=dict, repr=False)
    body: Mapping[str, Json] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, parts: Json) -> Self:
        """Read parts from JSON with the keys headers, query_params and body."""
        fields = _fields(parts)
        return cls(*(_fields(fields.get(name)) for name in ("headers", "query_params", "body")))

    def merged(self, request: httpx.Request) -> httpx.Request:
        """Return a copy of a request with these parts merged into it."""
        url = Request(request.method, str(request.url))
        for name, value in self.query_params.items():
            url = url.with_param(name, value)
        headers = httpx.Headers(request.headers)
        headers.update({name: text_of(value) for name, value in self.headers.items()})
        content = request.content
        if self.body:
            content = _with_fields(content, headers.get("Content-Type", ""), self.body)
            headers.setdefault("Content-Type", "application/json")
            headers.pop("Content-Length", None)
        return httpx.Request(
            request.method, url.full_url, headers=headers, content=content, extensions=request.extensions
        )


def _with_fields(content: bytes, content_type: str, fields: Mapping[str, Json]) -> bytes:
    """Return a body with more fields. Raises AuthError: it is neither JSON nor a form."""
    match body_type_for(content_type, content.decode()):
        case "form":
            pairs = parse_qsl(content.decode(), keep_blank_values=True)
            kept = [pair for pair in pairs if pair[0] not in fields]
            return urlencode([*kept, *((name, text_of(value)) for name, value in fields.items())]).encode()
        case "json":
            return json.dumps({**_fields(parse_json(content.decode() or "{}")), **fields}).encode()
    raise AuthError(
        f"the login adds fields to the body, but the body has the type {content_type}",
        hint="Put the credentials into headers or queryParams of customAuthRequestTemplate",
    )


def _fields(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
