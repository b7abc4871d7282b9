"""Placeholders for the secrets in printed texts."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from builder.install.chosen import chosen, is_secret
from configuration.setting_names import field_name
from rest.bodies import Json

# Text before a reference that is not secret: an authentication scheme, or the name of a cookie.
_PREFIX = r"(?:(?:Bearer|Basic|Token|ApiKey|OAuth|JWT|SSWS|GenieKey) |[A-Za-z_.-]{1,32}=)?"
_VARIABLE = re.compile(rf"({_PREFIX})\$\{{(\w+)\}}", re.IGNORECASE | re.ASCII)
# A path without quotes: a quoted text could contain a secret.
_TEMPLATE = re.compile(rf"{_PREFIX}\{{\{{\s*\.[^{{}}\"']*\}}\}}", re.IGNORECASE)
_OBJECTS = frozenset(
    {"tokenParams", "customAuthRequest", "customAuthRequestTemplate", "customHeaders", "customQueryParams"}
)
_AUTH_VALUES = MappingProxyType(
    {
        "bearer_token": "<YOUR_API_TOKEN>",
        "api_key": "<YOUR_API_KEY>",
        "basic": "<YOUR_USERNAME>:<YOUR_PASSWORD>",
        "digest": "<YOUR_USERNAME>:<YOUR_PASSWORD>",
        "signature": "<YOUR_SECRET_KEY>",
        "jwt": "<YOUR_SHARED_SECRET>",
    }
)
_PLACEHOLDER = re.compile(r"<[A-Z0-9_]+>")
# The keys of a login request that are not secret, with their valid values.
_LOGIN_KEYS = MappingProxyType(
    {
        "endpoint": re.compile(r"[^?@]+"),
        "method": re.compile(r"get|post|put|patch", re.IGNORECASE),
        "reauthenticateIntervalSeconds": re.compile(r"\d+(\.\d+)?"),
    }
)


def shown_settings(settings: Mapping[str, Json]) -> dict[str, Json]:
    """Return the chosen settings, with placeholders such as <YOUR_API_TOKEN> for secrets.

    Objects keep their keys: {"X-Team": "<X_TEAM>"}.
    """
    auth_type = settings.get("authType")
    return {
        name: _placeholder(name, value, auth_type) if is_secret(name) else value
        for name, value in chosen(settings).items()
    }


def placeholders_in(text: str) -> list[str]:
    """Return the distinct placeholders in a text."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def _placeholder(name: str, value: Json, auth_type: Json) -> Json:
    if name in _OBJECTS:
        fields = _object(value)
        if fields is not None:
            return {key: _masked_field(name, key, inner) for key, inner in fields.items()}
    if name == "authValue" and isinstance(auth_type, str) and auth_type in _AUTH_VALUES:
        return _AUTH_VALUES[auth_type]
    return f"<YOUR_{field_name(name).upper()}>"


def _object(value: Json) -> dict[str, Json] | None:
    """Return an object, which may be given as JSON text. None if the value is not an object."""
    try:
        loaded = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
    return loaded if isinstance(loaded, dict) else None


def _masked_field(name: str, key: str, value: Json) -> Json:
    if name == "customAuthRequest" and key in _LOGIN_KEYS:
        is_valid = isinstance(value, str | int | float) and _LOGIN_KEYS[key].fullmatch(str(value))
        return value if is_valid else f"<{_variable_name(key)}>"
    return _masked(value, key, name)


def _masked(value: Json, path: str, name: str) -> Json:
    """Return the value with placeholders for all texts and numbers that may be secret."""
    if isinstance(value, dict):
        return {key: _masked(inner, f"{path}_{key}", name) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, f"{path}_{number}", name) for number, inner in enumerate(value, 1)]
    if value is None or isinstance(value, bool) or value == "":
        return value
    if isinstance(value, str) and (reference := _reference(value, name)):
        return reference
    return f"<{_variable_name(path)}>"


def _reference(text: str, name: str) -> str:
    """Return a text that only refers to a secret, "" if the text may contain one."""
    if name == "customAuthRequestTemplate":
        return text if _TEMPLATE.fullmatch(text) else ""
    found = _VARIABLE.fullmatch(text) if name in ("customHeaders", "customQueryParams") else None
    return f"{found[1]}<{found[2].upper()}>" if found else ""


def _variable_name(path: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", path.upper()).strip("_") or "VALUE"
