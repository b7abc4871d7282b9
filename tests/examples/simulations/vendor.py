"""The base of the simulations. They reject wrong credentials and unknown parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import URL, QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

type Item = dict[str, Any]
type Answer = Callable[["ApiRequest"], Response]


class RefusalError(Exception):
    """A request that the API rejects."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request to an endpoint. names: the values of the path's placeholders. headers: in lower case."""

    url: URL
    names: Mapping[str, Any]
    params: QueryParams
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def integer(self, name: str, default: int, largest: int | None = None) -> int:
        """Return a parameter. Raises RefusalError: it is not an integer from 0 to the API's limit."""
        text = self.params.get(name, str(default))
        if not text.isdecimal() or (largest is not None and not 1 <= int(text) <= largest):
            raise RefusalError(f"{name}: {text!r} is not valid")
        return int(text)


@dataclass(frozen=True, slots=True)
class Vendor:
    """An API: its mount path, its required headers, and the format of its errors."""

    mount: str
    headers: Mapping[str, str]
    error: Callable[[str], Any]

    def listing(self, path: str, answer: Answer, params: set[str], method: str = "GET") -> Route:
        """Return an endpoint that accepts only these query parameters."""

        async def endpoint(request: Request) -> Response:
            api_request = ApiRequest(
                request.url,
                request.path_params,
                request.query_params,
                await request.body(),
                dict(request.headers),
            )
            try:
                self._check(request, params)
                return answer(api_request)
            except RefusalError as refusal:
                return JSONResponse(self.error(str(refusal)), refusal.status)

        return Route(f"/{self.mount}{path}", endpoint, methods=[method])

    def _check(self, request: Request, params: set[str]) -> None:
        for name, text in self.headers.items():
            if request.headers.get(name) != text:
                raise RefusalError(f"{name} is missing or wrong", 401)
        if unknown := sorted(set(request.query_params) - params):
            raise RefusalError(f"unknown parameter {unknown[0]}")


def link_header(links: Mapping[str, URL]) -> str:
    """Return a Link header (RFC 8288) for these relations."""
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items())


def moment(number: int) -> str:
    """Return a time in 2024. Larger numbers give later times."""
    days, hour = divmod(number, 24)
    return f"2024-{1 + days // 28 % 12:02}-{1 + days % 28:02}T{hour:02}:00:00Z"
