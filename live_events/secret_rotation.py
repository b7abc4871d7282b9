"""Notice that the file of the webhook's secret has changed."""

import asyncio

from configuration.settings import Settings
from configuration.webhook_settings import WebhookSettings
from extraction.system_clock import SYSTEM_CLOCK, Clock
from rest.errors import SettingsError

_SECRET = "webhook_secret"  # noqa: S105 - a name, not a secret
# Anyone can send deliveries that are not verified, and each of them asks.
_PERIOD_S = 5.0
# A secret that leaked is taken out of the file, and those who know it send no delivery that does not match.
CHECK_PERIOD_S = 60.0


class SecretRotation:
    """Reads the file of the secret again, but not for each delivery."""

    def __init__(self, settings: Settings, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._settings = settings
        self._clock = clock
        self._read_at = clock.elapsed_s()

    async def renewed(self, period_s: float = _PERIOD_S) -> WebhookSettings | None:
        """Return the settings with a secret that has changed, None if there is none.

        period_s: nothing is read if it was read less than so many seconds ago.
        """
        now = self._clock.elapsed_s()
        if _SECRET not in self._settings.files or now - self._read_at < period_s:
            return None
        self._read_at = now
        try:
            read = await asyncio.to_thread(self._settings.reread)
        except SettingsError:
            return None  # while the file is being replaced, the old secret still counts
        known, self._settings = self._settings.webhook, read
        return read.webhook if read.webhook != known else None
