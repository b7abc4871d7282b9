"""The share of a nested kind's parents that one of several installations reads."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from rest.bodies import Json
from rest.texts import text_of

_HASH_BYTES = 8
# The multiplier of the linear congruential generator in Lamping and Veach, 2014.
_MULTIPLIER = 2862933555777941757


@dataclass(frozen=True, slots=True)
class Partition:
    """A share of the parents. Each parent is in exactly one of the shares with the indexes 0 to of - 1.

    names: the placeholders whose values decide. parameter: the path parameter that is bound last of them.
    """

    index: int
    of: int
    names: frozenset[str]
    parameter: str

    def has(self, values: Mapping[str, Json]) -> bool:
        """Return True if the parent with these values is in this share."""
        return share_of({name: text_of(values.get(name)) for name in self.names}, self.of) == self.index

    def __str__(self) -> str:
        return f"partition {self.index} of {self.of}"


def share_of(texts: Mapping[str, str], of: int) -> int:
    """Return the share of a parent, from 0 to of - 1. texts: its values, as URLs have them.

    The values are hashed as a JSON object in ASCII, with sorted names and without spaces. The first 8 bytes
    of its SHA-256 are the key of a jump consistent hash (Lamping and Veach, 2014), with integers only.
    From `of` to `of` + 1, only the parents of the new share move.
    """
    text = json.dumps(dict(texts), sort_keys=True, separators=(",", ":"))
    key = int.from_bytes(hashlib.sha256(text.encode()).digest()[:_HASH_BYTES])
    share = following = 0
    while following < of:
        share = following
        key = (key * _MULTIPLIER + 1) % 2**64
        following = (share + 1) * 2**31 // ((key >> 33) + 1)
    return share
