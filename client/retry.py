"""How often a request is tried again, and how long to wait in between."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, and how patiently.

    max_retries: attempts after the first.
    base_s, longest_s: the first wait without any word from the API, and the longest of such.
    patience_s: the longest wait that an API can ask for; more is an error.
    unforced_s: the longest pause after a success that leaves no further request. Where the limit is real, the
    next request is refused, and told how long to wait.
    """

    max_retries: int = 5
    base_s: float = 0.5
    longest_s: float = 60
    patience_s: float = 3600
    unforced_s: float = 300

    def backoff_s(self, attempt: int, jitter: float) -> float:
        """Seconds before the attempt after this one (0 the first): doubling, spread by jitter in 0..1."""
        return float(min(self.base_s * 2**attempt, self.longest_s)) * (0.75 + 0.5 * jitter)
