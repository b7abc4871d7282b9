"""Infer an endpoint's pagination from its parameters and a response."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from builder.inference import find_pagination
from configuration.pagination import ParamLocation
from pagination import NextLinkPaginator
from pagination.vocabulary import Meaning, Role, meaning_of, role_of
from rest.bodies import Json
from rest.page import Page
from rest.request import Request
from rest.response import Response

_EXAMPLE_URL = "https://api.example.com/"
_DATE = re.compile(r"\d{4}-\d{2}")
_MAX_DIGITS = 9
_LINK_TYPES = ("next_link", "header_link")
# Roles of names in single APIs, by their letters. The vocabulary of a resync is stricter.
_OTHER_ROLES: Mapping[str, Role] = {
    "continue": "cursor",
    "cursormark": "cursor",
    "from": "offset",
    "nextpageid": "cursor",
    "pagingtoken": "cursor",
    "ps": "size",
    "rowsperpage": "size",
    "startingtoken": "cursor",
    "startafter": "cursor",
    "exclusivestartkey": "cursor",
    "pagelength": "size",
    "recordcount": "size",
    "pagecount": "size",
    "sizeperpage": "size",
}
# Names that mean a bound or an amount in some APIs. Others with the same role are preferred.
_AMBIGUOUS = frozenset(
    {"count", "first", "max", "top", "rows", "p", "start", "from", "after", "take", "size"}
)
# With one of these, a start is the beginning of a period or a range.
_RANGE_ENDS = frozenset({"end", "to", "until", "stop", "endtime", "endat", "endindex", "before", "till"})
_RANGE_STARTS = frozenset({"start", "from", "after", "startat"})
_LETTERS = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A parameter of a request, in the query or the body.

    name: in a body, dots separate keys. is_number: None if unknown. lowest: its first number.
    size: as a page size. is_token: True if the document says that the value comes from the last page.
    """

    name: str
    is_number: bool | None = None
    lowest: int | None = None
    size: int | None = None
    location: ParamLocation = "query"
    is_token: bool = False

    @property
    def role(self) -> Role | None:
        """The role in pagination, None if it has none."""
        role = page_role(self._own_name)
        if role in ("page", "offset") and self.is_token:
            return "cursor"
        return None if role != "cursor" and self.is_number is False else role

    @property
    def letters(self) -> str:
        """The letters of the name in lower case."""
        return letters_of(self._own_name)

    @property
    def _own_name(self) -> str:
        return self.name.rpartition(".")[2] if self.location == "body" else self.name


@dataclass(frozen=True, slots=True)
class EndpointPagination:
    """The pagination of an endpoint.

    mapping: the value for `selector.pagination`, empty if unknown. names: the parameters that it sends.
    lacks_parameter: the response has more pages, but the document declares no parameter for them.
    """

    mapping: Mapping[str, Json] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    lacks_parameter: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredParameters:
    """The parameters of an operation whose document declares all that it accepts.

    names: of all parameters. cursor: the pagination by a cursor with its own parameter, empty if unknown.
    """

    names: frozenset[str]
    cursor: Mapping[str, Json] = field(default_factory=dict)


def page_role(name: str) -> Role | None:
    """Return the role of a name in pagination, None if it has none."""
    return role_of(name) or _OTHER_ROLES.get(letters_of(name))


def letters_of(name: str) -> str:
    """Return the letters of a name in lower case."""
    return _LETTERS.sub("", name.lower())


def may_page(name: str, location: str) -> bool:
    """Return whether a parameter with this name has a role in pagination, or says that another has none."""
    where: ParamLocation = "body" if location == "body" else "query"
    parameter = QueryParameter(name, location=where)
    return parameter.role is not None or parameter.letters in _RANGE_ENDS


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
    parameters: Iterable[QueryParameter],
    response: Response | None = None,
    data_path: str | None = None,
    declared: DeclaredParameters | None = None,
) -> EndpointPagination:
    """Infer the pagination from the parameters and, if available, a response.

    declared: no other parameter is proposed. None: the parameters are those of some requests only.
    """
    by_role = _by_role(list(parameters))
    from_response = _from_response(response, data_path) if response else {}
    mapping = _mapping(by_role, from_response, response, declared.cursor if declared else {})
    if declared and mapping.get("type") not in _LINK_TYPES and mapping.get("param") not in declared.names:
        return EndpointPagination(lacks_parameter=bool(mapping))
    if not mapping:
        return EndpointPagination()
    size, location = by_role.get("size"), mapping.get("param_location", "query")
    if size and size.location == location:
        mapping |= {"size_param": size.name, **({"page_size": size.size} if size.size else {})}
    elif mapping["type"] not in _LINK_TYPES:
        # No page size is sent, because strict APIs reject unknown parameters.
        mapping["size_param"] = "-"
    return EndpointPagination(mapping, frozenset(parameter.name for parameter in by_role.values()))


def _by_role(parameters: list[QueryParameter]) -> dict[Role, QueryParameter]:
    """Return one parameter for each role. Unambiguous names come first."""
    letters = {each.letters for each in parameters}
    is_range = bool(letters & _RANGE_ENDS)
    first = next((each for each in parameters if each.letters == "first"), None)
    by_role: dict[Role, QueryParameter] = {}
    for each in sorted(parameters, key=lambda each: each.letters in _AMBIGUOUS):
        if each.role == "offset" and is_range and each.letters in _RANGE_STARTS:
            continue
        if each.role:
            by_role.setdefault(each.role, each)
    if first and "max" in letters and "offset" not in by_role:
        # Keycloak: the first item and the most items
        by_role |= {"offset": first, "size": next(each for each in parameters if each.letters == "max")}
    return by_role


def _from_response(response: Response, data_path: str | None) -> dict[str, Json]:
    """Return the pagination of a response. The request URL is that of the response's next link, if any."""
    link = NextLinkPaginator().link_in(Page(Request("GET", _EXAMPLE_URL), response, ()))
    is_absolute = isinstance(link, str) and link.startswith(("http://", "https://"))
    url = link.partition("?")[0] if isinstance(link, str) and is_absolute else _EXAMPLE_URL
    return dict(find_pagination(Request("GET", url), response, data_path or ".").mapping)


def _mapping(
    by_role: Mapping[Role, QueryParameter],
    from_response: dict[str, Json],
    response: Response | None,
    declared_cursor: Mapping[str, Json],
) -> dict[str, Json]:
    """Return links and cursors of the response, else the parameters, with the API's parameter names."""
    cursor, page, offset = by_role.get("cursor"), by_role.get("page"), by_role.get("offset")
    if from_response.get("type") in _LINK_TYPES:
        return from_response
    if cursor and from_response.get("type") == "cursor":
        return {**from_response, "param": cursor.name, **_location(cursor)}
    if page:
        start: dict[str, Json] = {"start_page": 0} if _starts_at_zero(page, response) else {}
        return {"type": "page", "param": page.name, **start, **_location(page)}
    if declared_cursor:
        return dict(declared_cursor)
    if offset:
        return {"type": "offset", "param": offset.name, **_location(offset)}
    if cursor:
        return {"type": "cursor", "param": cursor.name, **_location(cursor)}
    return from_response


def _location(parameter: QueryParameter) -> dict[str, Json]:
    return {} if parameter.location == "query" else {"param_location": parameter.location}


def _starts_at_zero(page: QueryParameter, response: Response | None) -> bool:
    """Return whether the first page is 0: by the parameter, else by what a response says."""
    if page.lowest is not None:
        return page.lowest == 0
    if page.letters == "pageindex":
        return True
    envelope = _envelope(response)
    if "numberofelements" in envelope or "pageable" in envelope:
        return True  # Spring Data
    numbers = [value for name, value in envelope.items() if meaning_of(name) is Meaning.PAGE_NUMBER]
    return any(value == 0 and not isinstance(value, bool) for value in numbers)


def _envelope(response: Response | None) -> dict[str, Json]:
    """Return the scalars and objects around the items, by their names in lower case."""
    body = response.body if response else None
    if not isinstance(body, dict):
        return {}
    inner = [value.items() for value in body.values() if isinstance(value, dict)]
    return {name.lower(): value for name, value in chain(*inner, body.items()) if not isinstance(value, list)}
