"""The settings that a user has entered, checked."""

import os
from collections.abc import Mapping

from configuration.secret_files import FILE_SETTINGS
from configuration.setting_names import field_name
from configuration.settings import Settings
from rest.bodies import Json


def settings_of(config: Mapping[str, Json], environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the checked settings. Raises SettingsError: one line per error.

    Files of secrets are not read: they are on the machine of the installation, and an opened draft of someone
    else must not send the user's files to an API.
    """
    values = {field_name(name): value for name, value in config.items()}
    return Settings.from_config(
        {name: value for name, value in values.items() if name not in FILE_SETTINGS}, environ
    )
