"""What the mapping made of a kind's items, so that a kind of which nothing came can fail."""

from dataclasses import dataclass, field
from typing import Any

from mapping import Mapped
from rest.errors import ItemsError

_ATTRIBUTE = "ocean_custom_mapped"


@dataclass(slots=True)
class MappedTally:
    """One mapping entry's entities in one resync, and the fields that lacked a value."""

    entities: int = 0
    lacking: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, attributes: dict[str, Any], index: int) -> "MappedTally":
        """The tally of the entry at an index, kept in the resync's own attributes."""
        tallies: dict[int, MappedTally] = attributes.setdefault(_ATTRIBUTE, {})
        return tallies.setdefault(index, cls())

    def note(self, mapped: Mapped) -> None:
        """Adds a batch."""
        self.entities += len(mapped.passed)
        self.lacking |= {
            name
            for entity in mapped.incomplete
            for name in ("identifier", "blueprint")
            if not entity.get(name)
        }

    def check(self, kind: str) -> None:
        """Raises ItemsError: items passed the selector, and not one has an identifier and a blueprint.

        Ocean would take their entities for gone, and delete them.
        """
        if self.lacking and not self.entities:
            names = " and ".join(sorted(self.lacking))
            error = ItemsError(
                f"the mapping gives no {names} for any item",
                hint=f"Correct port.entity.mappings.{min(self.lacking)}",
            )
            error.kind = kind
            raise error
