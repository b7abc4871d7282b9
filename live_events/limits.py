"""Limits of live events, passed in so that tests need not fill them."""

from dataclasses import dataclass

from client import RetryPolicy
from configuration.settings import Settings

# What fails longer is requested again each minute, and must not hold up other events until then.
_MAX_RETRIES = 2
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """Limits of live events.

    events, events_weight: how many events wait, and the bytes of memory that they take.
    changes, items_size: how many changes wait or are under way, and the characters of the items in them.
    pending: how many changes wait to be tried again, each retry_s.
    settle_s, spacing_s: as in `Merging`. requests: how many at once. shutdown_s: for what is under way.
    batch_items: of a batch with several changes.
    """

    events: int = 1000
    events_weight: int = 64 * 2**20
    changes: int = 1000
    items_size: int = 32 * 2**20
    pending: int = 1000
    retry_s: float = 60
    settle_s: float = 0.3
    spacing_s: float = 2
    requests: int = 2
    shutdown_s: float = 10
    batch_items: int = 500


DEFAULT_LIMITS = LiveLimits()


def live_retries(settings: Settings) -> RetryPolicy:
    """Return how a request for an event is retried at once."""
    return RetryPolicy(min(settings.max_retries, _MAX_RETRIES), patience_s=_PATIENCE_S)
