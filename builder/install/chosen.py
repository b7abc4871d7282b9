"""The settings that differ from their default."""

import json
from collections.abc import Mapping

from configuration.accepted import without_unset
from configuration.secret_files import FILE_SETTINGS
from configuration.secrets import SECRETS
from configuration.setting_names import field_name, setting_name
from configuration.settings import Settings, setting_names
from configuration.webhook_presets import HINT
from rest.bodies import Json
from rest.errors import Mistake, SettingsError

_SECRET_NAMES = frozenset(setting_name(field) for field in SECRETS)
# Printed even with its default: a set pagination type changes how a mapping's own type is read.
_ALWAYS = frozenset({"baseUrl", "paginationType"})
_ANY_API = {"base_url": "https://api.example.com"}
# Without it, the other settings of webhooks have no effect.
_ANY_WEBHOOK = {**_ANY_API, "webhook_verify": HINT}


def chosen(settings: Mapping[str, Json]) -> dict[str, Json]:
    """Return the known settings that differ from their default, with real values, in the reference's order.

    Raises SettingsError: an environment variable cannot hold a value.
    """
    values = without_unset(settings)
    found = {name: values[name] for name in setting_names() if name in values}
    _check_texts(found)
    return {
        name: value
        for name, value in found.items()
        if name in _ALWAYS or is_secret_file(name) or _differs(name, value)
    }


def split_settings(settings: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return the chosen settings as (plain, secret), with real values."""
    found = chosen(settings)
    plain = {name: value for name, value in found.items() if not is_secret(name)}
    return plain, {name: value for name, value in found.items() if is_secret(name)}


def is_secret(name: str) -> bool:
    """Return whether a setting contains credentials."""
    return name in _SECRET_NAMES


def is_secret_file(name: str) -> bool:
    """Return whether a setting is the path of a file with credentials."""
    return field_name(name) in FILE_SETTINGS


def setting_text(value: Json) -> str:
    """Return a value as the text of a variable: objects and lists as one line of ASCII JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _differs(name: str, value: Json) -> bool:
    field = field_name(name)
    is_detail = field.startswith("webhook_") and field not in _ANY_WEBHOOK
    api = _ANY_WEBHOOK if is_detail else _ANY_API
    try:
        return Settings.from_config({**api, field: value}, {}) != Settings.from_config(api, {})
    except SettingsError:
        return True


def _check_texts(settings: Mapping[str, Json]) -> None:
    mistakes = [
        Mistake(name, "contains a character that environment variables do not support")
        for name, value in settings.items()
        if isinstance(value, str) and not _fits_variable(value)
    ]
    if mistakes:
        raise SettingsError(mistakes)


def _fits_variable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
