"""Pack the kinds of a mapping into shares of about the same load, the heaviest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from builder.splitting.cost import Cost
from builder.splitting.measuring import KindCost, Measured
from rest.errors import SyncError

type Part = tuple[int, int, int]
"""(index of the mapping entry, index of its partition, number of its partitions)"""


@dataclass(slots=True)
class Share:
    """The part of one installation. parts: kinds, or partitions of them, in the mapping's order."""

    parts: list[Part] = field(default_factory=list)
    listings: set[str] = field(default_factory=set)
    cost: Cost = field(default_factory=Cost)

    def has(self, kind: int) -> bool:
        """Return True if the share has a kind, or a partition of it."""
        return any(index == kind for index, _, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Split:
    """A mapping in shares. notes: what the user should know about single kinds."""

    shares: tuple[Share, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What goes into one share as a whole: kinds that belong together, or one partition of a kind."""

    parts: tuple[Part, ...]
    own: Cost
    listings: frozenset[str]


def split(
    measured: Measured,
    number: int,
    items_per_request: int,
    groups: Sequence[Sequence[int]],
    unfit: Mapping[int, str],
) -> Split:
    """Return the shares. A kind that is heavier than a share is divided by its parents.

    groups: the indexes of the kinds that stay together. unfit: why a kind cannot be divided, by its index.
    Raises SyncError: there are more shares than there is to divide.
    """
    total = sum((kind.own for kind in measured.kinds), sum(measured.listings.values(), Cost()))
    most = total.weight(items_per_request) / number
    notes: list[str] = []
    units: list[_Unit] = []
    for group in groups:
        kinds = [measured.kinds[index] for index in group]
        units += _units(kinds, most, number, items_per_request, unfit, notes)
    if len(units) < number:
        raise SyncError(
            f"the mapping can be divided into {len(units)} shares at most, not into {number}",
            hint=f"Use --into {len(units)} or less" if len(units) > 1 else "Leave it in one installation",
        )
    shares = [Share() for _ in range(number)]
    for unit in sorted(units, key=lambda each: (-each.own.weight(items_per_request), each.parts)):
        _add(unit, shares, measured.listings, items_per_request)
    for share in shares:
        share.parts.sort()
    return Split(tuple(shares), tuple(notes))


def _units(
    kinds: Sequence[KindCost],
    most: float,
    number: int,
    items_per_request: int,
    unfit: Mapping[int, str],
    notes: list[str],
) -> Iterable[_Unit]:
    """Return the units of kinds that belong together: several if it is one that is too heavy for a share."""
    own = sum((kind.own for kind in kinds), Cost())
    listings = frozenset[str]().union(*(kind.listings for kind in kinds))
    whole = _Unit(tuple((kind.index, 0, 1) for kind in kinds), own, listings)
    weight = own.weight(items_per_request)
    if weight <= most:
        return [whole]
    heaviest = max(kinds, key=lambda kind: kind.own.weight(items_per_request))
    reason = unfit.get(heaviest.index, "") or (
        "" if len(kinds) == 1 else "other kinds write its entities, too"
    )
    if reason:
        notes.append(f"{heaviest.kind} is heavier than a share, and cannot be divided: {reason}")
        return [whole]
    of = min(number, ceil(weight / most))
    return [_Unit(((heaviest.index, part, of),), own.part(part, of), listings) for part in range(of)]


def _add(unit: _Unit, shares: Sequence[Share], listings: Mapping[str, Cost], items_per_request: int) -> None:
    """Add a unit to the share whose load is then the lowest. Empty shares are filled first."""

    def cost_in(share: Share) -> Cost:
        new = (listings[key] for key in unit.listings - share.listings)
        return share.cost + sum(new, unit.own)

    kind = unit.parts[0][0]
    open_shares = [share for share in shares if unit.parts[0][2] == 1 or not share.has(kind)]
    chosen = min(open_shares, key=lambda share: (bool(share.parts), cost_in(share).weight(items_per_request)))
    chosen.cost = cost_in(chosen)
    chosen.listings |= unit.listings
    chosen.parts += unit.parts
