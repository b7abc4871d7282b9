"""The folder for state that makes the next resync cheaper. It may vanish at any time."""

import os
from hashlib import sha256
from pathlib import Path

from loguru import logger
from port_ocean.context.ocean import ocean

_OCEAN_FOLDER = Path("/tmp/ocean")  # noqa: S108 - Ocean creates it, and the chart mounts it
_PRIVATE = 0o700


def writable_folder() -> Path | None:
    """Return the only writable folder of the image. None: use the system's temporary folder."""
    return _OCEAN_FOLDER if os.access(_OCEAN_FOLDER, os.W_OK) else None


def state_folder() -> Path | None:
    """Return this installation's folder, which only this user can read. None: there is no such folder.

    An installation is an integration of one organization in Port.
    """
    parent = writable_folder()
    if parent is None:
        return None
    folder = parent / "state" / installation_digest().hex()
    try:
        folder.mkdir(_PRIVATE, parents=True, exist_ok=True)
        folder.chmod(_PRIVATE)
    except OSError as error:
        logger.warning("Nothing is remembered for the next resync: {} ({})", folder, type(error).__name__)
        return None
    return folder


def installation_digest() -> bytes:
    """Return 16 bytes that stand for this integration in this organization."""
    port, integration = ocean.config.port, ocean.config.integration
    names = (port.base_url, port.client_id, integration.type, integration.identifier)
    return sha256("\0".join(map(str, names)).encode()).digest()[:16]
