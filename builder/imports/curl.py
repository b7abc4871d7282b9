"""A curl command as settings and an endpoint."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from builder.imports.credentials import Credentials, credentials_of
from builder.imports.curl_command import Command, command_of
from builder.imports.found import DocumentError, Imported, ImportedEndpoint, telling_parts
from builder.imports.kinds import kind_of, without_value
from builder.imports.names import listing_title
from builder.imports.noise import telling
from builder.imports.paging import Paging, paging_of, seen_parameter
from builder.imports.redaction import Redaction
from builder.imports.texts import is_too_deep
from builder.inference import parameter_names
from configuration.field_types import wrong_headers
from rest.bodies import Json, parse_json
from rest.origin import Origin
from rest.request import Pairs

_METHODS = ("GET", "POST", "PUT", "PATCH")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_URL = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:(?P<user>[^/?#]*)@)?(?P<host>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?",
    re.IGNORECASE,
)
_HERE = re.compile(r"localhost\b|127\.|\[::1\]")
_MOST_PARAMETERS = 1_000
_FILL_IN = frozenset("${}<>")


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a command goes. base_url: None where something is to be filled in for the host."""

    base_url: str | None
    shown: str
    path: str
    params: Pairs
    user: str | None


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Headers or parameters: those of the endpoint, and those with a variable, which only settings take."""

    own: Pairs
    variable: Pairs

    @classmethod
    def of(cls, pairs: Pairs) -> "_Sorted":
        own = tuple(pair for pair in pairs if not _VARIABLE.search(pair[1]))
        return cls(own, tuple(pair for pair in pairs if _VARIABLE.search(pair[1])))


def read_curl(text: str) -> Imported:
    """The request of a curl command as bash reads it, as browsers and API documents write them.

    The base URL is the origin, the kind all of the path: which part of it other endpoints share, one command
    does not tell. A secret is in its own setting alone; a variable in its place leaves the setting out.
    Raises DocumentError: it is no such command, or one that the integration cannot send.
    """
    command = command_of(text)
    if command.method not in _METHODS:
        raise DocumentError(
            f"curl: the method {command.method} does not read", hint=f"It may be {', '.join(_METHODS)}"
        )
    address = _address(command)
    proofs = credentials_of(telling(command.headers), address.params, command.user or address.user)
    headers, params = _Sorted.of(proofs.headers), _Sorted.of(proofs.params)
    return Imported(
        settings=_settings(command, address, proofs, headers, params),
        endpoints=(_endpoint(command, address.path, headers.own, params.own),),
        notes=(*command.notes, *_notes(command, address, headers, params), *proofs.notes),
    )


def _address(command: Command) -> _Address:
    match = _URL.match(command.url.strip())
    found = match.groupdict(default="") if match else {}
    host = found.get("host", "")
    scheme = found["scheme"].lower() or ("http" if _HERE.match(host) else "https")
    if scheme not in ("http", "https") or not host:
        raise DocumentError(f"curl: {scheme}://{host} is no address of a web API")
    query = "&".join(part for part in (found["query"], *command.query) if part)
    # In double quotes bash takes $top for a variable; as the name of a parameter it is OData's own.
    params = [(_VARIABLE.sub(r"$\1", name), text) for name, text in parse_qsl(query, keep_blank_values=True)]
    if len(params) > _MOST_PARAMETERS:
        raise DocumentError(f"curl: the URL has more than {_MOST_PARAMETERS:,} parameters")
    user = unquote(found["user"]) if match and match["user"] is not None else None
    return _Address(_base_url(scheme, host), f"{scheme}://{host}", found["path"], tuple(params), user)


def _base_url(scheme: str, host: str) -> str | None:
    if _FILL_IN & set(host):
        return None
    try:
        return str(Origin.of(f"{scheme}://{host}"))
    except ValueError as error:
        raise DocumentError(f"curl: {host} is no host") from error


def _settings(
    command: Command, address: _Address, proofs: Credentials, headers: _Sorted, params: _Sorted
) -> dict[str, Json]:
    """Those of the connection; customHeaders and customQueryParams replace `${NAME}` by the environment's."""
    settings: dict[str, Json] = {"baseUrl": address.base_url} if address.base_url else {}
    settings |= proofs.settings
    for name, pairs in (("customHeaders", headers.variable), ("customQueryParams", params.variable)):
        others = settings.get(name)
        if pairs:
            settings[name] = {**(others if isinstance(others, dict) else {}), **dict(pairs)}
    return {**settings, "verifySsl": False} if command.is_insecure else settings


def _endpoint(command: Command, path: str, headers: Pairs, params: Pairs) -> ImportedEndpoint:
    kind = kind_of(path)
    paging = _paging(params)
    body, notes = _body(command)
    sendable = [pair for pair in headers if not wrong_headers([pair])]
    selector: dict[str, Json] = {
        "method": None if command.method == "GET" else command.method,
        "query_params": _object([pair for pair in params if pair[0] not in paging.names]),
        "headers": dict(sendable),
        "pagination": dict(paging.mapping),
    }
    return ImportedEndpoint(
        kind,
        listing_title(kind),
        selector=telling_parts(selector) | ({} if body is None else {"body": body}),
        notes=(*notes, *map(without_value, parameter_names(kind))),
    )


def _paging(params: Pairs) -> Paging:
    seen = [parameter for name, text in params if (parameter := seen_parameter(name, [text]))]
    return paging_of(seen)


def _object(params: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """As the mapping writes parameters: one that is repeated has a list."""
    found: dict[str, list[Json]] = {}
    for name, text in params:
        found.setdefault(name, []).append(text)
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


def _body(command: Command) -> tuple[Json, list[str]]:
    """The body where it is JSON, and what is to be said of it."""
    if not command.data:
        return None, []
    try:
        body = parse_json(command.data)
    except ValueError:
        return None, ["The body is no JSON and was left out: form bodies are not supported"]
    if not isinstance(body, dict | list) or is_too_deep(body):
        return None, ["The body is no object and no list of JSON, and was left out"]
    shown = Redaction()(body)
    notes = [] if shown == body else ["*** stands for a secret in the body: the mapping is no place for one"]
    variables = sorted(set(_VARIABLE.findall(command.data)))
    return shown, [*notes, *(f"Write into the body what ${{{name}}} stands for" for name in variables)]


def _notes(command: Command, address: _Address, headers: _Sorted, params: _Sorted) -> list[str]:
    notes = [] if address.base_url else [f"Enter baseUrl: the request has {address.shown} in its place"]
    if command.has_cookies:
        notes.append("Cookies were left out: they end with the session of the browser they come from")
    for pairs, setting in ((headers.variable, "customHeaders"), (params.variable, "customQueryParams")):
        notes += [
            f"{setting} takes the value of {name} from the environment: {_variables(text)}"
            for name, text in pairs
        ]
    if wrong := wrong_headers(headers.own):
        notes.append(f"The header {wrong[0]} was left out: its name or value cannot be sent")
    return notes


def _variables(text: str) -> str:
    return ", ".join(f"${{{name}}}" for name in _VARIABLE.findall(text))
