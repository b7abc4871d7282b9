"""Settings as environment variables, put right before Ocean reads them.

Ocean refuses an empty number, and shows what it refuses, also where it is a secret.
"""

import os
from collections.abc import MutableMapping

from rest.errors import SettingsError
from rest.settings import variable_mistakes

_PREFIX = "OCEAN__INTEGRATION__CONFIG__"


def prepare_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Takes out the settings that are empty, and so unset. Exits with one line if one is wrong."""
    ours = {name: value for name, value in environ.items() if name.upper().startswith(_PREFIX)}
    for name in [name for name, value in ours.items() if not value.strip()]:
        del environ[name]
    config = {name.upper().removeprefix(_PREFIX).lower(): value for name, value in ours.items()}
    if lines := variable_mistakes(config):
        raise SystemExit(f"Ocean Custom cannot start: {SettingsError(lines)}")
