"""The places of values as jq on an item: below the item, or in the event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from builder.inference.webhooks.payload import PayloadObject
from rest.steps import quoted_key


@dataclass(frozen=True, slots=True)
class Places:
    """The values that jq on an item can read. item: what `items` returns. objects: of the payload."""

    item: PayloadObject
    objects: Sequence[PayloadObject] = field(repr=False)

    def reachable(self) -> Iterator[PayloadObject]:
        """Yield the objects outside of lists, and those in the item."""
        for each in self.objects:
            if each.element is None or (self.item.is_element and each.element is self.item):
                yield each

    def scalars(self) -> Iterator[tuple[PayloadObject, str, str | int | float]]:
        """Yield the texts and numbers in them, each with its object and its key."""
        for holder in self.reachable():
            yield from ((holder, key, value) for key, value in holder.scalars())

    def place(self, holder: PayloadObject, key: str) -> str:
        """Return jq for a field of an object."""
        return f"{self.object_place(holder)}{quoted_key(key)}"

    def object_place(self, holder: PayloadObject) -> str:
        """Return jq for an object. "" for the item itself."""
        if holder.is_inside(self.item) and holder.element is self.item.element:
            return self.inner(holder)
        return f"$event{holder.place}"

    def inner(self, holder: PayloadObject) -> str:
        """Return jq for an object in the item."""
        return holder.inner_place.removeprefix(self.item.inner_place) if holder is not self.item else ""
