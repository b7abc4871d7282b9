"""What the simulations have in common: credentials that must be right, and parameters that must be known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import URL, QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

type Item = dict[str, Any]
type Answer = Callable[["Asked"], Response]


class RefusalError(Exception):
    """A request that the API does not take."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as an endpoint sees it. names: the values of the path's placeholders."""

    url: URL
    names: Mapping[str, Any]
    params: QueryParams
    body: bytes = b""

    def whole_number(self, name: str, default: int, most: int | None = None) -> int:
        """A parameter. Raises RefusalError: it is no whole number, below 0, or above what the API takes."""
        text = self.params.get(name, str(default))
        if not text.isdecimal() or (most is not None and not 1 <= int(text) <= most):
            raise RefusalError(f"{name}: {text!r} is not valid")
        return int(text)


@dataclass(frozen=True, slots=True)
class Vendor:
    """An API: where it is mounted, the headers that every request needs, and how its errors look."""

    mount: str
    headers: Mapping[str, str]
    error: Callable[[str], Any]

    def listing(self, path: str, answer: Answer, params: set[str], method: str = "GET") -> Route:
        """An endpoint that takes these query parameters and no others."""

        async def endpoint(request: Request) -> Response:
            asked = Asked(request.url, request.path_params, request.query_params, await request.body())
            try:
                self._check(request, params)
                return answer(asked)
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
    """A Link header (RFC 8288) of all these relations."""
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items())


def moment(number: int) -> str:
    """A time of the year 2024, later for a larger number."""
    days, hour = divmod(number, 24)
    return f"2024-{1 + days // 28 % 12:02}-{1 + days % 28:02}T{hour:02}:00:00Z"
