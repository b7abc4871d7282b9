"""What the mapping made of a kind's items, so that a kind of which nothing came can fail."""

from dataclasses import dataclass, field
from typing import Any

from port_ocean.core.ocean_types import CalculationResult

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

    def note(self, result: CalculationResult) -> None:
        """Adds a batch."""
        self.entities += len(result.entity_selector_diff.passed)
        self.lacking |= {"identifier", "blueprint"} & result.misconfigured_entity_keys.keys()

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
