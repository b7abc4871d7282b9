"""Reading and skipping JSON values with a bound on the memory that they take."""

from collections.abc import Iterator
from dataclasses import dataclass

from extraction.large_bodies.json_stream import JsonStream, ValueTooLargeError
from rest.bodies import Json
from rest.weight import MOST_WEIGHT

# Pagination fields are not nested deeper (rest/envelope.py). A deeper object is read as one value.
_MAX_DEPTH = 8
_MAX_ELEMENTS = 1_000_000
_KEY_WEIGHT = 150


@dataclass(slots=True)
class MemoryBudget:
    """What remains for the envelope of one response.

    bytes_left: memory for keys and values. list_bytes_left: memory for elements of lists.
    elements_left: how many elements of lists may still be read.
    """

    bytes_left: int = MOST_WEIGHT // 4
    list_bytes_left: int = MOST_WEIGHT // 4
    elements_left: int = _MAX_ELEMENTS

    def try_spend_on_list(self, weight: int) -> bool:
        """Spend memory on an element of a list. Return False, and spend nothing, if too little is left."""
        if weight > self.list_bytes_left:
            return False
        self.list_bytes_left -= weight
        return True

    def spend(self, weight: int) -> None:
        """Spend memory on a value. Raises ValueTooLargeError: too little is left."""
        self.bytes_left -= weight
        if self.bytes_left < 0:
            raise ValueTooLargeError

    def spend_on_key(self, key: str) -> None:
        """Spend memory on an object key. Raises ValueTooLargeError: too little is left."""
        self.spend(_KEY_WEIGHT + 4 * len(key))

    def count_elements(self, elements: Iterator[Json]) -> Iterator[Json]:
        """Yield the elements of a list. Raises ValueTooLargeError: there are too many of them."""
        for element in elements:
            self.elements_left -= 1
            if self.elements_left < 0:
                raise ValueTooLargeError
            yield element


def read_value(stream: JsonStream, budget: MemoryBudget, depth: int = 0) -> Json:
    """Read the next value. A list is cut off where the budget for lists ends, because it holds data.

    Raises ValueTooLargeError: the value takes too much memory even without its lists.
    """
    first = stream.peek()
    if first == "[":
        elements = budget.count_elements(stream.elements())
        return [element for element in elements if budget.try_spend_on_list(stream.last_weight)]
    if first == "{" and depth < _MAX_DEPTH:
        members: dict[str, Json] = {}
        for key in stream.members():
            budget.spend_on_key(key)
            members[key] = read_value(stream, budget, depth + 1)
        return members
    value = stream.value()
    budget.spend(stream.last_weight)
    return value


def skip_value(stream: JsonStream, depth: int = 0) -> None:
    """Read the next value without keeping it."""
    first = stream.peek()
    if first == "[":
        for _ in stream.elements():
            pass
    elif first == "{" and depth < _MAX_DEPTH:
        for _ in stream.members():
            skip_value(stream, depth + 1)
    else:
        stream.value()
