"""Parts of a JSON text that would fill the memory as a whole: what is kept of it, and what is passed."""

from collections.abc import Iterator
from dataclasses import dataclass

from extraction.json_text import HeavyError, JsonText
from rest.bodies import Json
from rest.weight import MOST_WEIGHT

# What an API says of its pages lies no deeper (rest/envelope.py); what does is read as one value.
_DEEPEST = 8
_MOST_ELEMENTS = 1_000_000
_KEY_WEIGHT = 150


@dataclass(slots=True)
class Room:
    """What is left for what an answer says beside its items: bytes of memory, and elements of lists."""

    left: int = MOST_WEIGHT // 4
    for_lists: int = MOST_WEIGHT // 4
    elements: int = _MOST_ELEMENTS

    def has(self, weight: int) -> bool:
        """True where an element of this weight finds room, and has it from now on."""
        if weight > self.for_lists:
            return False
        self.for_lists -= weight
        return True

    def take(self, weight: int) -> None:
        """Raises HeavyError: there is no room."""
        self.left -= weight
        if self.left < 0:
            raise HeavyError

    def take_key(self, key: str) -> None:
        """Raises HeavyError: there is no room for one more key."""
        self.take(_KEY_WEIGHT + 4 * len(key))

    def counted(self, elements: Iterator[Json]) -> Iterator[Json]:
        """The elements of a list. Raises HeavyError: there are more than any answer has beside its items."""
        for element in elements:
            self.elements -= 1
            if self.elements < 0:
                raise HeavyError
            yield element


def kept(text: JsonText, room: Room, depth: int = 0) -> Json:
    """The next value; the elements of a list are kept as far as there is room, since lists are data.

    Raises HeavyError: without a list in it, it takes too much.
    """
    sign = text.peek()
    if sign == "[":
        return [element for element in room.counted(text.elements()) if room.has(text.last_weight)]
    if sign == "{" and depth < _DEEPEST:
        body: dict[str, Json] = {}
        for key in text.members():
            room.take_key(key)
            body[key] = kept(text, room, depth + 1)
        return body
    value = text.value()
    room.take(text.last_weight)
    return value


def passed(text: JsonText, depth: int = 0) -> None:
    """Reads the next value, and forgets it."""
    sign = text.peek()
    if sign == "[":
        for _ in text.elements():
            pass
    elif sign == "{" and depth < _DEEPEST:
        for _ in text.members():
            passed(text, depth + 1)
    else:
        text.value()
