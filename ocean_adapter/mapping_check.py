"""The check that a kind's items became entities. Each entry has one tally for the length of a resync."""

from typing import Any

from loguru import logger

from extraction import Verdict
from mapping import EntityTally
from ocean_adapter.resync_scope import open_scope_or_none
from rest.errors import Place

_ATTRIBUTE = "ocean_custom_entity_tallies"


def entity_tally(attributes: dict[str, Any], index: int) -> EntityTally:
    """Return the tally of the entry at an index, which the resync's attributes keep."""
    tallies: dict[int, EntityTally] = attributes.setdefault(_ATTRIBUTE, {})
    if index not in tallies:
        scope = open_scope_or_none()
        tallies[index] = EntityTally(ledger=scope.ledger, entry=index) if scope else EntityTally()
    return tallies[index]


def check_mapping(tally: EntityTally, kind: str, verdict: Verdict) -> None:
    """Raises ItemsError or DoubtError: items became no entities, and Ocean would delete existing ones."""
    if tally.warning:
        logger.warning("{}: {}", kind, tally.warning)
    errors = [error for error in tally.errors if not verdict.accepts(error)]
    for error in errors:
        error.at(Place(kind=kind))
        verdict.doubt(error)
    if len(errors) > 1:
        raise ExceptionGroup(f"{kind}: {errors[0]}", errors)
    if errors:
        raise errors[0]
