"""What APIs mean by the values they send: "false", "0" and numbers as text."""

import re

from rest.bodies import Json

# A listing of just so many items may well be one page of a longer one.
USUAL_SIZES = frozenset({10, 12, 15, 20, 24, 25, 30, 40, 50, 60, 75, 80, 100, 150, 200, 250, 300, 500, 1000})
# As many digits as any count has.
_DIGITS = re.compile(r"[0-9]{1,18}")
_FALSE_WORDS = frozenset({"", "false", "0", "no", "null", "none"})


def is_true(value: Json) -> bool:
    """Truth as an API means it: "false", "0", 0, empty and null are not true."""
    if isinstance(value, str):
        return value.strip().lower() not in _FALSE_WORDS
    return bool(value)


def is_flag(value: Json) -> bool:
    """True for true and false, also as text."""
    return isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in ("true", "false"))


def whole_number(value: Json) -> int | None:
    """A count or a page number, also as text; None: it is none, or negative (unknown, to some APIs)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and value >= 0 else None


def is_blank(value: Json) -> bool:
    """True for what ends a listing where a cursor or a link would stand: null, false, empty text, 0."""
    return value is None or value is False or value in ("", "0", 0)
