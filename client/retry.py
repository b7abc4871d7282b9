"""How often a request is retried, and how long to wait in between."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a request is retried, and how long to wait in between.

    max_retries: attempts after the first.
    base_s, longest_s: the first and the longest wait when the API does not ask for one.
    patience_s: the longest wait that the API can ask for. A longer one is an error.
    unforced_s: the longest pause after a successful response that reports an exhausted rate limit. If the
    limit is real, the next request is rejected with the time to wait.
    """

    max_retries: int = 5
    base_s: float = 0.5
    longest_s: float = 60
    patience_s: float = 3600
    unforced_s: float = 300

    def backoff_s(self, attempt: int, jitter: float) -> float:
        """Return the seconds to wait after an attempt. attempt: 0 for the first. jitter: 0 to 1."""
        return float(min(self.base_s * 2**attempt, self.longest_s)) * (0.75 + 0.5 * jitter)
