"""Settings as environment variables, checked before Ocean reads them.

Ocean takes an empty number for wrong, and its words for what is wrong show the value, a secret's too.
"""

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from configuration.addresses import BASE_URL_MISSING, is_http
from configuration.settings import value_mistakes
from rest.errors import SettingsError

_PREFIX = "OCEAN__INTEGRATION__CONFIG__"
_PROCESSING_MODE = "OCEAN__PROCESSING_MODE"
_PORT = "OCEAN__PORT__"
_PORT_BASE_URL = f"{_PORT}BASE_URL"
# How Helm prints large numbers, and Ocean does not read them.
_LARGE = re.compile(r"\d(\.\d+)?e\+\d{1,2}")
# Where Ocean finds settings besides, in the working folder or as one variable.
_OTHER_FILES = (".env", "config.yaml")
_ALL_IN_ONE = _PREFIX.removesuffix("__")


def prepare_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Takes out the settings that are empty, and so unset, and chooses ocean-core where no mode is set.

    Exits with one line where a setting is wrong.
    """
    ours = [name for name in environ if name.upper().startswith(_PREFIX)]
    for name in ours:
        if not environ[name].strip():
            del environ[name]
    for name in ours:
        if name in environ and _LARGE.fullmatch(environ[name].strip()):
            environ[name] = str(int(float(environ[name])))
    config = {name.upper().removeprefix(_PREFIX).lower(): environ[name] for name in ours if name in environ}
    lines = value_mistakes(config)
    if not config.get("base_url") and _is_the_only_source(environ):
        lines.append(BASE_URL_MISSING)
    lines += _port_mistakes(environ)
    _choose_mode(environ)
    if lines:
        raise SystemExit(f"Ocean Custom cannot start: {SettingsError(lines)}")


def _choose_mode(environ: MutableMapping[str, str]) -> None:
    """Ocean's own default leaves mapping and deletion to Port, where the organization has that feature."""
    names = {name.upper() for name in environ}
    if _PROCESSING_MODE not in names and not any(Path(name).exists() for name in _OTHER_FILES):
        environ[_PROCESSING_MODE] = "ocean-core"


def _port_mistakes(environ: Mapping[str, str]) -> list[str]:
    """Ocean derives a second address from Port's, and fails on a URL without a scheme in words about that."""
    given = {name.upper(): value.strip() for name, value in environ.items()}
    url = given.get(_PORT_BASE_URL)
    if not url or is_http(url):
        return []
    return [f"{_PORT_BASE_URL}: got {url!r}, accepts the URL of Port's API, like https://api.getport.io"]


def _is_the_only_source(environ: MutableMapping[str, str]) -> bool:
    """True where Ocean is about to start and has nothing but the environment to read."""
    names = {name.upper() for name in environ}
    starts = any(name.startswith(_PORT) for name in names)
    return starts and _ALL_IN_ONE not in names and not any(Path(name).exists() for name in _OTHER_FILES)
