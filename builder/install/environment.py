"""The integration's environment variables, and the file that Docker reads them from."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from builder.draft import Draft, Installation
from builder.install.chosen import chosen, setting_text, snake_case
from builder.install.placeholders import shown_settings
from configuration.secrets import SECRETS

PORT_CLIENT_ID = "<PORT_CLIENT_ID>"
PORT_CLIENT_SECRET = "<PORT_CLIENT_SECRET>"  # noqa: S105 - a placeholder
# Ocean's default, dsp, leaves mapping and deletion to Port where the organization has that feature.
PROCESSING_MODE = "ocean-core"
_PREFIX = "OCEAN__INTEGRATION__CONFIG__"
_PORT_S = MappingProxyType(
    {"OCEAN__PORT__CLIENT_ID": PORT_CLIENT_ID, "OCEAN__PORT__CLIENT_SECRET": PORT_CLIENT_SECRET}
)
_HEAD = (
    "# Replace what stands in <...>. No quotes: all that follows the first = is the value.\n"
    "# With secrets filled in, this file belongs into no repository.\n"
)


def environment(draft: Draft, *, with_secrets: bool = False) -> dict[str, str]:
    """Every variable of the installation by its name.

    with_secrets: the settings' real values, for a run in memory; by default placeholders. Port's own
    credentials are no part of a draft: they are placeholders in both.
    """
    settings = chosen(draft.settings) if with_secrets else shown_settings(draft.settings)
    return {
        **_PORT_S,
        **_of_ocean(draft.installation),
        **{variable(name): setting_text(value) for name, value in settings.items()},
    }


def variable(setting: str) -> str:
    """The variable of a setting: baseUrl is OCEAN__INTEGRATION__CONFIG__BASE_URL."""
    return _PREFIX + snake_case(setting).upper()


def is_secret_variable(name: str) -> bool:
    """Whether a variable holds credentials."""
    return name in _PORT_S or (name.startswith(_PREFIX) and _own_name(name).lower() in SECRETS)


def secret_name(name: str) -> str:
    """What a secret variable is called where secrets are kept: PORT_CLIENT_ID, AUTH_VALUE."""
    return _PORT_S[name].strip("<>") if name in _PORT_S else _own_name(name)


def env_file(draft: Draft) -> str:
    """The variables as `docker run --env-file` reads them: one a line, nothing is quoted."""
    lines = [_line(name, value) for name, value in environment(draft).items()]
    return _HEAD + "".join(f"{line}\n" for line in lines)


def beside_env_file(draft: Draft) -> dict[str, str]:
    """The variables that no env file can hold: their values have line breaks."""
    return {name: value for name, value in environment(draft).items() if not _is_one_line(value)}


def _line(name: str, value: str) -> str:
    if _is_one_line(value):
        return f"{name}={value}"
    return f"# {name} has line breaks, which no env file can hold: the command gives it with -e"


def _is_one_line(value: str) -> bool:
    return not {"\n", "\r"} & set(value)


def _own_name(name: str) -> str:
    return name.removeprefix(_PREFIX)


def _of_ocean(installation: Installation) -> Mapping[str, str]:
    """What Ocean wants to know besides the settings, without what it takes for granted."""
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
