"""Choose the API among the origins of a recording."""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.imports.har_calls import RecordedCall, site_of

_MAX_OTHERS = 5


@dataclass(frozen=True, slots=True)
class ChosenOrigin:
    """The origin of the API, and notes that name the others."""

    origin: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Origin:
    """An origin and its reads. listings: the number of different listings with items."""

    origin: str
    listings: int
    is_own_site: bool
    calls: int

    @property
    def rank(self) -> tuple[int, bool, int]:
        return self.listings, self.is_own_site, self.calls


def choose_origin(calls: Sequence[RecordedCall]) -> ChosenOrigin:
    """Return the origin with the most listings.

    Analytics, feature flags and telemetry answer often, but list little. Of origins with as many listings,
    the one on the site of the page wins. calls: at least one.
    """
    origins = sorted(
        (_of(origin, calls) for origin in dict.fromkeys(call.origin for call in calls)),
        key=lambda each: each.rank,
        reverse=True,
    )
    best, others = origins[0], origins[1:]
    listing = [f"{each.origin} ({each.listings})" for each in others if each.listings]
    notes = []
    if listing:
        names = ", ".join(listing[:_MAX_OTHERS])
        notes.append(f"One installation reads one API. Other origins have listings too: {names}")
    rest = [each.origin for each in others if not each.listings]
    if rest:
        notes.append(f"Origins without listings were left out: {', '.join(rest[:_MAX_OTHERS])}")
    return ChosenOrigin(best.origin, tuple(notes))


def _of(origin: str, calls: Sequence[RecordedCall]) -> _Origin:
    own = [call for call in calls if call.origin == origin]
    listings = {
        (call.method, call.path, call.operation.name if call.operation else "") for call in own if call.items
    }
    site = site_of(origin)
    return _Origin(origin, len(listings), any(call.page_site == site for call in own), len(own))
