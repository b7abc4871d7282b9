"""How APIs write flags, numbers and absent values: "false", "0", numbers as text."""

import re

from rest.bodies import Json

# A response with exactly this many items may be one page of a longer listing.
USUAL_SIZES = frozenset({10, 12, 15, 20, 24, 25, 30, 40, 50, 60, 75, 80, 100, 150, 200, 250, 300, 500, 1000})
# Sizes at which a listing without any signal is probed for a second page. Dozens are usually whole listings.
PAGE_SIZES = USUAL_SIZES - {12, 24}
# No count has more digits.
_DIGITS = re.compile(r"[0-9]{1,18}")
_FALSE_WORDS = frozenset({"", "false", "f", "0", "no", "n", "off", "null", "none", "nil"})
_NO_VALUES = frozenset({"", "0", "null", "none", "nil", "undefined", "false"})
_TRUE_WORDS = frozenset({"true", "t", "yes", "y", "on"})


def is_true(value: Json) -> bool:
    """Tell whether a flag is set. "false", "0", 0, empty and null are not."""
    if isinstance(value, str):
        return value.strip().lower() not in _FALSE_WORDS
    return bool(value)


def is_flag(value: Json) -> bool:
    """Tell whether a value is a flag: a boolean, or a word or number for one ("Y", "no", 0, "1")."""
    if isinstance(value, str):
        return value.strip().lower() in _FALSE_WORDS - {"", "null", "none", "nil"} | _TRUE_WORDS | {"1"}
    return isinstance(value, bool) or (isinstance(value, int) and value in (0, 1))


def whole_number(value: Json) -> int | None:
    """Return a count or page number, also from text; None: not one, or negative (some APIs' "unknown")."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and value >= 0 else None


def is_blank(value: Json) -> bool:
    """Tell whether a value in a cursor's or link's place means "none": null, false, 0, "", "null"."""
    if isinstance(value, str):
        return value.strip().lower() in _NO_VALUES
    return value is None or value is False or value == 0
