"""The items of a batch that still are what they were in the last resync."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ocean_adapter.recall import Unchanged
from ocean_adapter.resync_scope import ResyncScope


@dataclass(frozen=True, slots=True)
class RecalledBatch:
    """A batch of items before the mapping.

    digests: of each item. None: the item cannot be remembered.
    unchanged: what unchanged items became, by their index.
    """

    digests: Sequence[bytes | None]
    unchanged: dict[int, Unchanged]

    @property
    def keys(self) -> set[bytes]:
        """The entities of unchanged items."""
        return {recalled.key for recalled in self.unchanged.values()}

    def remaining(self) -> list[int]:
        """Return the indexes of the items that have to be mapped."""
        return [index for index in range(len(self.digests)) if index not in self.unchanged]

    def take(self, keys: set[bytes]) -> list[int]:
        """Remove unchanged items that are these entities, and return their indexes."""
        taken = [index for index, recalled in self.unchanged.items() if recalled.key in keys]
        for index in taken:
            del self.unchanged[index]
        return taken


async def recalled_batch(scope: ResyncScope, entry: int, items: Sequence[dict[Any, Any]]) -> RecalledBatch:
    """Return which items of a batch are unchanged: they need not be mapped, compared or written.

    An entity that another item of this resync has become is not unchanged: the last item counts.
    """
    recall, state = scope.recall, scope.port_state
    if recall is None or state is None:
        return RecalledBatch([None] * len(items), {})
    await recall.ready()
    digests = recall.digests(entry, items)
    if not recall.is_recalling:
        return RecalledBatch(digests, {})
    recalled = await recall.recalled(digests)
    await state.ready()
    return RecalledBatch(
        digests,
        {
            index: each
            for index, each in enumerate(recalled)
            if each and state.is_listed(each.key) and not scope.ledger.is_seen(each.key)
        },
    )
