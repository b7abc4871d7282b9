"""What the query parameters of an endpoint, and an answer of it, say of its pages."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from builder.inference import pages_found
from pagination import NextLinkPaginator
from pagination.vocabulary import Role, role_of
from rest.bodies import Json
from rest.page import Page
from rest.request import Request
from rest.response import Response

_ADDRESS = "https://api.example.com/"
_DATE = re.compile(r"\d{4}-\d{2}")
_TOO_LONG = 10
_LINKS = ("next_link", "header_link")


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A query parameter, as far as it is known.

    is_number: None where nothing tells. lowest: where its numbers begin. size: items a page, if it says so.
    """

    name: str
    is_number: bool | None = None
    lowest: int | None = None
    size: int | None = None

    @property
    def role(self) -> Role | None:
        """None: it has nothing to do with pages."""
        role = role_of(self.name)
        return None if role != "cursor" and self.is_number is False else role


@dataclass(frozen=True, slots=True)
class Paging:
    """How an endpoint's pages are asked for.

    mapping: as `selector.pagination` says it, empty where nothing is known.
    names: the query parameters that it sends.
    """

    mapping: Mapping[str, Json] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


def seen_parameter(name: str, values: Iterable[str]) -> QueryParameter | None:
    """A query parameter by the values that it was seen with; None: a date, which speaks of no page."""
    texts = list(values)
    if any(_DATE.match(text) for text in texts):
        return None
    if not all(text.isascii() and text.isdigit() and len(text) < _TOO_LONG for text in texts):
        return QueryParameter(name, is_number=False)
    numbers = [int(text) for text in texts]
    return QueryParameter(
        name, is_number=True, lowest=min(numbers, default=None), size=max(numbers, default=None)
    )


def paging_of(
    parameters: Iterable[QueryParameter], answer: Response | None = None, data_path: str | None = None
) -> Paging:
    """Pagination by what the endpoint takes and answers; without an answer, by what it takes."""
    by_role: dict[Role, QueryParameter] = {}
    for parameter in parameters:
        if parameter.role:
            by_role.setdefault(parameter.role, parameter)
    mapping = _mapping(by_role, _said(answer, data_path) if answer else {})
    if not mapping:
        return Paging()
    size = by_role.get("size")
    if size:
        mapping |= {"size_param": size.name, **({"page_size": size.size} if size.size else {})}
    elif mapping["type"] not in _LINKS:
        # Not asked for by the usual name: strict APIs refuse parameters that they do not know.
        mapping["size_param"] = "-"
    return Paging(mapping, frozenset(parameter.name for parameter in by_role.values()))


def _said(answer: Response, data_path: str | None) -> dict[str, Json]:
    """What the answer says, as if it came from where its own links lead to."""
    link = NextLinkPaginator().link_in(Page(Request("GET", _ADDRESS), answer, ()))
    is_absolute = isinstance(link, str) and link.startswith(("http://", "https://"))
    address = link.partition("?")[0] if isinstance(link, str) and is_absolute else _ADDRESS
    return dict(pages_found(Request("GET", address), answer, data_path or ".").mapping)


def _mapping(by_role: Mapping[Role, QueryParameter], said: dict[str, Json]) -> dict[str, Json]:
    """What the answer says of links and cursors; else the parameters, by the names that the API has."""
    cursor, page, offset = by_role.get("cursor"), by_role.get("page"), by_role.get("offset")
    if said.get("type") in _LINKS:
        return said
    if cursor and said.get("type") == "cursor":
        return {**said, "param": cursor.name}
    if page:
        start: dict[str, Json] = {"start_page": 0} if page.lowest == 0 else {}
        return {"type": "page", "param": page.name, **start}
    if offset:
        return {"type": "offset", "param": offset.name}
    return {"type": "cursor", "param": cursor.name} if cursor else said
