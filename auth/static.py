"""Schemes whose credential never changes; basic is httpx's own."""

from collections.abc import Generator

import httpx

from rest.request import Request

type Flow = Generator[httpx.Request, httpx.Response, None]


class BearerAuth(httpx.Auth):
    """A token in the Authorization header (RFC 6750 §2.1), after Bearer or what the API says instead."""

    def __init__(self, token: str, prefix: str = "Bearer") -> None:
        self._value = f"{prefix} {token}"

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Sends the request once, with the token."""
        request.headers["Authorization"] = self._value
        yield request


class ApiKeyAuth(httpx.Auth):
    """A key in a header of its own, or in the query when a parameter is named."""

    def __init__(self, key: str, *, header: str = "X-API-Key", param: str | None = None) -> None:
        self._key = key
        self._header = header
        self._param = param

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Sends the request once, with the key."""
        if self._param:
            # As text: httpx would write every other parameter of the URL anew.
            address = Request(request.method, str(request.url)).with_param(self._param, self._key).full_url
            request.url = httpx.URL(address)
        else:
            request.headers[self._header] = self._key
        yield request
