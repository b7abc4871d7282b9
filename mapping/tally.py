"""Whether every item of a kind is accounted for, as an entity or left out by the query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

import msgspec

from mapping.mapper import Mapped
from mapping.plan import Entity
from rest.bodies import Json
from rest.errors import DoubtError, ItemsError, SyncError
from rest.origin import cut
from rest.page import Item
from rest.request import text_of

_NAMES = ("id", "identifier", "uuid", "key", "name", "slug", "title")
_SHOWN = 60


@dataclass(slots=True)
class EntityTally:
    """One kind's items and entities.

    left_out: by the query. skipped: items that pass it and give no entity. overwritten: entities that have
    the identifier of another item's entity, which is lost.
    """

    items: int = 0
    entities: int = 0
    left_out: int = 0
    skipped: int = 0
    overwritten: int = 0
    unparsed: int = 0
    first_skipped: str = ""
    first_overwritten: str = ""
    first_unparsed: str = ""
    lacking: set[str] = field(default_factory=set)
    _seen: dict[int, int] = field(default_factory=dict, repr=False)

    def note(self, mapped: Mapped, items: Sequence[Item]) -> None:
        """Adds a batch. items: what was mapped."""
        self.items += len(items)
        self.entities += len(mapped.passed)
        self.skipped += len(mapped.lost)
        self.left_out += len(items) - len(mapped.passed) - len(mapped.lost)
        if mapped.lost and not self.first_skipped:
            self.first_skipped = _shown(items[mapped.lost[0]])
        self.lacking |= {
            name
            for entity in mapped.incomplete
            for name in ("identifier", "blueprint")
            if not entity.get(name)
        }
        for entity in mapped.passed:
            self._note_place(entity)

    def note_unparsed(self, item: Item) -> None:
        """An item in which itemsToParse finds no list."""
        self.unparsed += 1
        self.first_unparsed = self.first_unparsed or _shown(item)

    @property
    def errors(self) -> list[SyncError]:
        """What keeps the kind from being complete."""
        found: list[SyncError] = []
        if self.lacking and not self.entities:
            names = " and ".join(sorted(self.lacking))
            return [
                ItemsError(
                    f"the mapping gives no {names} for any item",
                    hint=f"Correct port.entity.mappings.{min(self.lacking)}",
                )
            ]
        if self.skipped:
            names = " or ".join(sorted(self.lacking))
            reason = f"they have no {names}" if names else "the query is neither true nor false for them"
            found.append(
                DoubtError(
                    f"{self.skipped} of {self.skipped + self.entities} items became no entity, as {reason}; "
                    f"the first has {self.first_skipped}",
                    hint="Correct the mapping, or leave them out by selector.query",
                    doubt="skipped_items",
                )
            )
        if self.unparsed:
            found.append(
                DoubtError(
                    f"itemsToParse is no list in {self.unparsed} items; the first has {self.first_unparsed}",
                    hint="Correct itemsToParse; where null means none, write .path // []",
                    doubt="skipped_items",
                )
            )
        return found

    @property
    def warning(self) -> str:
        """What is told of entities that overwrite each other; "": there are none."""
        if not self.overwritten:
            return ""
        return (
            f"{self.overwritten} entities have the identifier of another item's entity and overwrite it; "
            f"the first is {self.first_overwritten}. Make port.entity.mappings.identifier tell them apart"
        )

    def _note_place(self, entity: Entity) -> None:
        identifier, blueprint = entity.get("identifier"), entity.get("blueprint")
        if not isinstance(identifier, str) or not isinstance(blueprint, str):
            return
        place, content = hash((blueprint, identifier)), crc32(msgspec.json.encode(entity))
        if self._seen.setdefault(place, content) != content:
            self.overwritten += 1
            self.first_overwritten = self.first_overwritten or f"{blueprint} {identifier}"


def _shown(item: Item) -> str:
    """What a person would find an item by."""
    named: list[tuple[str, Json]] = [
        (name, item[name]) for name in _NAMES if item.get(name) not in (None, "")
    ]
    if named:
        name, value = named[0]
        return f"{name} {cut(text_of(value), _SHOWN)}"
    return cut(f"the keys {', '.join(list(item)[:5])}", _SHOWN)
