"""What the mapping may not set in a request: the caller's identity, its routing and its method."""

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from loguru import logger

from client.guarded_names import (
    header_controls_routing,
    header_identifies_caller,
    header_overrides_method,
    parameter_identifies_caller,
    parameter_overrides_method,
)
from client.repeatability import only_reads
from rest.bodies import Json
from rest.errors import RefusedError
from rest.request import Pairs, Request, text_of, url_query

# A resource may need other values of these than the rest, and none of them holds a credential.
_NEGOTIATED = frozenset(
    {"accept", "accept-encoding", "accept-language", "connection", "content-type", "user-agent"}
)
_REMOVE = "Remove it from the mapping"
_REMOVE_HEADER = f"{_REMOVE}; set credentials in authType or customHeaders"
_REMOVE_PARAMETER = f"{_REMOVE}; if you administer the integration, set it in customQueryParams"


class HeaderPolicy:
    """Checks the method, the headers and the parameters that the mapping sets.

    custom: the names of the headers of every request, from customHeaders.
    reads_only: refuse each request that is not known to only read.
    """

    def __init__(self, custom: Iterable[str], *, reads_only: bool = False) -> None:
        self._reads_only = reads_only
        self._custom = frozenset(name.lower() for name in custom) - _NEGOTIATED
        self._reported: set[str] = set()

    def check(self, request: Request) -> None:
        """Log a warning, once for each name, where a header replaces one of customHeaders.

        Raises RefusedError: a header or a parameter changes the caller, the routing or the method, or the
        request may write where only reading is allowed.
        """
        if self._reads_only and not only_reads(request):
            raise RefusedError(
                f"a {request.method} request to this path may change data in the API, and was not sent",
                hint="If it only reads, start the command with --allow-post",
            )
        self._check_headers(request.headers)
        for name, value in _parameters(request):
            if parameter_overrides_method(name, value):
                raise RefusedError(
                    f"the mapping may not set the parameter {name}, which overrides the method", hint=_REMOVE
                )
            if parameter_identifies_caller(name):
                raise RefusedError(
                    f"the mapping may not set the parameter {name}, which identifies the caller",
                    hint=_REMOVE_PARAMETER,
                )

    def _check_headers(self, headers: Pairs) -> None:
        for name, value in headers:
            if header_identifies_caller(name):
                raise RefusedError(
                    f"the mapping may not set the header {name}, which identifies the caller",
                    hint=_REMOVE_HEADER,
                )
            if header_controls_routing(name):
                raise RefusedError(
                    f"the mapping may not set the header {name}, which controls routing or framing",
                    hint=_REMOVE,
                )
            if header_overrides_method(name, value):
                raise RefusedError(
                    f"the mapping may not set the header {name}, which overrides the method", hint=_REMOVE
                )
            if (lower := name.lower()) in self._custom - self._reported:
                # It may replace a credential.
                self._reported.add(lower)
                logger.warning("The mapping replaces the header {} of customHeaders", name)


def _parameters(request: Request) -> Iterator[tuple[str, Json]]:
    """Yield the name and value of everything that a server may read as a parameter."""
    # Some servers also separate parameters by semicolons.
    yield from url_query(request.url.replace(";", "&"))
    yield from request.params
    yield from request.body_fields
    if any(name.lower() == "content-type" and "form" in value.lower() for name, value in request.headers):
        # A server reads the body as a form, whatever its type, and a string in it may contain parameters.
        content = request.content[0].decode(errors="replace") if request.content else text_of(request.body)
        yield from parse_qsl(content, keep_blank_values=True)
