"""The integration's environment variables, and the env file for Docker."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from builder.draft import Draft, Installation
from builder.install.chosen import chosen, is_secret_file, setting_text
from builder.install.live_events import PUBLIC_URL, SETTINGS, receives_events, runs_permanently
from builder.install.placeholders import shown_settings
from configuration.secrets import SECRETS
from configuration.setting_names import field_name
from rest.bodies import Json

PORT_CLIENT_ID = "<PORT_CLIENT_ID>"
PORT_CLIENT_SECRET = "<PORT_CLIENT_SECRET>"  # noqa: S105 - a placeholder
# Ocean's default is dsp: if the organization has that feature, Port does the mapping and deletion.
PROCESSING_MODE = "ocean-core"
SETTING_PREFIX = "OCEAN__INTEGRATION__CONFIG__"
_PORT_CREDENTIALS = MappingProxyType(
    {"OCEAN__PORT__CLIENT_ID": PORT_CLIENT_ID, "OCEAN__PORT__CLIENT_SECRET": PORT_CLIENT_SECRET}
)
_HEAD = (
    "# Replace the placeholders in <...>. Do not add quotes: everything after the first = is the value.\n"
    "# Do not commit this file once it contains secrets.\n"
)


def environment(draft: Draft, *, with_secrets: bool = False) -> dict[str, str]:
    """Return all variables of the installation by name.

    with_secrets: real values instead of placeholders, for a run in memory. Port's credentials are always
    placeholders, because a draft does not contain them.
    """
    settings = _with_real_secrets(draft) if with_secrets else shown_settings(draft.settings)
    return {
        **_PORT_CREDENTIALS,
        **_ocean_variables(draft.installation),
        **_public_url(draft, is_run_here=with_secrets),
        **{variable(name): setting_text(value) for name, value in settings.items()},
    }


def variable(setting: str) -> str:
    """Return the variable of a setting: OCEAN__INTEGRATION__CONFIG__BASE_URL for baseUrl."""
    return SETTING_PREFIX + field_name(setting).upper()


def is_secret_variable(name: str) -> bool:
    """Return whether a variable contains credentials."""
    return name in _PORT_CREDENTIALS or (
        name.startswith(SETTING_PREFIX) and _short_name(name).lower() in SECRETS
    )


def secret_name(name: str) -> str:
    """Return the name of a secret variable in a secret store, for example PORT_CLIENT_ID or AUTH_VALUE."""
    return _PORT_CREDENTIALS[name].strip("<>") if name in _PORT_CREDENTIALS else _short_name(name)


def env_file(draft: Draft) -> str:
    """Return the variables in the format of `docker run --env-file`: one per line, without quotes."""
    lines = [_line(name, value) for name, value in environment(draft).items()]
    return _HEAD + "".join(f"{line}\n" for line in lines)


def multiline_variables(draft: Draft) -> dict[str, str]:
    """Return the variables with line breaks, which an env file does not support."""
    return {name: value for name, value in environment(draft).items() if not _is_one_line(value)}


def _with_real_secrets(draft: Draft) -> dict[str, Json]:
    """Return the settings without files of secrets, which are on the machine of the installation.

    A run on this machine receives no events.
    """
    found = chosen(draft.settings)
    return {name: value for name, value in found.items() if not is_secret_file(name) and name not in SETTINGS}


def _public_url(draft: Draft, *, is_run_here: bool) -> dict[str, str]:
    is_needed = not is_run_here and receives_events(draft) and runs_permanently(draft)
    return {"OCEAN__BASE_URL": PUBLIC_URL} if is_needed else {}


def _line(name: str, value: str) -> str:
    if _is_one_line(value):
        return f"{name}={value}"
    return f"# {name} has line breaks, which an env file does not support. The command sets it with -e."


def _is_one_line(value: str) -> bool:
    return not {"\n", "\r"} & set(value)


def _short_name(name: str) -> str:
    return name.removeprefix(SETTING_PREFIX)


def _ocean_variables(installation: Installation) -> Mapping[str, str]:
    """Return Ocean's own variables, except those with their default."""
    variables = {
        "OCEAN__PORT__BASE_URL": installation.port_base_url,
        "OCEAN__INTEGRATION__IDENTIFIER": installation.identifier,
        "OCEAN__EVENT_LISTENER": json.dumps({"type": installation.event_listener}),
        "OCEAN__PROCESSING_MODE": PROCESSING_MODE,
    }
    if installation.type != "custom":
        variables["OCEAN__INTEGRATION__TYPE"] = installation.type
    if installation.resync_minutes and installation.event_listener != "ONCE":
        variables["OCEAN__SCHEDULED_RESYNC_INTERVAL"] = str(installation.resync_minutes)
    if not installation.initialize_port_resources:
        variables["OCEAN__INITIALIZE_PORT_RESOURCES"] = "false"
    return variables
