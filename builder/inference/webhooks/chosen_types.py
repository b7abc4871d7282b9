"""Choose the types that tell the events of an endpoint from others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from builder.inference.webhooks.event_types import EventType
from builder.inference.webhooks.item_shape import ItemShape
from builder.inference.webhooks.payload import PayloadObject
from builder.inference.webhooks.subject import Subject
from builder.inference.words import squash_name
from rest.texts import text_of

# A thing has such a field. A reference has an entity_id, and a description of the event has none.
_THING_KEYS = frozenset({"id", "uuid", "guid", "key", "gid"})


@dataclass(frozen=True)
class ChosenTypes:
    """The types of a payload that matter for an object in it. types: those of outer objects first."""

    shape: ItemShape
    subject: Subject
    types: Sequence[EventType] = field(repr=False)

    @cached_property
    def usable(self) -> list[EventType]:
        """The types around the object. One that is a field of the items may change with any update."""
        key = self.subject.key
        value = text_of(key.value) if key else ""
        return [
            each
            for each in self.types
            if each.subject
            and (
                element_of(each) is None
                or any(element_of(each) is one for one in self.subject.holder.elements)
            )
            and (not self.is_field(each) or self._is_constant(each))
            and (self.is_around(each) or self.is_field(each) or self._is_beside(each))
            and not (len(value) > 1 and value in each.text)
        ]

    @cached_property
    def by_level(self) -> list[EventType | None]:
        """The types that name the items: outside of lists, then in each element around the object."""
        return [self._best(level) for level in (None, *self.subject.holder.elements)]

    @cached_property
    def chosen(self) -> list[EventType]:
        """The types that the conditions use."""
        found = [each for each in self.by_level if each]
        return found or ([self.other] if self.other else [])

    @property
    def named(self) -> list[EventType]:
        """The chosen types that name the event. A field of the item only says what the item is."""
        return [each for each in self.chosen if not self.is_field(each)]

    @cached_property
    def other(self) -> EventType | None:
        """A header or a field around the object, if no type names the items."""
        if any(self.by_level):
            return None
        around = (
            each
            for each in self.usable
            if element_of(each) is None and self.is_around(each) and not self.is_field(each)
        )
        return next(around, None)

    def is_around(self, type_: EventType) -> bool:
        """Return whether the type is a header, or a field of an object that holds the item."""
        return type_.holder is None or self.subject.holder.is_inside(type_.holder)

    def _best(self, level: PayloadObject | None) -> EventType | None:
        """Return the type that names the items, the plainest first, and a field of the item last."""
        nouns = self.shape.nouns
        own = [each for each in self.usable if element_of(each) is level and each.nearness(nouns)]
        return min(
            own,
            key=lambda each: (
                self.is_field(each),
                not self.is_around(each),
                -each.nearness(nouns),
                bool(each.action),
                each.holder is not None,
            ),
            default=None,
        )

    def is_field(self, type_: EventType) -> bool:
        """Return whether the type is a field of the item itself."""
        holder = self.subject.holder
        if type_.holder is None or not type_.holder.is_inside(holder):
            return False
        return type_.holder is not holder or (type_.key,) in self.shape.weights

    def _is_beside(self, type_: EventType) -> bool:
        """Return whether the type is in an object about the event: beside the item, and nothing itself."""
        holder = type_.holder
        if holder is None or not _THING_KEYS.isdisjoint(map(squash_name, holder.value)):
            return False
        return any(each is holder.parent for each in self.subject.holder.ancestors)

    def _is_constant(self, type_: EventType) -> bool:
        return type_.holder is self.subject.holder and self.shape.constants.get(type_.key) == type_.text


def element_of(type_: EventType) -> PayloadObject | None:
    """Return the list element that has a type, None outside of lists."""
    return type_.holder.element if type_.holder else None
