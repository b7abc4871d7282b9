"""Find the page size and the page number or offset in a request."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pagination.vocabulary import Role, role_of
from rest.bodies import Json
from rest.request import Location, Request, url_query

# Names in single APIs, too general for the vocabulary: SonarQube's page size and Elasticsearch's offset.
# ServiceNow prefixes its parameters.
_OTHER_ROLES: Mapping[str, Role] = {
    "ps": "size",
    "from": "offset",
    "sysparm_offset": "offset",
    "sysparm_limit": "size",
}
# Page sizes in some APIs only. In others, count=1 requests the total, and first and max are bounds.
_AMBIGUOUS = frozenset({"count", "first", "max"})

_BRACKETS = re.compile(r"(?P<outer>\w+)\[\w+\]")


@dataclass(frozen=True, slots=True)
class NumericParameter:
    """A number in a request. name: of a query parameter, or a path with dots in a JSON body."""

    name: str
    value: int
    location: Location


@dataclass(frozen=True, slots=True)
class PageCounter:
    """The parameter that selects a page by counting pages or items."""

    type: Literal["page", "offset"]
    parameter: NumericParameter


def find_page_size(request: Request) -> NumericParameter | None:
    """Return the page size in a request, None if it has none."""
    return _first(request, "size")


def find_page_counter(request: Request) -> PageCounter | None:
    """Return the page number in a request, else the offset, None if it has neither."""
    if page := _first(request, "page"):
        return PageCounter("page", page)
    offset = _first(request, "offset") or _keycloak_offset(request)
    return PageCounter("offset", offset) if offset else None


def _keycloak_offset(request: Request) -> NumericParameter | None:
    """Return `first`, which is an offset beside `max`, and a size elsewhere."""
    numbers = {each.name: each for each in _numbers(request)}
    return numbers.get("first") if "max" in numbers else None


def in_style_of_size(parameter: str, request: Request) -> str:
    """Return a parameter as the request names its page size: `page[offset]` beside `page[size]`."""
    size = find_page_size(request)
    match = _BRACKETS.fullmatch(size.name) if size else None
    if match is None or "[" in parameter:
        return parameter
    own = "number" if parameter == match["outer"] else parameter
    return f"{match['outer']}[{own}]"


def _first(request: Request, role: Role) -> NumericParameter | None:
    found = (each for each in _numbers(request) if _role(each) == role)
    return min(
        found, key=lambda each: (_last_part(each) in _AMBIGUOUS, _last_part(each) == "first"), default=None
    )


def _role(parameter: NumericParameter) -> Role | None:
    name = _last_part(parameter)
    return role_of(name) or _OTHER_ROLES.get(name)


def _last_part(parameter: NumericParameter) -> str:
    return parameter.name.rpartition(".")[2]


def _numbers(request: Request) -> Iterator[NumericParameter]:
    yield from _in_object(request.body, "")
    if isinstance(request.body, dict):
        yield from _in_object(request.body.get("variables"), "variables.")
    for name, text in (*url_query(request.url), *request.params):
        if text.isascii() and text.isdecimal() and len(text) < 10:
            yield NumericParameter(name, int(text), "query")


def _in_object(body: Json, prefix: str) -> Iterator[NumericParameter]:
    for name, value in body.items() if isinstance(body, dict) else ():
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            yield NumericParameter(prefix + name, value, "body")
