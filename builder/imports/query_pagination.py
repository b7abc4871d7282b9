"""Infer an endpoint's pagination from its query parameters and a response."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from builder.inference import find_pagination
from pagination import NextLinkPaginator
from pagination.vocabulary import Role, role_of
from rest.bodies import Json
from rest.page import Page
from rest.request import Request
from rest.response import Response

_EXAMPLE_URL = "https://api.example.com/"
_DATE = re.compile(r"\d{4}-\d{2}")
_MAX_DIGITS = 9
_LINK_TYPES = ("next_link", "header_link")


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A query parameter. is_number: None if unknown. lowest: its first number. size: as a page size."""

    name: str
    is_number: bool | None = None
    lowest: int | None = None
    size: int | None = None

    @property
    def role(self) -> Role | None:
        """The role in pagination, None if it has none."""
        role = role_of(self.name)
        return None if role != "cursor" and self.is_number is False else role


@dataclass(frozen=True, slots=True)
class EndpointPagination:
    """The pagination of an endpoint.

    mapping: the value for `selector.pagination`, empty if unknown. names: the query parameters that it sends.
    """

    mapping: Mapping[str, Json] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


def observed_parameter(name: str, values: Iterable[str]) -> QueryParameter | None:
    """Return a parameter described by its recorded values, None for dates, which never select a page."""
    texts = list(values)
    if any(_DATE.match(text) for text in texts):
        return None
    if not all(text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS for text in texts):
        return QueryParameter(name, is_number=False)
    numbers = [int(text) for text in texts]
    return QueryParameter(
        name, is_number=True, lowest=min(numbers, default=None), size=max(numbers, default=None)
    )


def infer_pagination(
    parameters: Iterable[QueryParameter], response: Response | None = None, data_path: str | None = None
) -> EndpointPagination:
    """Infer the pagination from the query parameters and, if available, a response."""
    by_role: dict[Role, QueryParameter] = {}
    for parameter in parameters:
        if parameter.role:
            by_role.setdefault(parameter.role, parameter)
    mapping = _mapping(by_role, _from_response(response, data_path) if response else {})
    if not mapping:
        return EndpointPagination()
    size = by_role.get("size")
    if size:
        mapping |= {"size_param": size.name, **({"page_size": size.size} if size.size else {})}
    elif mapping["type"] not in _LINK_TYPES:
        # No page size is sent, because strict APIs reject unknown parameters.
        mapping["size_param"] = "-"
    return EndpointPagination(mapping, frozenset(parameter.name for parameter in by_role.values()))


def _from_response(response: Response, data_path: str | None) -> dict[str, Json]:
    """Return the pagination of a response. The request URL is that of the response's next link, if any."""
    link = NextLinkPaginator().link_in(Page(Request("GET", _EXAMPLE_URL), response, ()))
    is_absolute = isinstance(link, str) and link.startswith(("http://", "https://"))
    url = link.partition("?")[0] if isinstance(link, str) and is_absolute else _EXAMPLE_URL
    return dict(find_pagination(Request("GET", url), response, data_path or ".").mapping)


def _mapping(by_role: Mapping[Role, QueryParameter], from_response: dict[str, Json]) -> dict[str, Json]:
    """Return links and cursors of the response, else the parameters, with the API's parameter names."""
    cursor, page, offset = by_role.get("cursor"), by_role.get("page"), by_role.get("offset")
    if from_response.get("type") in _LINK_TYPES:
        return from_response
    if cursor and from_response.get("type") == "cursor":
        return {**from_response, "param": cursor.name}
    if page:
        start: dict[str, Json] = {"start_page": 0} if page.lowest == 0 else {}
        return {"type": "page", "param": page.name, **start}
    if offset:
        return {"type": "offset", "param": offset.name}
    return {"type": "cursor", "param": cursor.name} if cursor else from_response
