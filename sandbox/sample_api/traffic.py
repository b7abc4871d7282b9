"""What went by: the requests in order, how many at once, and how fast they may come."""

import asyncio
import math
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from starlette.requests import Request

from sandbox.sample_api.data import Json

_KEPT_REQUESTS = 100_000
_SECRET_PARAMS = ("api_key",)

type Query = Mapping[str, Json]


def query_of(request: Request) -> Query:
    """The query's parameters, a list where one is repeated, without the values of secrets."""
    params = request.query_params
    return MappingProxyType({name: _shown(name, params.getlist(name)) for name in params})


def _shown(name: str, values: list[str]) -> Json:
    if name in _SECRET_PARAMS:
        return "***"
    return values[0] if len(values) == 1 else [*values]


@dataclass(slots=True)
class Entry:
    """One request to the company. status is None until an answer begins, and when none ever does."""

    method: str
    path: str
    style: str
    query: Query
    header_names: list[str]
    status: int | None = None


class RateLimit:
    """A bucket that holds one second's requests and is refilled at a steady rate.

    A client that keeps to the rate is never refused, and one that bursts is refused after that many.
    """

    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._most = max(per_second, 1.0)
        self._left = self._most
        self._seen = now

    def wait(self, now: float) -> int | None:
        """None: the request may pass. Else whole seconds until one may (Retry-After, RFC 9110 §10.2.3)."""
        self._left = min(self._most, self._left + (now - self._seen) * self._per_second)
        self._seen = now
        if self._left >= 1:
            self._left -= 1
            return None
        return max(1, math.ceil((1 - self._left) / self._per_second))


class Traffic:
    """The record of the company's requests, and the pace at which it answers.

    latency_s: seconds that each answer is held back.
    """

    def __init__(self, latency_s: float) -> None:
        self._first_latency_s = latency_s
        self._stopping = asyncio.Event()
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Forgets the requests, the limit, and any other latency than the one of the start."""
        self.entries: deque[Entry] = deque(maxlen=_KEPT_REQUESTS)
        self.requests = 0
        self.max_in_flight = self.in_flight
        self.by_path: Counter[str] = Counter()
        self.latency_s = self._first_latency_s
        self.limit: RateLimit | None = None

    @contextmanager
    def passing(self, entry: Entry) -> Iterator[None]:
        """Records a request, and that it is in flight while the block runs."""
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
        """Waits, but not longer than the server runs."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    def stop(self) -> None:
        """Wakes all sleepers, now and from now on."""
        self._stopping.set()
