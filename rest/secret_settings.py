"""Which settings are secret, and what of their values may not be shown."""

from collections.abc import Mapping
from typing import Any

SECRETS = frozenset(
    {
        "auth_value",
        "api_token",
        "api_key",
        "password",
        "client_secret",
        "token_params",
        "custom_auth_request",
        "custom_auth_request_template",
        "custom_headers",
        "custom_query_params",
    }
)
# What these say is no secret, and to mask it would take "application/json" and "read" out of every message.
_OPEN = {
    "custom_headers": {"accept", "accept-encoding", "accept-language", "content-type", "user-agent"},
    "token_params": {"audience", "grant_type", "resource", "scope"},
}


def secret_texts(settings: Mapping[str, Any]) -> list[str]:
    """Every text in the values of these settings, by their names in snake case."""
    return [text for name, value in settings.items() for text in _texts(_closed(name, value))]


def _closed(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if name not in _OPEN:
        return value
    return [text for key, text in value.items() if key.lower() not in _OPEN[name]]


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - secrets are texts, and objects of any depth
    if isinstance(value, str):
        return [value, *value.split(":", 1)[1:]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return []
