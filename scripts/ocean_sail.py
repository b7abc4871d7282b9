"""An `ocean sail` process for scripts that stop it at any time."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from scripts.demo import CREDENTIALS, ROOT


def environment(port_url: str, installation: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for one resync. settings: the integration's, in upper snake case."""
    return {
        **os.environ,
        "OCEAN__PORT__BASE_URL": port_url,
        "OCEAN__PORT__CLIENT_ID": CREDENTIALS["clientId"],
        "OCEAN__PORT__CLIENT_SECRET": CREDENTIALS["clientSecret"],
        "OCEAN__INTEGRATION__IDENTIFIER": installation,
        "OCEAN__EVENT_LISTENER": '{"type": "ONCE"}',
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        "OCEAN__CACHING_STORAGE_MODE": "memory",
        "APPLICATION__PORT": "0",
        **{f"OCEAN__INTEGRATION__CONFIG__{name}": value for name, value in settings.items()},
    }


@contextmanager
def ocean_sail(environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start `ocean sail`. At the end, kill its process group, including workers that survived a SIGKILL."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("ocean")), "sail"],
            cwd=ROOT,
            env=dict(environ),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
