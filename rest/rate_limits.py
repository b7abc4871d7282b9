"""What an answer says of a rate limit and of waiting: RFC 9110 §10.2.3 and the rate-limit headers."""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
TOO_MANY_REQUESTS = 429
_MOST_NAMES = 5
_RESETS = ("reset", "resetafter", "t")
FORBIDDEN = 403

# Larger numbers in a reset header are points in time, not seconds from now; past the second bound, in ms.
_EPOCH_S = 1_000_000_000
_EPOCH_MS = 1_000_000_000_000


def is_rate_limit(status: int, headers: Mapping[str, str]) -> bool:
    """True for a 429, and for a 403 that says so, as GitHub's does. Header names in lower case."""
    if status == TOO_MANY_REQUESTS:
        return True
    return status == FORBIDDEN and ("retry-after" in headers or _is_exhausted(headers))


def asked_wait_s(status: int, headers: Mapping[str, str], now: float | None = None) -> float | None:
    """The seconds that the API asks to wait, None where it says nothing that can be read.

    Retry-After counts on every status; a reset header only where the limit is what was hit, since
    many APIs send it with every answer.
    """
    now = time.time() if now is None else now
    waits = [_retry_after_s(headers.get("retry-after", ""), now)]
    if is_rate_limit(status, headers) or _is_exhausted(headers):
        told = [limits.get(name, "") for limits in _rate_limits(headers) for name in _RESETS]
        waits += [_reset_s(text, now) for text in told]
    return next((wait for wait in waits if wait is not None), None)


def exhausted_for_s(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """The seconds that an answer leaves no further request for; None: it leaves some, or does not say."""
    return asked_wait_s(TOO_MANY_REQUESTS, headers, now) if _is_exhausted(headers) else None


def limit_headers(headers: Mapping[str, str]) -> list[str]:
    """The names of the first headers that speak of the limit."""
    names = (name for name in headers if name == "retry-after" or "ratelimit" in name.replace("-", ""))
    return list(islice(names, _MOST_NAMES))


def _is_exhausted(headers: Mapping[str, str]) -> bool:
    told = [limits.get(name, "") for limits in _rate_limits(headers) for name in ("remaining", "r")]
    return any(text.strip() in ("0", "0.0") for text in told)


def _rate_limits(headers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What the standard's headers say of the limit, and those that begin with X-, by the last part of their
    names: X-Rate-Limit-Reset is `reset`.

    The RateLimit header's own parameters count, too: `"default";r=0;t=30`.
    """
    standard: dict[str, str] = {}
    older: dict[str, str] = {}
    for name, text in headers.items():
        found = older if name.startswith("x-") else standard
        letters = name.removeprefix("x-").replace("-", "")
        if letters == "ratelimit":
            parts = (part.partition("=") for part in text.replace(",", ";").split(";"))
            found |= {key.strip().lower(): value.strip() for key, sign, value in parts if sign}
        elif letters.startswith("ratelimit"):
            found[letters.removeprefix("ratelimit")] = text
    return standard, older


def _retry_after_s(text: str, now: float) -> float | None:
    if (seconds := _number(text)) is not None:
        return seconds
    until = _date_s(text, now)
    return None if until is None else max(0.0, until)


def _date_s(text: str, now: float) -> float | None:
    """Seconds until a date, as HTTP or ISO 8601 writes it; in UTC where it says nothing else."""
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
    # A reset that has passed, or passed by another clock than ours, says nothing: patience does.
    return wait if wait is not None and wait > 0 else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
