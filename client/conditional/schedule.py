"""When a kept response is checked: the API is asked for the whole although there is a validator."""

import json
import random
from contextlib import suppress
from pathlib import Path

from client.conditional.folder import write_private

_DAY_S = 24 * 3600
_INTERVAL = 50
# With exactly fifty responses in each resync, the same one would be checked each time.
_SPREAD = 10
_FILE = "_schedule"


class CheckSchedule:
    """Counts responses over all resyncs, and picks one in fifty."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        try:
            left = int(json.loads(self._path.read_bytes()))
        except (OSError, ValueError, TypeError, OverflowError):
            left = _INTERVAL
        self._left = min(max(left, 1), _INTERVAL + _SPREAD)

    def is_due(self, received: float, now: float) -> bool:
        """Tell whether to check a response, and count it.

        received: when the API last sent its body. now: both in seconds of Unix time.
        """
        if not 0 <= now - received < _DAY_S:
            return True
        self._left -= 1
        if self._left:
            return False
        self._left = random.randint(_INTERVAL - _SPREAD, _INTERVAL + _SPREAD)
        return True

    def save(self) -> None:
        """Store the count for the next resync."""
        with suppress(OSError):
            write_private(self._path, json.dumps(self._left).encode())
