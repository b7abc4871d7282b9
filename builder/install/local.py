"""The command that runs the integration on this machine, without an image."""

from dataclasses import replace
from urllib.parse import urlsplit

from builder.draft import Draft
from builder.install.environment import environment
from builder.install.live_events import SETTINGS
from builder.install.quoting import command, shell_text

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SYNC = "ocean-custom sync"
# The sandbox of Port accepts one pair of credentials, which is no secret.
_SANDBOX_CREDENTIALS = {"OCEAN__PORT__CLIENT_ID": "sandbox", "OCEAN__PORT__CLIENT_SECRET": "sandbox"}


def is_local(port_url: str) -> bool:
    """Return whether Port's API is on this machine, as the sandbox is."""
    try:
        return urlsplit(port_url).hostname in _LOOPBACK
    except ValueError:
        return False


def local_command(draft: Draft) -> str:
    """Return a command that runs one resync, with placeholders for secrets. It receives no events."""
    draft = replace(
        draft, settings={name: each for name, each in draft.settings.items() if name not in SETTINGS}
    )
    sandbox = _SANDBOX_CREDENTIALS if is_local(draft.installation.port_base_url) else {}
    variables = {**environment(draft), **sandbox}
    return command("env", [*(f"{name}={shell_text(value)}" for name, value in variables.items()), _SYNC])
