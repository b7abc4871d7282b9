"""The settings as environment variables, checked before Ocean reads them.

Ocean rejects an empty number, and its error messages show the value of a setting, including secrets.
"""

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from configuration.addresses import BASE_URL_MISSING, is_http
from configuration.settings import value_mistakes
from rest.errors import Mistake, SettingsError

_PREFIX = "OCEAN__INTEGRATION__CONFIG__"
_PROCESSING_MODE = "OCEAN__PROCESSING_MODE"
_PORT = "OCEAN__PORT__"
_PORT_BASE_URL = f"{_PORT}BASE_URL"
# Helm prints large numbers like 1e+06, which Ocean cannot read.
_LARGE_NUMBER = re.compile(r"\d(\.\d+)?e\+\d{1,2}")
# Ocean's other sources of settings: files in the working folder, and one variable with all settings.
_SETTINGS_FILES = (".env", "config.yaml")
_ALL_SETTINGS = _PREFIX.removesuffix("__")


def prepare_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Remove empty settings, and select the ocean-core processing mode unless a mode is set.

    Raises SystemExit: a setting is wrong. The message is one line.
    """
    names = [name for name in environ if name.upper().startswith(_PREFIX)]
    for name in names:
        if not environ[name].strip():
            del environ[name]
    for name in names:
        if name in environ and _LARGE_NUMBER.fullmatch(environ[name].strip()):
            environ[name] = str(int(float(environ[name])))
    config = {name.upper().removeprefix(_PREFIX).lower(): environ[name] for name in names if name in environ}
    mistakes = value_mistakes(config)
    if not config.get("base_url") and _is_the_only_source(environ):
        mistakes.append(BASE_URL_MISSING)
    mistakes += _port_url_mistakes(environ)
    _select_processing_mode(environ)
    if mistakes:
        raise SystemExit(f"Ocean Custom cannot start: {SettingsError(mistakes)}")


def _select_processing_mode(environ: MutableMapping[str, str]) -> None:
    """Replace Ocean's default mode, in which Port may map and delete instead of this process."""
    names = {name.upper() for name in environ}
    if _PROCESSING_MODE not in names and not _has_settings_file():
        environ[_PROCESSING_MODE] = "ocean-core"


def _port_url_mistakes(environ: Mapping[str, str]) -> list[Mistake]:
    """Ocean derives a second URL from Port's base URL. Without a scheme its error names that other URL."""
    values = {name.upper(): value.strip() for name, value in environ.items()}
    url = values.get(_PORT_BASE_URL)
    if not url or is_http(url):
        return []
    return [
        Mistake(_PORT_BASE_URL, f"got {url!r}, accepts the URL of Port's API, like https://api.getport.io")
    ]


def _is_the_only_source(environ: MutableMapping[str, str]) -> bool:
    """Return whether Ocean is about to start and can read its settings only from the environment."""
    names = {name.upper() for name in environ}
    is_starting = any(name.startswith(_PORT) for name in names)
    return is_starting and _ALL_SETTINGS not in names and not _has_settings_file()


def _has_settings_file() -> bool:
    return any(Path(name).exists() for name in _SETTINGS_FILES)
