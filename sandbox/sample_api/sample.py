"""One running sample company: everything that changes while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from sandbox.sample_api.auth import Sessions
from sandbox.sample_api.company import Company
from sandbox.sample_api.data import Sizes
from sandbox.sample_api.faults import Rule
from sandbox.sample_api.traffic import Query, RateLimit, Traffic


@dataclass(frozen=True, slots=True)
class Options:
    """How a sample company starts.

    latency_s: seconds that each answer is held back; token_lifetime_s: seconds until a login expires.
    """

    sizes: Sizes = field(default_factory=Sizes)
    latency_s: float = 0
    token_lifetime_s: int = 3600


class Sample:
    """clock: seconds, monotonic."""

    def __init__(self, options: Options, clock: Callable[[], float]) -> None:
        self._options = options
        self._clock = clock
        self.company = Company(options.sizes)
        self.sessions = Sessions(options.token_lifetime_s, clock)
        self.traffic = Traffic(options.latency_s)
        self.rules: list[Rule] = []

    def reset(self) -> None:
        """As it was at the start. Tokens given out before are worth nothing any more."""
        self.company.reset()
        self.traffic.reset()
        self.rules.clear()
        self.sessions.revoke()
        self.sessions.logins = 0
        self.sessions.lifetime_s = self._options.token_lifetime_s

    def limit(self, per_second: float | None) -> None:
        """So many requests a second from now on; None: as many as come."""
        self.traffic.limit = None if per_second is None else RateLimit(per_second, self._clock())

    def wait(self) -> int | None:
        """The seconds that a request has to wait by the rate limit, or None."""
        limit = self.traffic.limit
        return None if limit is None else limit.wait(self._clock())

    def rule_for(self, path: str, query: Query) -> Rule | None:
        """The first fault that happens to this request."""
        return next((rule for rule in self.rules if rule.happens(path, query)), None)


def sample_of(request: Request) -> Sample:
    return cast("Sample", request.app.state.sample)
