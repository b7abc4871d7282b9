"""Check that every item of a kind is accounted for: as an entity, or excluded by the query."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mapping.ledger import EntityLedger, Noted
from mapping.mapper import Mapped
from rest.bodies import Json
from rest.errors import DoubtError, ItemsError, SyncError
from rest.origin import cut
from rest.page import Item
from rest.request import text_of

_NAME_KEYS = ("id", "identifier", "uuid", "key", "name", "slug", "title")
_MAX_LENGTH = 60


@dataclass(slots=True)
class EntityTally:
    """Counts the items and entities of one kind.

    left_out: items that the query excludes.
    skipped: items that it selects and that became no entity.
    overwritten: entities with the identifier of another item's entity. One of the two is lost.
    unparsed: items in which itemsToParse finds no list.
    lacking: the keys that entities lack.
    ledger: the entities of the resync. entry: the index of the mapping entry.
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
    ledger: EntityLedger = field(default_factory=EntityLedger, repr=False)
    entry: int = 0

    def note(self, mapped: Mapped, items: Sequence[Item]) -> list[Noted]:
        """Add a batch, and return each passed entity's digests. items: the items that were mapped."""
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
        noted = [self.ledger.note(entity, self.entry) for entity in mapped.passed]
        for entity, each in zip(mapped.passed, noted, strict=True):
            if each.is_overwriting:
                self.overwritten += 1
                self.first_overwritten = (
                    self.first_overwritten or f"{entity['blueprint']} {entity['identifier']}"
                )
        return noted

    def note_unchanged(self, entities: int) -> None:
        """Add items that were not mapped, because each still becomes the same entity as before."""
        self.items += entities
        self.entities += entities

    def note_unparsed(self, item: Item) -> None:
        """Add an item in which itemsToParse finds no list."""
        self.unparsed += 1
        self.first_unparsed = self.first_unparsed or _shown(item)

    @property
    def errors(self) -> list[SyncError]:
        """The errors that make the kind incomplete."""
        if self.lacking and not self.entities:
            names = " and ".join(sorted(self.lacking))
            hint = f"Correct port.entity.mappings.{min(self.lacking)}"
            return [ItemsError(f"the mapping produces no {names} for any item", hint=hint)]
        return [error for error in (self._skipped_error, self._unparsed_error) if error]

    @property
    def _skipped_error(self) -> SyncError | None:
        if not self.skipped:
            return None
        names = " or ".join(sorted(self.lacking))
        reason = f"they have no {names}" if names else "the query returns neither true nor false"
        return DoubtError(
            f"{self.skipped} of {self.skipped + self.entities} items became no entity, because {reason}; "
            f"the first has {self.first_skipped}",
            hint="Correct the mapping, or exclude them with selector.query",
            doubt="skipped_items",
        )

    @property
    def _unparsed_error(self) -> SyncError | None:
        if not self.unparsed:
            return None
        return DoubtError(
            f"itemsToParse is not a list in {self.unparsed} items; the first has {self.first_unparsed}",
            hint="Correct itemsToParse. If null means that there are none, write .path // []",
            doubt="skipped_items",
        )

    @property
    def warning(self) -> str:
        """A warning about entities that overwrite each other; "": there are none."""
        if not self.overwritten:
            return ""
        return (
            f"{self.overwritten} entities overwrite another item's entity with the same identifier; "
            f"the first is {self.first_overwritten}. Make port.entity.mappings.identifier unique"
        )


def _shown(item: Item) -> str:
    """Return the value by which a user can find an item."""
    names: list[tuple[str, Json]] = [
        (name, item[name]) for name in _NAME_KEYS if item.get(name) not in (None, "")
    ]
    if names:
        name, value = names[0]
        return f"{name} {cut(text_of(value), _MAX_LENGTH)}"
    return cut(f"the keys {', '.join(list(item)[:5])}", _MAX_LENGTH)
