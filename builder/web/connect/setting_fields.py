"""The inputs of step 1, one for each setting."""

from collections.abc import Iterator

from builder.web.connect.authentication_fields import (
    AUTH_TYPE,
    AUTHENTICATION,
    IMPORTED_SECRET,
    REQUIRED_SECRETS,
)
from builder.web.connect.pagination_fields import PAGINATION, PAGINATION_TYPE
from builder.web.connect.setting_field import SettingField

__all__ = [
    "AUTHENTICATION",
    "AUTH_TYPE",
    "BASE_URL",
    "PAGINATION",
    "PAGINATION_TYPE",
    "PERFORMANCE",
    "REQUIRED_SECRETS",
    "SettingField",
    "all_fields",
    "label_of",
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
    SettingField("verifySsl", "Verify the API's TLS certificate", "switch"),
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


def all_fields() -> Iterator[SettingField]:
    """Yield the fields of all settings."""
    yield from (BASE_URL, AUTH_TYPE, *AUTHENTICATION, *IMPORTED_SECRET)
    yield from (PAGINATION_TYPE, *PAGINATION, *PERFORMANCE)


def label_of(name: str) -> str:
    """Return the label of a setting's input."""
    return next((field.label for field in all_fields() if field.name == name), name)
