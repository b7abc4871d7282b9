"""A set of keys in a fixed amount of memory (a Bloom filter)."""

import struct

_PLACES = struct.Struct("<3I")
# With as many keys as the capacity, one of 200 other keys seems to be in the set.
_BITS_PER_KEY = 16
_MIN_BITS = 2**16


class KeyFilter:
    """A set of keys of twelve random bytes. `has` may be true for a key that was not added."""

    def __init__(self, capacity: int) -> None:
        self._mask = (1 << max(_MIN_BITS, _BITS_PER_KEY * capacity).bit_length()) - 1
        self._bits = bytearray((self._mask + 1) // 8)
        self._is_empty = True

    def add(self, key: bytes) -> None:
        """Add a key."""
        self._is_empty = False
        for number in _PLACES.unpack(key):
            place = number & self._mask
            self._bits[place >> 3] |= 1 << (place & 7)

    def has(self, key: bytes) -> bool:
        """Return whether the key may have been added."""
        if self._is_empty:
            return False
        for number in _PLACES.unpack(key):
            place = number & self._mask
            if not self._bits[place >> 3] & (1 << (place & 7)):
                return False
        return True
