"""The tally of written entities. Each entry has one tally for the length of a resync.

Ocean logs refused entities and continues.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.resource import resource
from port_ocean.core.models import Entity
from port_ocean.exceptions.context import EventContextNotFoundError, ResourceContextNotFoundError

from ocean_adapter.write_response import EntityKey, WriteResult, entity_key
from rest.errors import Place, WriteError

_ATTRIBUTE = "ocean_custom_write_tallies"


@dataclass(slots=True)
class WriteTally:
    """Counts the entities of one kind that Port accepted and refused.

    refused: the number that Port refused, or did not mention. first_refused: the first one and the reason.
    unmatched: the number whose identifier is a search that matches no entity.
    kept: refused and unmatched entities, if they are to be sent again.
    """

    written: int = 0
    refused: int = 0
    unmatched: int = 0
    first_refused: str = ""
    kept: list[Entity] = field(default_factory=list)
    _still_refused: dict[EntityKey, str] = field(default_factory=dict, repr=False)

    def count(self, entities: Iterable[Entity], result: WriteResult, *, keep_refused: bool) -> None:
        """Count entities by Port's result. keep_refused: they will be sent again."""
        for entity in entities:
            key = entity_key(entity.blueprint, entity.identifier)
            if result.has_accepted(key):
                self.written += 1
                self._still_refused.pop(key, None)
                continue
            if keep_refused:
                self.kept.append(entity)
            if key in result.unmatched:
                self.unmatched += 1
                continue
            self.refused += 1
            reason = result.reasons.get(key, "Port's response does not mention it")
            self._still_refused[key] = reason
            self.first_refused = self.first_refused or f"{entity.blueprint} {entity.identifier}: {reason}"

    def note_accepted(self, keys: Iterable[EntityKey]) -> None:
        """Note which entities Port has accepted at last, when they were sent again."""
        for key in keys:
            self._still_refused.pop(key, None)

    def take_refused(self) -> list[Entity]:
        """Remove and return the kept entities. They no longer count until they are sent again."""
        taken, self.kept = self.kept, []
        if taken:
            self.refused = self.unmatched = 0
            self.first_refused = ""
        return taken

    @property
    def still_refused(self) -> dict[str, str]:
        """The reason by refused entity."""
        return {
            f"{blueprint} {msgspec.json.decode(identifier)}": reason
            for (blueprint, identifier), reason in self._still_refused.items()
        }

    @property
    def refused_keys(self) -> set[EntityKey]:
        """The entities that Port refused, or did not mention."""
        return set(self._still_refused)

    def check(self) -> None:
        """Raises WriteError: Port refused entities."""
        if self.refused:
            raise WriteError(
                f"{self.refused} of {self.refused + self.written} entities were not written. "
                f"The first is {self.first_refused}",
                hint="Correct the mapping or the blueprint. If a relation leads to a later entry's entity, "
                "move that entry up, or set createMissingRelatedEntities: true",
            )


def write_tally(attributes: dict[str, Any], index: int) -> WriteTally:
    """Return the tally of the entry at an index, which the resync's attributes keep."""
    tallies: dict[int, WriteTally] = attributes.setdefault(_ATTRIBUTE, {})
    return tallies.setdefault(index, WriteTally())


def current_write_tally() -> WriteTally | None:
    """Return the current entry's tally. None: no entry is being read, as with live events."""
    try:
        return write_tally(event.attributes, resource.index)
    except (EventContextNotFoundError, ResourceContextNotFoundError):
        return None


def check_writes(attributes: dict[str, Any], index: int, kind: str) -> None:
    """Raises WriteError: Port refused entities of the entry at an index."""
    tally = write_tally(attributes, index)
    if tally.unmatched:
        logger.warning(
            "{}: {} entities were not written because the search that identifies them matches no entity",
            kind,
            tally.unmatched,
        )
    try:
        tally.check()
    except WriteError as error:
        error.at(Place(kind=kind))
        raise
