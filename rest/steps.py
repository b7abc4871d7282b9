"""The steps of a path from a JSON value to a value inside it: keys, indexes and `[]`."""

import json
import re
from dataclasses import dataclass
from enum import Enum

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Iterate(Enum):
    """The step `[]`, which selects each element."""

    EACH = "[]"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plain path: a key, an index or `[]`.

    optional: the step has a `?`, which skips a value of the wrong type.
    """

    at: str | int | Iterate
    optional: bool = False


def quoted_key(key: str) -> str:
    """Return a key as a step of a jq path: `.name`, or `."odd name"`."""
    return f".{key}" if _PLAIN_NAME.fullmatch(key) else f".{json.dumps(key, ensure_ascii=False)}"
