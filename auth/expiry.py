"""When a login expires, in the forms in which APIs say it."""

import re
from collections.abc import Mapping
from datetime import datetime

from expressions.paths import ABSENT, Path
from rest.bodies import Json
from rest.errors import JqError
from rest.moments import moment_of

# RFC 6749 §5.1 has expires_in. The other names are those of Azure, GitHub and APIs with their own format.
_NAMES = ("expires_in", "expiresIn", "expires_on", "expires_at", "expiresAt", "expires", "expiration")
_SECONDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*s?\s*", re.IGNORECASE | re.ASCII)
# Numbers from here on (1990) are times since 1970. No login lasts 20 years.
_FIRST_TIME = 631_152_000


def lifetime_s(body: Json, path: Path | None, now: datetime) -> float | None:
    """Return the seconds until a login expires. None: the body does not say, or it is in the past.

    path: where the body says it, None for the usual names. now: by the clock of the server.
    """
    value = _value(body, path)
    seconds = _seconds(value)
    if seconds is None or seconds >= _FIRST_TIME:
        seconds = _seconds_until(value, now)
    return seconds if seconds is not None and seconds > 0 else None


def _value(body: Json, path: Path | None) -> Json:
    if path is not None:
        try:
            found = path.find(body)
        except JqError:
            return None
        return None if found is ABSENT else found
    fields: Mapping[str, Json] = body if isinstance(body, dict) else {}
    return next((fields[name] for name in _NAMES if fields.get(name) is not None), None)


def _seconds(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = _SECONDS.fullmatch(str(value))
    try:
        return float(found[1]) if found else float(value)
    except (ValueError, OverflowError):
        return None


def _seconds_until(value: Json, now: datetime) -> float | None:
    try:
        moment = moment_of(value)
    except OverflowError:
        return None
    return (moment.start - now).total_seconds() if moment else None
