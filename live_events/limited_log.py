"""Log lines of live events. A storm of events must not fill the log."""

from dataclasses import dataclass

from loguru import logger

from rest.errors import RequestError, SyncError

_PERIOD_S = 600.0
_MOST_KEYS = 200

type _Key = tuple[str, str, int | None, str]


@dataclass(slots=True)
class _Line:
    """When a line was last logged, and how often it was left out since."""

    logged_at: float
    omitted: int = 0


class LimitedLog:
    """Logs each kind of failure once in ten minutes, and then how many were like it. Times are seconds."""

    def __init__(self, period_s: float = _PERIOD_S) -> None:
        self._period_s = period_s
        self._lines: dict[_Key, _Line] = {}

    def failure(self, error: SyncError, consequence: str, now: float) -> None:
        """Log a failure. consequence: what happens to the change."""
        status = error.status if isinstance(error, RequestError) else None
        key = (error.place.kind, type(error).__name__, status, error.hint)
        line = self._lines.get(key)
        if line and now - line.logged_at < self._period_s:
            line.omitted += 1
            return
        omitted = f" ({line.omitted} more since the last line like this)" if line and line.omitted else ""
        if len(self._lines) >= _MOST_KEYS:
            self._lines.clear()
        self._lines[key] = _Line(now)
        logger.warning("Live event: {}. {}{}", error.text(with_resync=False), consequence, omitted)
