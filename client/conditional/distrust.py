"""Origins whose validators were untrue. Nothing of them is kept for thirty days."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger

from client.conditional.folder import write_private

_PREFIX = "_untrue-"
_LASTING_S = 30 * 24 * 3600


class DistrustedOrigins:
    """The origins that are switched off, with the time until which they are. Each has a file of its own.

    now: the time.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._until: dict[str, float] = {}
        for path in folder.glob(f"{_PREFIX}*"):
            self._read(path, now.timestamp())

    def __contains__(self, origin: str) -> bool:
        return origin in self._until

    def add(self, origin: str, shown: str, now: datetime) -> None:
        """Switch an origin off. origin: its name in file names. shown: its name in messages.

        Without a file, it is off for this resync.
        """
        self._until[origin] = until = now.timestamp() + _LASTING_S
        with suppress(OSError):
            write_private(self._folder / f"{_PREFIX}{origin}", json.dumps([until, shown]).encode())

    def _read(self, path: Path, now: float) -> None:
        try:
            until, shown = json.loads(path.read_bytes())
            until, shown = float(until), str(shown)
        except (OSError, ValueError, TypeError):  # damaged
            until, shown = 0.0, ""
        if not now < until <= now + _LASTING_S:
            path.unlink(missing_ok=True)
            return
        self._until[path.name.removeprefix(_PREFIX)] = until
        logger.warning(
            "{} sent different bodies with the same validator: conditionalRequests is off for it until {}",
            shown,
            f"{datetime.fromtimestamp(until, UTC):%Y-%m-%d}",
        )
