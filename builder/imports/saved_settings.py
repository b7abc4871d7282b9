"""The connection's settings in a saved request."""

from dataclasses import dataclass, field

from builder.imports.credentials import RequestCredentials, extract_credentials
from builder.imports.header_filter import keep_significant_headers
from builder.imports.sample_redaction import SampleRedactor
from builder.imports.saved_request import VARIABLE, Address, SavedRequest
from configuration.headers import invalid_headers
from rest.bodies import Json
from rest.request import Pairs


@dataclass(frozen=True, slots=True)
class SplitPairs:
    """Headers or parameters. own: for the endpoint. variable: with an environment variable, for settings."""

    own: Pairs
    variable: Pairs

    @classmethod
    def of(cls, pairs: Pairs) -> "SplitPairs":
        """Split pairs by whether their values have a variable."""
        own = tuple(pair for pair in pairs if not VARIABLE.search(pair[1]))
        return cls(own, tuple(pair for pair in pairs if VARIABLE.search(pair[1])))


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """What a request says about the connection, and what is left of it for its endpoint.

    secrets: the values of the credentials.
    """

    settings: dict[str, Json] = field(repr=False)
    headers: SplitPairs
    params: SplitPairs
    secrets: frozenset[str] = field(repr=False)
    notes: tuple[str, ...]


def settings_of(request: SavedRequest, address: Address, redactor: SampleRedactor) -> RequestSettings:
    """Return the settings. `${NAME}` in customHeaders and customQueryParams is read from the environment.

    redactor: knows the secrets among the variables of the document.
    """
    credentials = extract_credentials(
        keep_significant_headers(request.headers),
        address.params,
        request.user or address.user,
        request.key,
        redactor,
        request.settings,
    )
    headers, params = SplitPairs.of(credentials.headers), SplitPairs.of(credentials.params)
    return RequestSettings(
        _settings(request, address, credentials, headers, params),
        headers,
        params,
        credentials.secrets,
        (*request.notes, *_notes(request, address, headers, params), *credentials.notes),
    )


def _settings(
    request: SavedRequest,
    address: Address,
    credentials: RequestCredentials,
    headers: SplitPairs,
    params: SplitPairs,
) -> dict[str, Json]:
    settings: dict[str, Json] = {"baseUrl": address.base_url} if address.base_url else {}
    settings |= credentials.settings
    for name, pairs in (("customHeaders", headers.variable), ("customQueryParams", params.variable)):
        others = settings.get(name)
        if pairs:
            settings[name] = {**(others if isinstance(others, dict) else {}), **dict(pairs)}
    return {**settings, "verifySsl": False} if request.is_insecure else settings


def _notes(request: SavedRequest, address: Address, headers: SplitPairs, params: SplitPairs) -> list[str]:
    notes = [] if address.base_url else [f"Enter baseUrl. The request has the placeholder {address.origin}"]
    if request.has_cookies:
        notes.append("Cookies were left out because they expire with the browser session")
    for pairs, setting in ((headers.variable, "customHeaders"), (params.variable, "customQueryParams")):
        notes += [f"{setting} reads {name} from the environment: {_variables(text)}" for name, text in pairs]
    if wrong := invalid_headers(headers.own):
        notes.append(f"The header {wrong[0]} was left out because its name or value is not valid")
    return notes


def _variables(text: str) -> str:
    return ", ".join(f"${{{name}}}" for name in VARIABLE.findall(text))
