"""Short versions of JSON values, so that an answer fits into an assistant's context."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from builder.shortening import Shortening
from rest.bodies import Json

# The most elements of a list and characters of a text. The first that fit are used.
_STEPS = ((50, 2000), (20, 500), (5, 300), (3, 100), (1, 60))


@dataclass(frozen=True, slots=True)
class Shortened:
    """A short version of a value. is_cut: whether something was left out."""

    value: Json
    is_cut: bool


def shortened(value: Json, max_bytes: int, mask: Callable[[Json], Json]) -> Shortened:
    """Return a version of the value that is at most max_bytes of JSON.

    mask: masks secrets. It sees whole texts, because the start of a secret would not be recognized.
    """
    for items, length in _STEPS:
        shortening = Shortening(items, length)
        short = shortening.texts(mask(shortening.lists(value)))
        if json_bytes(short) <= max_bytes:
            return Shortened(short, shortening.is_cut)
    return Shortened(f"… too large to be shown in {max_bytes} bytes", is_cut=True)


def json_bytes(value: object) -> int:
    """Return the size of a value as JSON."""
    return len(json.dumps(value, ensure_ascii=False, default=str).encode(errors="replace"))
