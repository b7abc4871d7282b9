"""A request as a curl command or an API client describes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from builder.imports.imported import DocumentError
from rest.bodies import Json
from rest.origin import Origin
from rest.request import Pairs

VARIABLE = re.compile(r"\$\{(\w+)\}")
_URL = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:(?P<user>[^/?#]*)@)?(?P<host>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?",
    re.IGNORECASE,
)
_LOOPBACK = re.compile(r"localhost\b|127\.|\[::1\]")
_MAX_PARAMETERS = 1_000
_PLACEHOLDER_CHARACTERS = frozenset("${}<>")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A header or a query parameter that is known to be a secret, whatever its name."""

    name: str
    value: str = field(repr=False)
    in_query: bool = False


@dataclass(frozen=True, slots=True)
class SavedRequest:
    """A request that was written down, with secrets.

    source: where it is from, for messages, such as "curl". query: what is added to the URL's query string.
    user: `user:password` for Basic. key: a key that the headers and the query do not have.
    data: the body as text. parts: the fields of a multipart form. sample: a saved response.
    values: saved values of the path's parameters.
    secrets: the values of variables that are secrets.
    settings: settings that the request determines by itself, such as its authType.
    globs: whether the URL may have ranges and lists of curl.
    notes: what could not be used.
    """

    url: str
    method: str = "GET"
    headers: Pairs = field(default=(), repr=False)
    query: tuple[str, ...] = field(default=(), repr=False)
    user: str | None = field(default=None, repr=False)
    key: ApiKey | None = None
    data: str | None = field(default=None, repr=False)
    parts: Pairs = field(default=(), repr=False)
    sample: Json = field(default=None, repr=False)
    values: Pairs = field(default=(), repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    settings: Mapping[str, Json] = field(default_factory=dict, repr=False)
    source: str = "curl"
    title: str = ""
    globs: bool = False
    is_insecure: bool = False
    has_cookies: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """The URL of a request. base_url: None if the host has a placeholder. origin: as written."""

    base_url: str | None
    origin: str
    path: str
    params: Pairs = field(repr=False)
    user: str | None = field(repr=False)


def address_of(request: SavedRequest) -> Address:
    """Return the address of a request. Raises DocumentError: it is not the URL of a web API."""
    match = _URL.match(request.url.strip())
    found = match.groupdict(default="") if match else {}
    host = found.get("host", "")
    scheme = found["scheme"].lower() or ("http" if _LOOPBACK.match(host) else "https")
    if scheme not in ("http", "https") or not host:
        raise DocumentError(f"{request.source}: {scheme}://{host} is not a URL of a web API")
    query = "&".join(part for part in (found["query"], *request.query) if part)
    # In double quotes, bash reads $top as a variable. As a parameter name it is OData's.
    params = [(VARIABLE.sub(r"$\1", name), text) for name, text in parse_qsl(query, keep_blank_values=True)]
    if len(params) > _MAX_PARAMETERS:
        raise DocumentError(f"{request.source}: the URL has more than {_MAX_PARAMETERS:,} parameters")
    user = unquote(found["user"]) if match and match["user"] is not None else None
    base_url = _base_url(request.source, scheme, host)
    return Address(base_url, f"{scheme}://{host}", found["path"], tuple(params), user)


def _base_url(source: str, scheme: str, host: str) -> str | None:
    if _PLACEHOLDER_CHARACTERS & set(host):
        return None
    try:
        return str(Origin.of(f"{scheme}://{host}"))
    except ValueError as error:
        raise DocumentError(f"{source}: {host} is not a valid host") from error
