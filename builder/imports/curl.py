"""Read a curl command as settings and an endpoint."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from builder.imports.credentials import RequestCredentials, extract_credentials
from builder.imports.curl_command import CurlCommand, parse_curl
from builder.imports.header_filter import keep_significant_headers
from builder.imports.imported import DocumentError, Imported, ImportedEndpoint, drop_empty_parts
from builder.imports.name_parts import listing_title
from builder.imports.pasted_documents import is_too_deep
from builder.imports.path_templates import kind_from_path, missing_values_note
from builder.imports.query_pagination import EndpointPagination, infer_pagination, observed_parameter
from builder.imports.sample_redaction import SampleRedactor
from builder.inference import parameter_names
from configuration.headers import invalid_headers
from rest.bodies import Json, parse_json
from rest.origin import Origin
from rest.request import Pairs

_METHODS = ("GET", "POST", "PUT", "PATCH")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_URL = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:(?P<user>[^/?#]*)@)?(?P<host>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?",
    re.IGNORECASE,
)
_LOOPBACK = re.compile(r"localhost\b|127\.|\[::1\]")
_MAX_PARAMETERS = 1_000
_PLACEHOLDER_CHARACTERS = frozenset("${}<>")


@dataclass(frozen=True, slots=True)
class _Address:
    """The URL of a command. base_url: None if the host has a placeholder. origin: as written."""

    base_url: str | None
    origin: str
    path: str
    params: Pairs
    user: str | None


@dataclass(frozen=True, slots=True)
class _SplitPairs:
    """Headers or parameters. own: for the endpoint. variable: with an environment variable, for settings."""

    own: Pairs
    variable: Pairs

    @classmethod
    def of(cls, pairs: Pairs) -> "_SplitPairs":
        own = tuple(pair for pair in pairs if not _VARIABLE.search(pair[1]))
        return cls(own, tuple(pair for pair in pairs if _VARIABLE.search(pair[1])))


def read_curl(text: str) -> Imported:
    """Return the request of a curl command for bash, as browsers and API documentation write it.

    The base URL is the origin, because one command does not show which part of the path all endpoints share.
    Secrets are only in their settings. If a variable stands for a secret, the setting is left out.
    Raises DocumentError: the text is not a curl command, or the integration cannot send the request.
    """
    command = parse_curl(text)
    if command.method not in _METHODS:
        raise DocumentError(
            f"curl: the method {command.method} does not read data", hint=f"Use {', '.join(_METHODS)}"
        )
    address = _address(command)
    credentials = extract_credentials(
        keep_significant_headers(command.headers), address.params, command.user or address.user
    )
    headers, params = _SplitPairs.of(credentials.headers), _SplitPairs.of(credentials.params)
    return Imported(
        settings=_settings(command, address, credentials, headers, params),
        endpoints=(_endpoint(command, address.path, headers.own, params.own),),
        notes=(*command.notes, *_notes(command, address, headers, params), *credentials.notes),
    )


def _address(command: CurlCommand) -> _Address:
    match = _URL.match(command.url.strip())
    found = match.groupdict(default="") if match else {}
    host = found.get("host", "")
    scheme = found["scheme"].lower() or ("http" if _LOOPBACK.match(host) else "https")
    if scheme not in ("http", "https") or not host:
        raise DocumentError(f"curl: {scheme}://{host} is not a URL of a web API")
    query = "&".join(part for part in (found["query"], *command.query) if part)
    # In double quotes, bash reads $top as a variable. As a parameter name it is OData's.
    params = [(_VARIABLE.sub(r"$\1", name), text) for name, text in parse_qsl(query, keep_blank_values=True)]
    if len(params) > _MAX_PARAMETERS:
        raise DocumentError(f"curl: the URL has more than {_MAX_PARAMETERS:,} parameters")
    user = unquote(found["user"]) if match and match["user"] is not None else None
    return _Address(_base_url(scheme, host), f"{scheme}://{host}", found["path"], tuple(params), user)


def _base_url(scheme: str, host: str) -> str | None:
    if _PLACEHOLDER_CHARACTERS & set(host):
        return None
    try:
        return str(Origin.of(f"{scheme}://{host}"))
    except ValueError as error:
        raise DocumentError(f"curl: {host} is not a valid host") from error


def _settings(
    command: CurlCommand,
    address: _Address,
    credentials: RequestCredentials,
    headers: _SplitPairs,
    params: _SplitPairs,
) -> dict[str, Json]:
    """Return the connection's settings. `${NAME}` in customHeaders and customQueryParams is read from the
    environment.
    """
    settings: dict[str, Json] = {"baseUrl": address.base_url} if address.base_url else {}
    settings |= credentials.settings
    for name, pairs in (("customHeaders", headers.variable), ("customQueryParams", params.variable)):
        others = settings.get(name)
        if pairs:
            settings[name] = {**(others if isinstance(others, dict) else {}), **dict(pairs)}
    return {**settings, "verifySsl": False} if command.is_insecure else settings


def _endpoint(command: CurlCommand, path: str, headers: Pairs, params: Pairs) -> ImportedEndpoint:
    kind = kind_from_path(path)
    pagination = _pagination(params)
    body, notes = _body(command)
    sendable = [pair for pair in headers if not invalid_headers([pair])]
    selector: dict[str, Json] = {
        "method": None if command.method == "GET" else command.method,
        "query_params": _object([pair for pair in params if pair[0] not in pagination.names]),
        "headers": dict(sendable),
        "pagination": dict(pagination.mapping),
    }
    return ImportedEndpoint(
        kind,
        listing_title(kind),
        selector=drop_empty_parts(selector) | ({} if body is None else {"body": body}),
        notes=(*notes, *map(missing_values_note, parameter_names(kind))),
    )


def _pagination(params: Pairs) -> EndpointPagination:
    seen = [parameter for name, text in params if (parameter := observed_parameter(name, [text]))]
    return infer_pagination(seen)


def _object(params: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """Return parameters as in a mapping: a repeated parameter has a list."""
    found: dict[str, list[Json]] = {}
    for name, text in params:
        found.setdefault(name, []).append(text)
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


def _body(command: CurlCommand) -> tuple[Json, list[str]]:
    """Return the body if it is JSON, and notes about it."""
    if not command.data:
        return None, []
    try:
        body = parse_json(command.data)
    except ValueError:
        return None, ["The body was left out because it is not JSON. Form bodies are not supported"]
    if not isinstance(body, dict | list) or is_too_deep(body):
        return None, ["The body was left out because it is not a JSON object or list"]
    masked = SampleRedactor()(body)
    notes = (
        [] if masked == body else ["A secret in the body was replaced by ***. Mappings cannot hold secrets"]
    )
    variables = sorted(set(_VARIABLE.findall(command.data)))
    return masked, [*notes, *(f"Replace ${{{name}}} in the body with its value" for name in variables)]


def _notes(command: CurlCommand, address: _Address, headers: _SplitPairs, params: _SplitPairs) -> list[str]:
    notes = [] if address.base_url else [f"Enter baseUrl. The request has the placeholder {address.origin}"]
    if command.has_cookies:
        notes.append("Cookies were left out because they expire with the browser session")
    for pairs, setting in ((headers.variable, "customHeaders"), (params.variable, "customQueryParams")):
        notes += [f"{setting} reads {name} from the environment: {_variables(text)}" for name, text in pairs]
    if wrong := invalid_headers(headers.own):
        notes.append(f"The header {wrong[0]} was left out because its name or value is not valid")
    return notes


def _variables(text: str) -> str:
    return ", ".join(f"${{{name}}}" for name in _VARIABLE.findall(text))
