"""Secrets as the printed texts show them: names to be replaced, never a value."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from builder.install.chosen import chosen, is_secret, snake_case
from rest.bodies import Json

# What may stand in front of a reference without being a secret itself: a scheme, or a cookie's name.
_WORD = r"(?:(?:Bearer|Basic|Token|ApiKey|OAuth|JWT|SSWS|GenieKey) |[A-Za-z_.-]{1,32}=)?"
_VARIABLE = re.compile(rf"({_WORD})\$\{{(\w+)\}}", re.IGNORECASE | re.ASCII)
# A path without quotes: between them could stand anything.
_TEMPLATE = re.compile(rf"{_WORD}\{{\{{\s*\.[^{{}}\"']*\}}\}}", re.IGNORECASE)
_OBJECTS = frozenset(
    {"tokenParams", "customAuthRequest", "customAuthRequestTemplate", "customHeaders", "customQueryParams"}
)
_AUTH_VALUES = MappingProxyType(
    {
        "bearer_token": "<YOUR_API_TOKEN>",
        "api_key": "<YOUR_API_KEY>",
        "basic": "<YOUR_USERNAME>:<YOUR_PASSWORD>",
    }
)
_PLACEHOLDER = re.compile(r"<[A-Z0-9_]+>")
# Of the login request, these say how it is made.
_HOW_TO_LOG_IN = MappingProxyType(
    {
        "endpoint": re.compile(r"[^?@]+"),
        "method": re.compile(r"get|post|put|patch", re.IGNORECASE),
        "reauthenticateIntervalSeconds": re.compile(r"\d+(\.\d+)?"),
    }
)


def shown_settings(settings: Mapping[str, Json]) -> dict[str, Json]:
    """What was chosen, with placeholders like <YOUR_API_TOKEN> for secrets.

    Objects keep their names and their shape: {"X-Team": "<X_TEAM>"}.
    """
    auth_type = settings.get("authType")
    return {
        name: _placeholder(name, value, auth_type) if is_secret(name) else value
        for name, value in chosen(settings).items()
    }


def placeholders_in(text: str) -> list[str]:
    """The placeholders that a text holds, each once."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def _placeholder(name: str, value: Json, auth_type: Json) -> Json:
    if name in _OBJECTS:
        shape = _object(value)
        if shape is not None:
            return {key: _of_object(name, key, inner) for key, inner in shape.items()}
    if name == "authValue" and isinstance(auth_type, str) and auth_type in _AUTH_VALUES:
        return _AUTH_VALUES[auth_type]
    return f"<YOUR_{snake_case(name).upper()}>"


def _object(value: Json) -> dict[str, Json] | None:
    """An object setting, which may be given as JSON text; None where it is no object."""
    try:
        loaded = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
    return loaded if isinstance(loaded, dict) else None


def _of_object(name: str, key: str, value: Json) -> Json:
    if name == "customAuthRequest" and key in _HOW_TO_LOG_IN:
        is_plain = isinstance(value, str | int | float) and _HOW_TO_LOG_IN[key].fullmatch(str(value))
        return value if is_plain else f"<{_word(key)}>"
    return _masked(value, key, name)


def _masked(value: Json, path: str, name: str) -> Json:
    """The same shape without any text or number that may be a secret."""
    if isinstance(value, dict):
        return {key: _masked(inner, f"{path}_{key}", name) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, f"{path}_{number}", name) for number, inner in enumerate(value, 1)]
    if value is None or isinstance(value, bool) or value == "":
        return value
    if isinstance(value, str) and (reference := _reference(value, name)):
        return reference
    return f"<{_word(path)}>"


def _reference(text: str, name: str) -> str:
    """The text, where it says no more than where its secret comes from; else nothing."""
    if name == "customAuthRequestTemplate":
        return text if _TEMPLATE.fullmatch(text) else ""
    found = _VARIABLE.fullmatch(text) if name in ("customHeaders", "customQueryParams") else None
    return f"{found[1]}<{found[2].upper()}>" if found else ""


def _word(path: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", path.upper()).strip("_") or "VALUE"
