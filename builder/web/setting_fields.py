"""The inputs of the first step: one for each setting, with words for whoever has not read a manual."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from builder.web.workspace import ConnectionForm
from configuration.secrets import SECRETS
from configuration.setting_names import setting_name

type Input = Literal["text", "number", "switch", "choice", "headers", "params", "json", "array", "list"]

_SECRET_SETTINGS = frozenset(map(setting_name, SECRETS))


@dataclass(frozen=True, slots=True)
class SettingField:
    """An input. name: the setting's own. help, example: under it and in it.

    chooser, only_for: the setting by whose value it is shown, and the values; none: always.
    """

    name: str
    label: str
    input: Input = "text"
    help: str = ""
    example: str = ""
    chooser: str = ""
    only_for: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def is_secret(self) -> bool:
        """True for what is never shown again."""
        return self.name in _SECRET_SETTINGS

    @property
    def is_long(self) -> bool:
        """True for what takes several lines."""
        return self.input in ("headers", "params", "json", "array", "list")

    def counts_for(self, connection: ConnectionForm) -> bool:
        """False while another type is chosen: what was typed is kept, and means nothing."""
        return not self.chooser or connection.texts.get(self.chooser, "") in self.only_for


def _shown_for(chooser: str, only_for: tuple[str, ...], *fields: SettingField) -> tuple[SettingField, ...]:
    return tuple(replace(field, chooser=chooser, only_for=only_for) for field in fields)


BASE_URL = SettingField(
    "baseUrl",
    "Base URL",
    help="The root of your API. Every endpoint's path is appended to it.",
    example="https://api.example.com",
)
AUTH_TYPE = SettingField(
    "authType",
    "Authentication",
    "choice",
    choices=(
        ("none", "None"),
        ("bearer_token", "Bearer token"),
        ("api_key", "API key"),
        ("basic", "Basic: user name and password"),
        ("oauth2", "OAuth 2.0: client credentials"),
        ("custom", "Custom: log in first"),
    ),
)
PAGINATION_TYPE = SettingField(
    "paginationType",
    "Pagination",
    "choice",
    help="auto recognises from each endpoint's first answer how it pages.",
    choices=(
        ("auto", "auto: recognise it (recommended)"),
        ("none", "none: all in one answer"),
        ("offset", "offset: skip so many items"),
        ("page", "page: count pages"),
        ("cursor", "cursor: send back what a page gives"),
        ("next_link", "next_link: a URL in the body"),
        ("header_link", "header_link: the Link header"),
    ),
)
AUTHENTICATION = (
    *_shown_for(
        "authType",
        ("bearer_token",),
        SettingField("apiToken", "API token", help="Sent as Authorization: Bearer and the token."),
        SettingField("bearerPrefix", "Word before the token", help="Where it is another.", example="Bearer"),
    ),
    *_shown_for(
        "authType",
        ("api_key",),
        SettingField("apiKey", "API key"),
        SettingField("apiKeyHeader", "Header that carries it", example="X-API-Key"),
        SettingField("apiKeyParam", "Or the query parameter", help="Instead of a header.", example="api_key"),
    ),
    *_shown_for(
        "authType", ("basic",), SettingField("username", "User name"), SettingField("password", "Password")
    ),
    *_shown_for(
        "authType",
        ("oauth2",),
        SettingField(
            "tokenUrl", "Token URL", help="A URL, or a path under the base URL.", example="/oauth/token"
        ),
        SettingField("clientId", "Client id"),
        SettingField("clientSecret", "Client secret"),
        SettingField(
            "tokenAuth",
            "Where id and secret go",
            "choice",
            choices=(("body", "In the form (usual)"), ("basic", "As HTTP Basic")),
        ),
        SettingField(
            "tokenParams",
            "Further form fields",
            "params",
            help="One a line, like scope or audience.",
            example="scope=read:all",
        ),
    ),
    *_shown_for(
        "authType",
        ("custom",),
        SettingField(
            "customAuthRequest",
            "Login request",
            "json",
            help="JSON: endpoint, method, headers, body or bodyForm, queryParams. Sent once, at first.",
            example='{"endpoint": "/login", "body": {"username": "…", "password": "…"}}',
        ),
        SettingField(
            "customAuthRequestTemplate",
            "What each request gets of the answer",
            "json",
            help="JSON: headers, queryParams, body. {{.path}} is taken from the login's answer.",
            example='{"headers": {"X-Session": "{{.session.token}}"}}',
        ),
    ),
)
# No input of its own is worth having for what only an import brings.
_UNSEEN = _shown_for(
    "authType", ("bearer_token", "api_key", "basic"), SettingField("authValue", "Secret of the import")
)
# The secret that each type cannot do without, where it is a text.
NEEDED_SECRETS: Mapping[str, str] = {
    "bearer_token": "apiToken",
    "api_key": "apiKey",
    "basic": "password",
    "oauth2": "clientSecret",
}
_COUNTED = ("offset", "page")
_ASKED = (*_COUNTED, "cursor")
PAGINATION = (
    *_shown_for(
        "paginationType",
        ("auto", *_ASKED, "next_link", "header_link"),
        SettingField("pageSize", "Items a page", "number", example="100"),
        SettingField("sizeParam", "Parameter for the size", help="A dash sends none.", example="limit"),
        SettingField("maxPages", "Most pages", "number", help="More are an error, never a silent cut."),
    ),
    *_shown_for(
        "paginationType",
        _ASKED,
        SettingField("paginationParam", "Parameter for the position", help="By default the type's own name."),
        SettingField("hasMorePath", "Where it says that there is more", example="has_more"),
    ),
    *_shown_for(
        "paginationType",
        _COUNTED,
        SettingField("totalPath", "Where the number of items is", example="total"),
        SettingField("lastPagePath", "Where it says that this page is the last", example="meta.last"),
    ),
    *_shown_for(
        "paginationType",
        ("page",),
        SettingField("startPage", "Number of the first page", "number", example="1"),
        SettingField("totalPagesPath", "Where the number of pages is", example="total_pages"),
    ),
    *_shown_for(
        "paginationType",
        ("cursor",),
        SettingField("cursorPath", "Where the next cursor is", example="meta.next_cursor"),
        SettingField("cursorHeader", "Or the header that has it", example="X-Next-Cursor"),
    ),
    *_shown_for(
        "paginationType",
        ("next_link",),
        SettingField("nextLinkPath", "Where the next page's URL is", example="links.next"),
        SettingField("nextLinkHeader", "Or the header that has it", example="X-Next-Page"),
    ),
    *_shown_for(
        "paginationType",
        ("header_link",),
        SettingField("headerLinkRel", "Relation in the Link header", example="next"),
    ),
)
PERFORMANCE = (
    SettingField("timeout", "Timeout in seconds", "number", example="30"),
    SettingField("maxConcurrentRequests", "Requests at once", "number", example="10"),
    SettingField("requestsPerSecond", "Requests a second", "number", example="no limit"),
    SettingField("maxRetries", "Retries", "number", help="After errors that may pass.", example="5"),
    SettingField("verifySsl", "Check the API's certificate", "switch"),
    SettingField(
        "customHeaders",
        "Headers of every request",
        "headers",
        help="One a line, kept as a secret. ${NAME} is an environment variable.",
        example="X-Team: platform",
    ),
    SettingField(
        "customQueryParams",
        "Parameters of every request",
        "params",
        help="One a line, kept as a secret. ${NAME} is an environment variable.",
        example="api-version=2024-01-01",
    ),
    SettingField(
        "trustedOrigins",
        "Other trusted origins",
        "list",
        help="Where next links and redirects may lead, with your credentials. One a line.",
        example="https://files.example.com",
    ),
    SettingField(
        "responses",
        "What answers mean",
        "array",
        help="Rules as JSON: when is jq on {status, headers, body}; as is empty, end, retry, rate_limited, "
        "fail or accept.",
        example='[{"when": ".body.code == 40100", "as": "rate_limited"}]',
    ),
    SettingField(
        "accept",
        "Doubts that are taken on",
        "list",
        help="Names of doubts about completeness that no longer fail a kind. One a line.",
        example="repeated_items",
    ),
    SettingField(
        "allowWrites",
        "Methods of endpoints",
        "choice",
        help="PUT and PATCH are for APIs that read by them. They can change your data.",
        choices=(("", "GET and POST"), ("true", "PUT and PATCH too")),
    ),
)


def all_fields() -> Iterator[SettingField]:
    """Every setting that the page knows."""
    yield from (BASE_URL, AUTH_TYPE, *AUTHENTICATION, *_UNSEEN, PAGINATION_TYPE, *PAGINATION, *PERFORMANCE)


def label_of(name: str) -> str:
    """What the page calls a setting."""
    return next((field.label for field in all_fields() if field.name == name), name)
