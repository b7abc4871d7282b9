"""The tally of written entities. Each entry has one tally for the length of a resync.

Ocean logs refused entities and continues. It also counts a single request that Port refused as successful.
So the tally is made from Port's responses.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.resource import resource
from port_ocean.core.models import Entity
from port_ocean.exceptions.context import EventContextNotFoundError, ResourceContextNotFoundError

from ocean_adapter.write_response import EntityKey, entity_key, write_result
from rest.errors import Place, WriteError

_ATTRIBUTE = "ocean_custom_write_tallies"
AFTER_ALL_ENTRIES = -1
"""The index of the tally for writes after the last entry, when Ocean retries refused entities."""


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
    # From responses since the last count.
    _accepted: set[EntityKey] = field(default_factory=set, repr=False)
    _unmatched: set[EntityKey] = field(default_factory=set, repr=False)
    _reasons: dict[EntityKey, str] = field(default_factory=dict, repr=False)

    def add_response(self, response: httpx.Response) -> None:
        """Add Port's response to a write. Its body must have been read."""
        if result := write_result(response):
            self._accepted |= result.accepted
            self._reasons |= result.reasons
            self._unmatched |= result.unmatched

    def count(self, entities: Iterable[Entity], *, keep_refused: bool) -> None:
        """Count entities by the responses since the last count. keep_refused: they will be sent again."""
        for entity in entities:
            key = entity_key(entity.blueprint, entity.identifier)
            if key in self._accepted and key not in self._reasons:
                self.written += 1
                self._still_refused.pop(key, None)
                continue
            if keep_refused:
                self.kept.append(entity)
            if key in self._unmatched:
                self.unmatched += 1
                continue
            self.refused += 1
            reason = self._reasons.get(key, "Port's response does not mention it")
            self._still_refused[key] = reason
            self.first_refused = self.first_refused or f"{entity.blueprint} {entity.identifier}: {reason}"
        self._accepted.clear()
        self._unmatched.clear()
        self._reasons.clear()

    def take_refused(self) -> list[Entity]:
        """Remove and return the kept entities. They no longer count until they are sent again."""
        taken, self.kept = self.kept, []
        if taken:
            self.refused = self.unmatched = 0
            self.first_refused = ""
        return taken

    def still_refused(self, retries: "WriteTally") -> dict[str, str]:
        """Return the reason by refused entity. retries: the tally of writes after the last entry."""
        return {
            f"{blueprint} {msgspec.json.decode(identifier)}": reason
            for (blueprint, identifier), reason in self._still_refused.items()
            if not retries.has_accepted((blueprint, identifier))
        }

    def has_accepted(self, key: EntityKey) -> bool:
        """Return whether Port has accepted an entity since the last count."""
        return key in self._accepted

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


def watch_writes(client: httpx.AsyncClient) -> None:
    """Add each of Port's responses to the tally of the current entry."""
    hooks = client.event_hooks["response"]
    if _add_response not in hooks:
        hooks.append(_add_response)


async def _add_response(response: httpx.Response) -> None:
    try:
        tally = current_write_tally() or write_tally(event.attributes, AFTER_ALL_ENTRIES)
    except EventContextNotFoundError:
        return
    await response.aread()
    tally.add_response(response)
