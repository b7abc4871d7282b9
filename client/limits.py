"""Bounds on one request and its response."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one request and its response. A response beyond them is a dump or an attack, not a listing.

    memory_bytes: a larger body goes to disk. Up to twice as many bodies are in memory as requests in flight.
    body_bytes: the largest body.
    start_bytes: how much of a body on disk is also held in memory.
    headers: the most header fields.
    redirects: the most redirects in a row.
    timeouts: the longest response, as a multiple of the read timeout. The read timeout itself applies to each
    read, and a response that trickles in never exceeds it.
    reads_only: refuse a request that is not known to only read, such as a POST that may create something.
    """

    memory_bytes: int = 2**20
    body_bytes: int = 2**30
    start_bytes: int = 4096
    headers: int = 1000
    redirects: int = 10
    timeouts: float = 20
    reads_only: bool = False


DEFAULT_LIMITS = Limits()
