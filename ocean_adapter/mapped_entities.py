"""The entities of a batch, with what the ledger noted about each."""

from collections.abc import Iterable, Sequence

from port_ocean.core.models import Entity

from mapping import Noted


class MappedEntities(list[Entity]):
    """Entities in the order of their items.

    noted: each one's digests. places: the index of each one's item in the batch.
    """

    def __init__(
        self, entities: Iterable[Entity] = (), noted: Sequence[Noted] = (), places: Sequence[int] = ()
    ) -> None:
        super().__init__(entities)
        self.noted = noted
        self.places = places

    @property
    def keys(self) -> set[bytes]:
        """The entities, by their keys."""
        return {each.key for each in self.noted}

    def placed(self, places: Sequence[int]) -> "MappedEntities":
        """Return the same entities in a larger batch. places: where this batch's items are in that one."""
        return MappedEntities(self, self.noted, [places[place] for place in self.places])

    def joined(self, other: "MappedEntities") -> "MappedEntities":
        """Return these entities and those of other items of the batch, in the order of the items."""
        every = sorted(
            zip((*self.places, *other.places), (*self.noted, *other.noted), (*self, *other), strict=True),
            key=lambda each: each[0],
        )
        places, noted, entities = zip(*every, strict=True) if every else ((), (), ())
        return MappedEntities(entities, noted, places)
