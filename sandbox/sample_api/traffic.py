"""The request log, the number of concurrent requests, the rate limit and delays."""

import asyncio
import math
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from starlette.requests import Request

from sandbox.sample_api.sample_data import Json

_KEPT_REQUESTS = 100_000
_SECRET_PARAMS = ("api_key",)

type Query = Mapping[str, Json]


def query_of(request: Request) -> Query:
    """Return the query's parameters with redacted secrets. Repeated parameters are lists."""
    params = request.query_params
    return MappingProxyType({name: _redacted(name, params.getlist(name)) for name in params})


def _redacted(name: str, values: list[str]) -> Json:
    if name in _SECRET_PARAMS:
        return "***"
    return values[0] if len(values) == 1 else [*values]


@dataclass(slots=True)
class Entry:
    """A request in the log. status: None until a response starts."""

    method: str
    path: str
    style: str
    query: Query
    header_names: list[str]
    status: int | None = None


class TokenBucket:
    """A rate limit with a capacity of one second's requests and a constant refill rate."""

    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._capacity = max(per_second, 1.0)
        self._tokens = self._capacity
        self._refilled_at = now

    def take(self, now: float) -> int | None:
        """Take a token and return None, or return the seconds to wait (Retry-After, RFC 9110 §10.2.3)."""
        self._tokens = min(self._capacity, self._tokens + (now - self._refilled_at) * self._per_second)
        self._refilled_at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return None
        return max(1, math.ceil((1 - self._tokens) / self._per_second))


class Traffic:
    """The request log and the pace of responses. latency_s: delay of every response."""

    def __init__(self, latency_s: float) -> None:
        self._first_latency_s = latency_s
        self._stopping = asyncio.Event()
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Clear the log and restore the initial latency without a rate limit."""
        self.entries: deque[Entry] = deque(maxlen=_KEPT_REQUESTS)
        self.requests = 0
        self.max_in_flight = self.in_flight
        self.by_path: Counter[str] = Counter()
        self.latency_s = self._first_latency_s
        self.limit: TokenBucket | None = None

    @contextmanager
    def record(self, entry: Entry) -> Iterator[None]:
        """Log a request, which is in flight while the block runs."""
        self.entries.append(entry)
        self.requests += 1
        self.by_path[entry.path] += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1

    async def sleep(self, seconds: float) -> None:
        """Sleep until the time has passed or the server stops."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    def stop(self) -> None:
        """End all current and future sleeps."""
        self._stopping.set()
