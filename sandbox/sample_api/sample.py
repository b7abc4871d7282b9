"""The state of a running sample API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import httpx
from starlette.requests import Request

from sandbox.sample_api.auth import Sessions
from sandbox.sample_api.change_events import ChangeEvents
from sandbox.sample_api.company import Company
from sandbox.sample_api.faults import FaultRule
from sandbox.sample_api.outbox import Outbox
from sandbox.sample_api.sample_data import Sizes
from sandbox.sample_api.storm import Storm, StormPlan
from sandbox.sample_api.traffic import Query, TokenBucket, Traffic


@dataclass(frozen=True, slots=True)
class Options:
    """Initial settings.

    latency_s: delay of every response; token_lifetime_s: lifetime of issued tokens.
    webhook_hosts: host names that events may be sent to, beside loopback.
    """

    sizes: Sizes = field(default_factory=Sizes)
    latency_s: float = 0
    token_lifetime_s: int = 3600
    webhook_hosts: frozenset[str] = frozenset()


class Sample:
    """The mutable state behind the API. clock: seconds, monotonic; receiver: of events, for tests."""

    def __init__(
        self,
        options: Options,
        clock: Callable[[], float],
        receiver: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._options = options
        self.webhook_hosts = options.webhook_hosts
        self._clock = clock
        self.company = Company(options.sizes)
        self.sessions = Sessions(options.token_lifetime_s, clock)
        self.traffic = Traffic(options.latency_s)
        self.rules: list[FaultRule] = []
        self.events = ChangeEvents(self.company, Outbox(clock, transport=receiver))
        self.storm: Storm | None = None

    def reset(self) -> None:
        """Restore the initial state and revoke all tokens."""
        self.company.reset()
        self.traffic.reset()
        self.rules.clear()
        self.sessions.revoke()
        self.sessions.logins = 0
        self.sessions.lifetime_s = self._options.token_lifetime_s
        self.stop_events()

    def start_storm(self, plan: StormPlan) -> Storm:
        """Start a storm. A running one stops."""
        self.stop_storm()
        self.storm = Storm(plan, self.events)
        self.storm.start()
        return self.storm

    def stop_storm(self) -> None:
        """Stop a running storm. Its events are still sent."""
        if self.storm is not None:
            self.storm.stop()

    def stop_events(self) -> None:
        """Stop a running storm, stop sending events, and forget the webhook."""
        self.stop_storm()
        self.storm = None
        self.events.outbox.stop()

    async def close(self) -> None:
        """End all background work."""
        self.traffic.stop()
        self.stop_storm()
        await self.events.outbox.close()

    def set_rate_limit(self, per_second: float | None) -> None:
        """Set the rate limit. None: no limit."""
        self.traffic.limit = None if per_second is None else TokenBucket(per_second, self._clock())

    def retry_after_s(self) -> int | None:
        """Apply the rate limit to a request. Return the seconds until it may be retried, or None."""
        limit = self.traffic.limit
        return None if limit is None else limit.take(self._clock())

    def rule_for(self, path: str, query: Query) -> FaultRule | None:
        """Return the first rule that affects this request, or None."""
        return next((rule for rule in self.rules if rule.affects(path, query)), None)


def sample_of(request: Request) -> Sample:
    return cast("Sample", request.app.state.sample)
