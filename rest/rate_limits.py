"""Read rate limits and wait times from responses: RFC 9110 §10.2.3 and the rate-limit headers."""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
TOO_MANY_REQUESTS = 429
_MAX_NAMES = 5
_RESETS = ("reset", "resetafter", "t")
FORBIDDEN = 403

# A reset header from the first bound on is a Unix time in seconds, from the second bound on in milliseconds.
_EPOCH_S = 1_000_000_000
_EPOCH_MS = 1_000_000_000_000


def is_rate_limit(status: int, headers: Mapping[str, str]) -> bool:
    """Return True for a 429, and for a 403 with rate-limit headers, as GitHub sends it.

    headers: names in lower case.
    """
    if status == TOO_MANY_REQUESTS:
        return True
    return status == FORBIDDEN and ("retry-after" in headers or _is_exhausted(headers))


def requested_wait_s(status: int, headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds that the API asks to wait, or None if no header says so.

    Retry-After counts with every status. A reset header counts only if the limit is exhausted, because many
    APIs send it with every response. now: Unix time in seconds.
    """
    now = time.time() if now is None else now
    waits = [_retry_after_s(headers.get("retry-after", ""), now)]
    if is_rate_limit(status, headers) or _is_exhausted(headers):
        resets = [limits.get(name, "") for limits in _rate_limits(headers) for name in _RESETS]
        waits += [_reset_s(text, now) for text in resets]
    return next((wait for wait in waits if wait is not None), None)


def exhausted_for_s(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds until an exhausted limit resets. None: not exhausted, or unknown."""
    return requested_wait_s(TOO_MANY_REQUESTS, headers, now) if _is_exhausted(headers) else None


def limit_headers(headers: Mapping[str, str]) -> list[str]:
    """Return the names of the first 5 headers about the rate limit."""
    names = (name for name in headers if name == "retry-after" or "ratelimit" in name.replace("-", ""))
    return list(islice(names, _MAX_NAMES))


def _is_exhausted(headers: Mapping[str, str]) -> bool:
    remaining = [limits.get(name, "") for limits in _rate_limits(headers) for name in ("remaining", "r")]
    return any(text.strip() in ("0", "0.0") for text in remaining)


def _rate_limits(headers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values of the standard headers and of the X- headers.

    The keys are the last parts of the names: X-Rate-Limit-Reset is `reset`. Parameters of the RateLimit
    header, such as `"default";r=0;t=30`, are included.
    """
    standard: dict[str, str] = {}
    prefixed: dict[str, str] = {}
    for name, text in headers.items():
        found = prefixed if name.startswith("x-") else standard
        letters = name.removeprefix("x-").replace("-", "")
        if letters == "ratelimit":
            parts = (part.partition("=") for part in text.replace(",", ";").split(";"))
            found |= {key.strip().lower(): value.strip() for key, sign, value in parts if sign}
        elif letters.startswith("ratelimit"):
            found[letters.removeprefix("ratelimit")] = text
    return standard, prefixed


def _retry_after_s(text: str, now: float) -> float | None:
    if (seconds := _number(text)) is not None:
        return seconds
    until = _date_s(text, now)
    return None if until is None else max(0.0, until)


def _date_s(text: str, now: float) -> float | None:
    """Return the seconds until an HTTP or ISO 8601 date. A date without a zone is in UTC."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        with suppress(ValueError, OverflowError):
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    return None


def _reset_s(text: str, now: float) -> float | None:
    wait = _number(text)
    if wait is None:
        wait = _date_s(text, now)
    elif wait >= _EPOCH_S:
        wait = (wait / 1000 if wait >= _EPOCH_MS else wait) - now
    # A reset time in the past, possibly because the clocks differ, says nothing about how long to wait.
    return wait if wait is not None and wait > 0 else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
