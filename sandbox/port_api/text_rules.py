"""Validation of identifiers and string formats. Source: Port's published patterns."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

ENTITY_IDENTIFIER_MAX = 1000
BLUEPRINT_IDENTIFIER_MAX = 100
PROPERTY_IDENTIFIER_PATTERN = r"^[A-Za-z0-9@_=\\-]+\Z"

_ENTITY = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9@_.+:\\/=\x80-\U0010ffff-]+")
_BLUEPRINT = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9@_.+:\\/\x80-\U0010ffff-]+")
_HOUR_AND_MINUTE = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DATE_TIME = re.compile(
    rf"(\d{{4}})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt\s]{_HOUR_AND_MINUTE}:(?:[0-5]\d|60)(?:\.\d+)?"
    r"(?:[Zz]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)",
    re.ASCII,
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_IDN_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+[^\s]*")


def is_entity_identifier(text: str) -> bool:
    """Return whether this is a valid entity identifier, and thus a valid relation value."""
    return len(text) <= ENTITY_IDENTIFIER_MAX and _ENTITY.fullmatch(text) is not None and _only_letters(text)


def is_blueprint_identifier(text: str) -> bool:
    """Return whether this is a valid blueprint identifier: at most 100 characters and no `=`."""
    return (
        len(text) <= BLUEPRINT_IDENTIFIER_MAX
        and _BLUEPRINT.fullmatch(text) is not None
        and _only_letters(text)
    )


def _only_letters(text: str) -> bool:
    """Return whether all non-ASCII characters are letters. Port's pattern uses `\\p{L}`."""
    return text.isascii() or all(char.isascii() or char.isalpha() for char in text)


def _is_date_time(text: str) -> bool:
    """Return whether this is an RFC 3339 date-time with an offset."""
    found = _DATE_TIME.fullmatch(text)
    return found is not None and (found[3] <= "28" or _is_day(*map(int, found.groups())))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year or 4, month, day)  # RFC 3339 allows the year 0000, a leap year, which datetime does not
    except ValueError:
        return False
    return True


def _is_ip(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def is_address(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return is_address


STRING_FORMATS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "date-time": _is_date_time,
        "timer": _is_date_time,
        "email": _EMAIL.fullmatch,
        "idn-email": _IDN_EMAIL.fullmatch,
        "url": _URL.fullmatch,
        "ipv4": _is_ip(ipaddress.IPv4Address),
        "ipv6": _is_ip(ipaddress.IPv6Address),
    }
)
"""A predicate for each format that restricts a string.

markdown, yaml, user, team, proto and blueprints do not restrict it.
"""
