"""What of a request is not the mapping's to set: who asks, where it goes, and by which method."""

import json
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from loguru import logger

from client.guarded_names import (
    header_overrides_method,
    header_says_where,
    header_says_who_asks,
    parameter_overrides_method,
    parameter_says_who_asks,
)
from rest.bodies import Json
from rest.errors import RefusedError
from rest.request import Pairs, Request, url_query

# What a listing may want otherwise than the others do, and no credential is in.
_NEGOTIATED = frozenset(
    {"accept", "accept-encoding", "accept-language", "connection", "content-type", "user-agent"}
)
_TAKE_OUT = "Take it out of the mapping"
_BY_OPERATOR = f"{_TAKE_OUT}; credentials belong into authType or customHeaders"
_PARAMETER_BY_OPERATOR = f"{_TAKE_OUT}; if it is yours to decide, it belongs into customQueryParams"


class HeaderPolicy:
    """Checks what the mapping asks for. own: the names of the headers that every request has."""

    def __init__(self, own: Iterable[str]) -> None:
        self._own = frozenset(name.lower() for name in own) - _NEGOTIATED
        self._told: set[str] = set()

    def check(self, request: Request) -> None:
        """Says once of each header that takes the place of one of customHeaders, which may be a credential.

        Raises RefusedError: a header or a parameter would change who asks, or what is asked.
        """
        self._check_headers(request.headers)
        for name, value in _parameters(request):
            if parameter_overrides_method(name, value):
                raise RefusedError(
                    f"the mapping may not set the parameter {name}, which overrides the method",
                    hint=_TAKE_OUT,
                )
            if parameter_says_who_asks(name):
                raise RefusedError(
                    f"the mapping may not set the parameter {name}, which says who asks",
                    hint=_PARAMETER_BY_OPERATOR,
                )

    def _check_headers(self, headers: Pairs) -> None:
        for name, value in headers:
            if header_says_who_asks(name):
                raise RefusedError(
                    f"the mapping may not set the header {name}, which says who asks", hint=_BY_OPERATOR
                )
            if header_says_where(name):
                raise RefusedError(
                    f"the mapping may not set the header {name}, which says where a request goes or ends",
                    hint=_TAKE_OUT,
                )
            if header_overrides_method(name, value):
                raise RefusedError(
                    f"the mapping may not set the header {name}, which overrides the method", hint=_TAKE_OUT
                )
            if (lower := name.lower()) in self._own - self._told:
                self._told.add(lower)
                logger.warning("The mapping replaces the header {} of customHeaders", name)


def _parameters(request: Request) -> Iterator[tuple[str, Json]]:
    """All that a server may take for a parameter, by name."""
    # Some servers part parameters by a semicolon, too.
    yield from url_query(request.url.replace(";", "&"))
    yield from request.params
    if isinstance(request.body, dict):
        yield from request.body.items()
    if any(name.lower() == "content-type" and "form" in value.lower() for name, value in request.headers):
        # The body is JSON all the same, and a text in it may hold what a form has.
        yield from parse_qsl(json.dumps(request.body), keep_blank_values=True)
