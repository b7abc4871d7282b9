"""A sequence of items that stay on disk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import overload

from extraction.large_bodies.census import Census
from extraction.large_bodies.position import ItemsPosition
from rest.bodies import Json
from rest.response import StoredBody


@dataclass(frozen=True, slots=True, eq=False)
class LargeItems(Sequence[Json]):
    """The first `length` items of a large body. Each iteration reads the body again.

    excluded: positions, from 0, of items that are left out.
    """

    body: StoredBody
    position: ItemsPosition
    length: int
    census: Census
    excluded: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return self.length - len(self.excluded)

    def __iter__(self) -> Iterator[Json]:
        return (item for items, _ in self.chunks(1) for item in items)

    def chunks(self, max_items: int, max_weight: int = 0) -> Iterator[tuple[list[Json], int]]:
        """Yield the items in chunks, each with its memory in bytes.

        A chunk ends at max_items, or after the item with which it exceeds max_weight.
        """
        reader = self.position.read(self.body)
        chunk: list[Json] = []
        weight_before = 0
        for number, item in enumerate(islice(reader, self.length)):
            if number not in self.excluded:
                chunk.append(item)
            if len(chunk) >= max_items or (chunk and reader.weight_read - weight_before > max_weight):
                yield chunk, reader.weight_read - weight_before
                chunk, weight_before = [], reader.weight_read
        if chunk:
            yield chunk, reader.weight_read - weight_before

    @overload
    def __getitem__(self, index: int) -> Json: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Json]: ...
    def __getitem__(self, index: int | slice) -> Json | Sequence[Json]:
        """Return one item or a slice. An index reads all items before it. `[:n]` reads nothing."""
        if isinstance(index, int):
            return next(islice(self, range(len(self))[index], None))
        start, stop, step = index.indices(len(self))
        if (start, step) == (0, 1) and not self.excluded:
            return replace(self, length=stop)
        return list(islice(self, start, stop, step))

    def without_errors(self) -> "LargeItems":
        """Return the items without those that are error objects."""
        return replace(self, excluded=self.census.error_positions)
