"""What paginators have in common that send a parameter and a page size with each request."""

from dataclasses import dataclass
from typing import Any

from configuration.pagination import PaginationSettings
from configuration.param_format import ParamFormat
from pagination.base import Paginator, size_param_of
from pagination.configured import ConfiguredSignals
from pagination.values import whole_number
from rest.page import Page
from rest.request import Location, Request


@dataclass(frozen=True, slots=True)
class ParamPaginator(Paginator):
    """Sends a parameter, and a page size that can be reduced where the API fails on large pages.

    param: the name of the parameter. size_param: None sends no page size. location: of both.
    format: how the parameter is written; None: as the value is.
    smallest: the size to which pages that fail are reduced; None: they are not.
    """

    param: str
    size_param: str | None
    page_size: int = 100
    location: Location = "query"
    format: ParamFormat | None = None
    smallest: int | None = None

    @property
    def continues_by(self) -> str:
        """The parameter."""
        return f"the parameter {self.param!r}"

    def first(self, request: Request) -> Request:
        """Return the request with the page size. A size that the mapping sets itself stays."""
        if self.size_param and request.value(self.size_param, self.location) is None:
            return request.with_param(self.size_param, self.page_size, self.location)
        return request

    def requested_size(self, request: Request) -> int | None:
        """Return the page size that the request names; None: it names none."""
        return whole_number(request.value(self.size_param, self.location)) if self.size_param else None

    def with_size(self, request: Request, size: int) -> Request:
        """Return the request for the same position with another page size."""
        return request.with_param(self.size_param, size, self.location) if self.size_param else request

    def smaller(self, request: Request, before: Page | None) -> Request | None:  # noqa: ARG002 - for page numbers
        """Return the request for half as many items."""
        size = self.requested_size(request)
        if size is None or self.smallest is None:
            return None
        reduced = max(size // 2, self.smallest)
        return self.with_size(request, reduced) if reduced < size else None

    def larger(self, request: Request) -> Request:
        """Return the request for twice as many items, up to the configured page size."""
        size = self.requested_size(request)
        return self.with_size(request, min(2 * size, self.page_size)) if size else request


def param_settings(settings: PaginationSettings, param: str, size_param: str) -> dict[str, Any]:
    """Return what these paginators take from the settings. param, size_param: the usual names."""
    has_size = settings.param_format is not None and settings.param_format.has_size
    return {
        "param": settings.param or param,
        "size_param": size_param_of(settings, None if has_size else size_param),
        "page_size": settings.page_size,
        "location": settings.param_location,
        "format": settings.param_format,
        "smallest": settings.page_size_min,
        "signals": ConfiguredSignals.of(settings),
    }
