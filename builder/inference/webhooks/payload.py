"""The payload of a webhook: its objects, their places and the names on the way to them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rest.bodies import Json
from rest.steps import quoted_key

_MAX_DEPTH = 12
_MAX_OBJECTS = 2_000
# The elements of a list are alike, so the first ones show what they hold.
_MAX_ELEMENTS = 20


@dataclass(frozen=True, slots=True)
class Payload:
    """A request of a webhook. headers: by name in lower case."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = None


@dataclass(frozen=True, slots=True)
class PayloadObject:
    """An object in the body.

    keys: the names on the way, without lists. is_element: of a list.
    place: jq from the list element that holds the object, or from the event. Of an element: from the element
    around its list, or from the event.
    """

    value: Mapping[str, Json] = field(repr=False)
    place: str
    keys: tuple[str, ...] = ()
    parent: "PayloadObject | None" = field(default=None, repr=False)
    is_element: bool = False

    @property
    def name(self) -> str:
        """The key of the object, or of its list. "" for the body itself."""
        return self.keys[-1] if self.keys else ""

    @property
    def element(self) -> "PayloadObject | None":
        """The innermost element of a list that holds the object, or is it. None outside of lists."""
        if self.is_element or self.parent is None:
            return self if self.is_element else None
        return self.parent.element

    @property
    def elements(self) -> list["PayloadObject"]:
        """The list elements that hold the object, the outer ones first."""
        element = self.element
        if element is None:
            return []
        return [*(element.parent.elements if element.parent else []), element]

    @property
    def inner_place(self) -> str:
        """The jq path to the object from its innermost list element, "" for the element itself."""
        return "" if self.is_element else self.place

    @property
    def ancestors(self) -> Iterator["PayloadObject"]:
        """The object, the object around it, and so on."""
        yield self
        if self.parent:
            yield from self.parent.ancestors

    def is_inside(self, other: "PayloadObject") -> bool:
        """Return whether the other object holds this one, or is it."""
        return any(each is other for each in self.ancestors)

    def scalars(self) -> Iterator[tuple[str, str | int | float]]:
        """Yield the texts and numbers of the object itself."""
        for key, value in self.value.items():
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                yield key, value


def payload_objects(body: Json, place: str = ".body") -> list[PayloadObject]:
    """Return the objects of a body, the outer ones first. JSON in a text is read, too.

    place: of the body, as jq.
    """
    found: list[PayloadObject] = []
    level = list(_objects_at(body, place, (), None))
    for _ in range(_MAX_DEPTH):
        found += level
        level = [child for each in level for child in _children(each)][: _MAX_OBJECTS - len(found)]
    return found


def _children(parent: PayloadObject) -> Iterator[PayloadObject]:
    for key, value in parent.value.items():
        place = f"{parent.inner_place}{quoted_key(key)}"
        keys = (*parent.keys, key)
        if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
            yield from _objects_at(_parsed(value), f"({place} | fromjson)", keys, parent)
        else:
            yield from _objects_at(value, place, keys, parent)


def _objects_at(
    value: Json, place: str, keys: tuple[str, ...], parent: PayloadObject | None
) -> Iterator[PayloadObject]:
    if isinstance(value, dict):
        yield PayloadObject(value, place, keys, parent)
    elif isinstance(value, list):
        elements = [each for each in value[:_MAX_ELEMENTS] if isinstance(each, dict)]
        yield from (PayloadObject(each, f"{place}[]", keys, parent, is_element=True) for each in elements)


def _parsed(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
