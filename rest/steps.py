"""Steps from a JSON value to one inside it: keys, indexes and `[]`."""

import json
import re
from dataclasses import dataclass
from enum import Enum

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Iterate(Enum):
    """The step `[]`: each element."""

    EACH = "[]"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plain path: a key, an index or `[]`; `?` forgives a value of another type."""

    at: str | int | Iterate
    optional: bool = False


def quoted_key(key: str) -> str:
    """A key as a step of a jq path: `.name`, or `."odd name"`."""
    return f".{key}" if _PLAIN_NAME.fullmatch(key) else f".{json.dumps(key, ensure_ascii=False)}"
