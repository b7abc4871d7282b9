"""The inputs of step 1, one for each setting."""

from collections.abc import Iterator

from builder.web.connect.authentication_fields import (
    AUTH_TYPE,
    AUTHENTICATION,
    IMPORTED_SECRET,
)
from builder.web.connect.certificate_fields import CERTIFICATES
from builder.web.connect.pagination_fields import PAGINATION, PAGINATION_TYPE
from builder.web.connect.setting_field import SettingField
from builder.web.connect.token_fields import file_fields, required_secret
from builder.web.connect.webhook_fields import WEBHOOK

__all__ = [
    "AUTHENTICATION",
    "AUTH_TYPE",
    "BASE_URL",
    "PAGINATION",
    "PAGINATION_TYPE",
    "PERFORMANCE",
    "SECRET_FILES",
    "WEBHOOK",
    "SettingField",
    "all_fields",
    "label_of",
    "required_secret",
]

BASE_URL = SettingField(
    "baseUrl",
    "Base URL",
    help="The root of your API. The path of each endpoint is appended to it.",
    example="https://api.example.com",
)
PERFORMANCE = (
    SettingField("timeout", "Timeout in seconds", "number", example="30"),
    SettingField("maxConcurrentRequests", "Concurrent requests", "number", example="10"),
    SettingField("requestsPerSecond", "Requests per second", "number", example="no limit"),
    SettingField("maxRetries", "Retries", "number", help="After transient errors.", example="5"),
    SettingField(
        "conditionalRequests",
        "Responses that have not changed",
        "choice",
        help="For APIs that send an ETag or Last-Modified. The responses are kept on disk.",
        choices=(("", "Read them again"), ("auto", "Ask only whether they have changed")),
    ),
    SettingField("verifySsl", "Verify the API's TLS certificate", "switch"),
    *CERTIFICATES,
    SettingField(
        "customHeaders",
        "Headers of every request",
        "headers",
        help="One per line, stored as a secret. ${NAME} is an environment variable.",
        example="X-Team: platform",
    ),
    SettingField(
        "customQueryParams",
        "Query parameters of every request",
        "params",
        help="One per line, stored as a secret. ${NAME} is an environment variable.",
        example="api-version=2024-01-01",
    ),
    SettingField(
        "trustedOrigins",
        "Other trusted origins",
        "list",
        help="Where next links and redirects may lead. They receive your credentials. One per line.",
        example="https://files.example.com",
    ),
    SettingField(
        "followOrigins",
        "Origins of downloads",
        "list",
        help="Where redirects may lead without your credentials. One per line.",
        example="https://exports.example.com",
    ),
    SettingField(
        "rememberEntities",
        "Unchanged items",
        "choice",
        help="What each item became is kept on disk, as digests. Once a day all entities are compared.",
        choices=(("", "Do not write them again"), ("off", "Compare them with Port in each resync")),
    ),
    SettingField(
        "rewriteLinks",
        "Links to other hosts",
        "choice",
        help="An API behind a gateway may write its internal host into its links.",
        choices=(("", "Only trusted origins"), ("true", "Read them as links of this API")),
    ),
    SettingField(
        "responses",
        "Response rules",
        "array",
        help="JSON rules. when: jq on {status, headers, body}. as: empty, end, retry, rate_limited, fail or "
        "accept.",
        example='[{"when": ".body.code == 40100", "as": "rate_limited"}]',
    ),
    SettingField(
        "accept",
        "Accepted doubts",
        "list",
        help="Names of doubts about completeness that should not fail a kind. One per line.",
        example="repeated_items",
    ),
    SettingField(
        "allowWrites",
        "Allowed methods",
        "choice",
        help="Some APIs use PUT or PATCH for reading. These methods can change your data.",
        choices=(("", "GET and POST"), ("true", "GET, POST, PUT and PATCH")),
    ),
)
SECRET_FILES = tuple(file_fields((*AUTHENTICATION, *IMPORTED_SECRET, *PERFORMANCE, *WEBHOOK)))


def all_fields() -> Iterator[SettingField]:
    """Yield the fields of all settings."""
    yield from (BASE_URL, AUTH_TYPE, *AUTHENTICATION, *IMPORTED_SECRET)
    yield from (PAGINATION_TYPE, *PAGINATION, *PERFORMANCE, *WEBHOOK, *SECRET_FILES)


def label_of(name: str) -> str:
    """Return the label of a setting's input."""
    return next((field.label for field in all_fields() if field.name == name), name)
