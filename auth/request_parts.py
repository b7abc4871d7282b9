"""What a login adds to each request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import httpx

from rest.bodies import Json, parse_json
from rest.request import Request, text_of


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
            content = json.dumps({**_fields(parse_json(content.decode() or "{}")), **self.body}).encode()
            headers.setdefault("Content-Type", "application/json")
            headers.pop("Content-Length", None)
        return httpx.Request(
            request.method, url.full_url, headers=headers, content=content, extensions=request.extensions
        )


def _fields(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
