"""What the mapping made of a kind's items: one tally for each entry, kept for the length of a resync."""

from typing import Any

from loguru import logger

from extraction import Verdict
from mapping import EntityTally
from rest.errors import Place

_ATTRIBUTE = "ocean_custom_mapped"


def tally_of(attributes: dict[str, Any], index: int) -> EntityTally:
    """The tally of the entry at an index, kept in the resync's own attributes."""
    tallies: dict[int, EntityTally] = attributes.setdefault(_ATTRIBUTE, {})
    return tallies.setdefault(index, EntityTally())


def check_mapped(tally: EntityTally, kind: str, verdict: Verdict) -> None:
    """Raises ItemsError or DoubtError: items are unaccounted for, and Ocean would delete their entities."""
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
