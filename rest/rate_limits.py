"""Read rate limits and wait times from responses: RFC 9110 §10.2.3 and the rate-limit headers.

Their names differ from API to API, so they are read by their words: `X-RateLimit-Remaining-Tokens` and
`Vendor-Rate-Limit-Tokens-Remaining` both say how many tokens are left.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Literal

from rest.wait_times import wait_s

TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
TOO_MANY_REQUESTS = 429
FORBIDDEN = 403
_MAX_NAMES = 5
# Longer names have no meaning, and would fill the cache.
_LONGEST_NAME = 100

_RETRY = re.compile(r"retry-?(?:after|in)(?:-(?P<unit>[a-z]+))?$")
_SUBJECT = re.compile(r"rate-?limit|rate-(?=remaining|reset)|throttl|(?:call|request)s?-?limit")
_ROLE = re.compile(r"(?P<remaining>remaining|left$)|(?P<reset>resets?)(?P<kind>-?(?:after|time|at|in|on))?")
_MILLISECONDS = re.compile(r"-?(?:ms|msecs?|millis|milliseconds)$")
_SECONDS = re.compile(r"-?(?:s|secs?|seconds)$")
# Used and allowed calls: X-Shop-Api-Call-Limit: 39/40.
_USED = re.compile(r"\s*(\d{1,12})\s*/\s*(\d{1,12})\s*")

type Role = Literal["retry", "remaining", "reset", "structured", "limit"]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """The meaning of a header. limit: the words that tell one limit of an API from another.

    rank: values of a lower rank count first. unit_s: the unit of a number, in seconds.
    """

    role: Role
    limit: str = ""
    rank: int = 0
    unit_s: float = 1


@dataclass(slots=True)
class _Limit:
    """What a response says about one limit. resets: with their rank and unit."""

    is_exhausted: bool = False
    resets: list[tuple[int, str, float]] = field(default_factory=list)

    def waits(self, now: float) -> Iterator[float]:
        """Yield the seconds until the reset, the most reliable first. A time in the past says nothing."""
        for _, text, unit_s in sorted(self.resets, key=lambda reset: reset[0]):
            wait = wait_s(text, now, unit_s)
            if wait is not None and wait > 0:
                yield wait


def is_rate_limit(status: int, headers: Mapping[str, str]) -> bool:
    """Return True for a 429, and for a 403 with rate-limit headers, as GitHub sends it.

    headers: names in lower case.
    """
    if status == TOO_MANY_REQUESTS:
        return True
    has_retry = any(meaning.role == "retry" for _, meaning in _meanings(headers))
    return status == FORBIDDEN and (has_retry or _is_exhausted(headers))


def requested_wait_s(status: int, headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds that the API asks to wait, or None if no header says so.

    Retry-After counts with every status. A reset header counts only if the limit is exhausted, because many
    APIs send it with every response. now: Unix time in seconds.
    """
    now = time.time() if now is None else now
    if (wait := _retry_s(headers, now)) is not None:
        return wait
    limits = _limits(headers)
    exhausted = [limit for limit in limits.values() if limit.is_exhausted]
    if exhausted:
        # Each of them must be over before the next request.
        waits = [wait for limit in exhausted for wait in islice(limit.waits(now), 1)]
        return max(waits, default=next(limits.get("", _Limit()).waits(now), None))
    if is_rate_limit(status, headers):
        return next((wait for limit in limits.values() for wait in limit.waits(now)), None)
    return None


def exhausted_for_s(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds until an exhausted limit resets. None: not exhausted, or unknown."""
    return requested_wait_s(TOO_MANY_REQUESTS, headers, now) if _is_exhausted(headers) else None


def limit_headers(headers: Mapping[str, str]) -> list[str]:
    """Return the names of the first 5 headers about the rate limit."""
    return list(islice((name for name, _ in _meanings(headers)), _MAX_NAMES))


def _meanings(headers: Mapping[str, str]) -> tuple[tuple[str, _Meaning], ...]:
    return _meanings_of(tuple(headers))


# The responses of an API have the same headers, so a few entries are enough.
@lru_cache(16)
def _meanings_of(names: tuple[str, ...]) -> tuple[tuple[str, _Meaning], ...]:
    found = ((name, _meaning_of(name[:_LONGEST_NAME])) for name in names)
    return tuple((name, meaning) for name, meaning in found if meaning)


@lru_cache(1024)
def _meaning_of(name: str) -> _Meaning | None:
    """Return the meaning of a header, or None if it is not about waiting."""
    is_standard = not name.startswith("x-")
    plain = name.removeprefix("x-").replace("_", "-")
    if retry := _RETRY.search(plain):
        is_in_ms = bool(retry["unit"] and _MILLISECONDS.fullmatch(retry["unit"]))
        rank = 0 if name == "retry-after" else 1
        return _Meaning("retry", rank=rank, unit_s=1e-3 if is_in_ms else 1)
    if not _SUBJECT.search(plain):
        return None
    if plain in ("ratelimit", "rate-limit") or plain.endswith(("-ratelimit", "-rate-limit")):
        return _Meaning("structured", rank=0 if is_standard else 2)
    is_in_ms = bool(_MILLISECONDS.search(plain))
    plain = _SECONDS.sub("", _MILLISECONDS.sub("", plain))
    role = _ROLE.search(plain)
    if role is None:
        return _Meaning("limit")
    limit = "-".join(filter(None, _ROLE.sub("", _SUBJECT.sub("", plain)).split("-")))
    if role["remaining"]:
        return _Meaning("remaining", limit)
    rank = (0 if is_standard else 2) + bool(role["kind"])
    return _Meaning("reset", limit, rank, 1e-3 if is_in_ms else 1)


def _retry_s(headers: Mapping[str, str], now: float) -> float | None:
    retries = [(meaning, headers[name]) for name, meaning in _meanings(headers) if meaning.role == "retry"]
    for meaning, text in sorted(retries, key=lambda retry: retry[0].rank):
        if (wait := wait_s(text, now, meaning.unit_s)) is not None:
            return max(0.0, wait)
    return None


def _is_exhausted(headers: Mapping[str, str]) -> bool:
    return any(limit.is_exhausted for limit in _limits(headers).values())


def _limits(headers: Mapping[str, str]) -> dict[str, _Limit]:
    """Return the limits of a response by name. The one without a name is the first."""
    limits: dict[str, _Limit] = {}
    for name, meaning in _meanings(headers):
        text = headers[name]
        if meaning.role == "structured":
            _add_structured(limits, text, meaning.rank)
        elif meaning.role == "remaining":
            for number, left in enumerate(text.split(",")):
                limit = _limit(limits, meaning.limit, number)
                limit.is_exhausted = limit.is_exhausted or _is_zero(left)
        elif meaning.role == "reset":
            # A date has a comma, too.
            texts = text.split(",") if text[:1].isdigit() else [text]
            for number, reset in enumerate(texts):
                _limit(limits, meaning.limit, number).resets.append((meaning.rank, reset, meaning.unit_s))
        elif meaning.role == "limit" and "=" in text:
            _add_structured(limits, text, 2)
        elif used := _USED.fullmatch(text):
            _limit(limits, name, 0).is_exhausted = int(used[1]) >= int(used[2]) > 0
    return dict(sorted(limits.items()))


def _limit(limits: dict[str, _Limit], name: str, number: int) -> _Limit:
    """Return a limit. number: of several limits in one header: X-RateLimit-Remaining: 1, 14523."""
    return limits.setdefault(f"{name} {number}" if number else name, _Limit())


def _add_structured(limits: dict[str, _Limit], text: str, rank: int) -> None:
    """Read `limit=100, remaining=0, reset=5`, or a list of limits: `"burst";r=0;t=5, "day";r=90;t=3600`."""
    for element in text.split(","):
        first, *others = element.split(";")
        is_own_limit = "=" not in first
        limit = _limit(limits, first.strip() if is_own_limit else "", 0)
        for part in others if is_own_limit else [first, *others]:
            key, _, value = (each.strip() for each in part.partition("="))
            if key.lower() in ("remaining", "r"):
                limit.is_exhausted = limit.is_exhausted or _is_zero(value)
            elif key.lower() in ("reset", "resets", "t"):
                limit.resets.append((rank, value, 1))


def _is_zero(text: str) -> bool:
    """Return True for `0`, `0.0` and `0;w=60`."""
    number = text.partition(";")[0].strip()
    return number in ("0", "0.0")
