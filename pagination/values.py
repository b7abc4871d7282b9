"""What APIs mean by the values they send: "false", "0" and numbers as text."""

import re

from rest.bodies import Json

# A listing of just so many items may well be one page of a longer one.
USUAL_SIZES = frozenset({10, 12, 15, 20, 24, 25, 30, 40, 50, 60, 75, 80, 100, 150, 200, 250, 300, 500, 1000})
# As many digits as any count has.
_DIGITS = re.compile(r"[0-9]{1,18}")
_FALSE_WORDS = frozenset({"", "false", "f", "0", "no", "n", "off", "null", "none", "nil"})
_NO_VALUES = frozenset({"", "0", "null", "none", "nil", "undefined", "false"})
_TRUE_WORDS = frozenset({"true", "t", "yes", "y", "on"})


def is_true(value: Json) -> bool:
    """Truth as an API means it: "false", "0", 0, empty and null are not true."""
    if isinstance(value, str):
        return value.strip().lower() not in _FALSE_WORDS
    return bool(value)


def is_flag(value: Json) -> bool:
    """True for true and false, also as the words and numbers that stand for them: "Y", "no", 0, "1"."""
    if isinstance(value, str):
        return value.strip().lower() in _FALSE_WORDS - {"", "null", "none", "nil"} | _TRUE_WORDS | {"1"}
    return isinstance(value, bool) or (isinstance(value, int) and value in (0, 1))


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
    """True for what ends a listing where a cursor or a link would stand: null, false, 0, "", "null"."""
    if isinstance(value, str):
        return value.strip().lower() in _NO_VALUES
    return value is None or value is False or value == 0
