"""How many requests were sent to the API, and what came of them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

type RetryReason = Literal["rate_limited", "error"]

RETRY_REASONS: tuple[RetryReason, ...] = ("rate_limited", "error")
NO_RESPONSE = "none"


@dataclass(slots=True)
class Traffic:
    """Counts since the start of the process, over all resyncs and live events, without logins.

    responses: by status, or `none` if no complete response came. retries: by reason.
    paused_s: for how many seconds the API's rate limit let no request start.
    """

    responses: Counter[str] = field(default_factory=Counter)
    retries: Counter[RetryReason] = field(default_factory=Counter)
    paused_s: float = 0.0

    def note_response(self, status: int | None) -> None:
        """Count a request by the status of its response. None: no complete response came."""
        self.responses[NO_RESPONSE if status is None else str(status)] += 1

    def note_retry(self, *, is_rate_limited: bool) -> None:
        """Count a request that is sent again."""
        self.retries["rate_limited" if is_rate_limited else "error"] += 1
