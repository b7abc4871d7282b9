"""Schemes whose credential never changes. Basic is httpx's own."""

from collections.abc import Generator

import httpx

from rest.request import Request

type Flow = Generator[httpx.Request, httpx.Response, None]


class BearerAuth(httpx.Auth):
    """A token in the Authorization header (RFC 6750 §2.1), after Bearer or another prefix."""

    def __init__(self, token: str, prefix: str = "Bearer") -> None:
        self._value = f"{prefix} {token}"

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Send the request once, with the token."""
        request.headers["Authorization"] = self._value
        yield request


class ApiKeyAuth(httpx.Auth):
    """A key in a header or, if `param` is set, in a query parameter."""

    def __init__(self, key: str, *, header: str = "X-API-Key", param: str | None = None) -> None:
        self._key = key
        self._header = header
        self._param = param

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Send the request once, with the key."""
        if self._param:
            # httpx would encode all other parameters of the URL again.
            url = Request(request.method, str(request.url)).with_param(self._param, self._key).full_url
            request.url = httpx.URL(url)
        else:
            request.headers[self._header] = self._key
        yield request
