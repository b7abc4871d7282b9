"""Count rejected deliveries, and log them so that a flood of them cannot fill the disk."""

from collections import Counter
from datetime import datetime, timedelta

from loguru import logger

from live_events.delivery import DeliveryError

_PERIOD = timedelta(minutes=1)


class Rejections:
    """The deliveries that were not accepted. Each reason is logged at most once a minute, with a count."""

    def __init__(self) -> None:
        self.by_status: Counter[int] = Counter()
        # When each reason was logged, and how often it came since.
        self._logged: dict[str, datetime] = {}
        self._unlogged: Counter[str] = Counter()

    def note(self, error: DeliveryError, now: datetime) -> None:
        """Count a rejection, and log its reason if it was not logged for a minute."""
        self.by_status[error.status] += 1
        reason = f"{error.status}, {error}"
        self._unlogged[reason] += 1
        self.flush(now)

    def flush(self, now: datetime) -> None:
        """Log the reasons that came again since they were logged more than a minute ago."""
        for reason, count in list(self._unlogged.items()):
            # The clock may have been set back.
            if abs(now - self._logged.get(reason, now - _PERIOD)) >= _PERIOD:
                logger.warning("Rejected webhook deliveries: {} ({})", count, reason)
                self._logged[reason] = now
                del self._unlogged[reason]
