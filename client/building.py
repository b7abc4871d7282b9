"""Build what httpx sends for a request."""

from dataclasses import dataclass

import httpx

from client.default_headers import headers_for
from client.header_policy import HeaderPolicy
from client.marker import MARKER
from client.request_errors import RequestErrors
from client.url_policy import UrlPolicy
from rest.errors import RefusedError
from rest.request import Pairs, Request


@dataclass(frozen=True, slots=True)
class RequestBuilder:
    """Builds requests with the client's headers, or without any credentials for anonymous ones."""

    http: httpx.AsyncClient
    urls: UrlPolicy
    headers: HeaderPolicy
    errors: RequestErrors

    def build(self, request: Request) -> httpx.Request:
        """Return the request to send. Raises RefusedError: a policy forbids it, or HTTP cannot express it."""
        try:
            address = self.urls.address(request)
            self.headers.check(request)
            return self._built(request, address)
        except RefusedError as error:
            error.at(self.errors.place(request))
            raise
        except (ValueError, TypeError) as error:
            raise self.errors.unsendable(request) from error

    def _built(self, request: Request, address: httpx.URL) -> httpx.Request:
        headers, content = _headers_and_content(request)
        json = request.body if content is None else None
        if request.is_anonymous:
            return httpx.Request(
                request.method,
                address,
                headers={**headers_for({}), **dict(headers)},
                content=content,
                json=json,
                extensions={**MARKER, "timeout": self.http.timeout.as_dict()},
            )
        return self.http.build_request(
            request.method, address, headers=headers, content=content, json=json, extensions=dict(MARKER)
        )


def _headers_and_content(request: Request) -> tuple[Pairs, bytes | None]:
    """Return the headers and the bytes of the body; None: it is JSON, or there is none.

    Raises ValueError: the charset of the Content-Type header cannot represent the text.
    """
    body = request.content
    if body is None:
        return request.headers, None
    content, content_type = body
    others = tuple(pair for pair in request.headers if pair[0].lower() != "content-type")
    return (*others, ("Content-Type", content_type)), content
