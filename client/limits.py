"""Bounds on one response of the API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one response. A response beyond them is not a listing, but a dump or an attack.

    memory_bytes: a larger body goes to disk. Up to twice as many bodies are in memory as requests in flight.
    body_bytes: the largest body.
    start_bytes: how much of a body on disk is also held in memory.
    headers: the most header fields.
    redirects: the most redirects in a row.
    timeouts: the longest response, as a multiple of the read timeout. The read timeout itself applies to each
    read, and a response that trickles in never exceeds it.
    """

    memory_bytes: int = 2**20
    body_bytes: int = 2**30
    start_bytes: int = 4096
    headers: int = 1000
    redirects: int = 10
    timeouts: float = 20


DEFAULT_LIMITS = Limits()
