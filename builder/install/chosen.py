"""What the user set, by name and in the settings' order, without what makes no difference."""

import json
from collections.abc import Mapping

from configuration.accepted import without_unset
from configuration.secrets import SECRETS
from configuration.setting_names import setting_name
from configuration.settings import Settings, setting_names
from rest.bodies import Json
from rest.errors import SettingsError

_SECRET_NAMES = frozenset(setting_name(field) for field in SECRETS)
# A type that is set, even to `none`, means more than none at all: a mapping's own type then starts anew.
_ALWAYS = frozenset({"baseUrl", "paginationType"})
_ANY_API = {"base_url": "https://api.example.com"}


def chosen(settings: Mapping[str, Json]) -> dict[str, Json]:
    """The settings that are set to anything but their default, with their real values.

    Unknown names are left out. Raises SettingsError: a value that no environment variable can hold.
    """
    wanted = without_unset(settings)
    found = {name: wanted[name] for name in setting_names() if name in wanted}
    _check_texts(found)
    return {name: value for name, value in found.items() if name in _ALWAYS or _matters(name, value)}


def split_settings(settings: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """What was chosen as (plain, secret), with its real values."""
    found = chosen(settings)
    plain = {name: value for name, value in found.items() if not is_secret(name)}
    return plain, {name: value for name, value in found.items() if is_secret(name)}


def is_secret(name: str) -> bool:
    """Whether a setting holds credentials, at least in parts."""
    return name in _SECRET_NAMES


def snake_case(name: str) -> str:
    """A setting as the code names it: baseUrl is base_url."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def setting_text(value: Json) -> str:
    """A value as a variable holds it: objects and lists are JSON on one line, of ASCII alone."""
    return value if isinstance(value, str) else json.dumps(value)


def _matters(name: str, value: Json) -> bool:
    try:
        return Settings.from_config({**_ANY_API, snake_case(name): value}, {}) != Settings.from_config(
            _ANY_API, {}
        )
    except SettingsError:
        return True


def _check_texts(settings: Mapping[str, Json]) -> None:
    lines = [
        f"{name}: holds a character that no environment variable can hold"
        for name, value in settings.items()
        if isinstance(value, str) and not _fits_variable(value)
    ]
    if lines:
        raise SettingsError(lines)


def _fits_variable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
