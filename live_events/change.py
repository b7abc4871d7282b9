"""One change that an event reports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from configuration.resource import Resource
from configuration.webhook import Webhook
from rest.bodies import Json
from rest.page import Item
from rest.texts import text_of

type ChangeKey = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class LiveKind:
    """A mapping entry with a webhook. index: its place in the mapping."""

    index: int
    resource: Resource

    @property
    def webhook(self) -> Webhook:
        """The webhook of the entry."""
        return self.resource.webhook or Webhook()


@dataclass(frozen=True, slots=True)
class Change:
    """An item of a kind that was created, updated or deleted.

    values: for the placeholders of the request, and for the items of the response.
    item: as the event shows it. None: unknown, or not trusted.
    is_deletion: the event says that the item was deleted, and that is trusted.
    askings: how often the API was asked already, because it contradicted the event.
    had_deletion: an earlier event, merged into this change, says that the item was deleted.
    number: of the change among those without values, which have no key of their own.
    size: of the item as text, in characters.
    member: the fingerprint of a deleted item whose values identify only the listing that it was in.
    """

    kind: LiveKind
    values: Mapping[str, Json]
    item: Item | None
    is_deletion: bool
    is_signed: bool
    received_at: datetime
    number: str = ""
    size: int = 0
    askings: int = 0
    had_deletion: bool = False
    member: str = ""

    @property
    def key(self) -> ChangeKey:
        """A key that is equal for changes of the same item."""
        names = sorted(self.kind.webhook.needed)
        return (self.kind.index, *(text_of(self.values[name]) for name in names), self.number or self.member)

    @property
    def may_be_deleted(self) -> bool:
        """True if an event says that the item was deleted, even if it came before one that does not."""
        return self.is_deletion or self.had_deletion

    @property
    def is_of_other_partition(self) -> bool:
        """True if another installation reads the parent. It gets the event, too."""
        partition = self.kind.resource.partition
        return partition is not None and not partition.has(self.values)

    @property
    def needs_request(self) -> bool:
        """True if the API is asked for the present state."""
        return self.kind.webhook.fetch is not None

    def merged(self, later: "Change") -> "Change":
        """Return one change for this and a later one of the same item."""
        return replace(
            later,
            is_signed=self.is_signed and later.is_signed,
            had_deletion=self.may_be_deleted or later.had_deletion,
        )

    def among(self, kinds: Iterable[LiveKind]) -> "Change | None":
        """Return the change with its kind as the mapping has it now. None: the mapping does not have it."""
        present = tuple(kinds)
        if self.kind in present:
            return self
        moved = (kind for kind in present if kind.resource == self.kind.resource)
        return next((replace(self, kind=kind) for kind in moved), None)

    def without_item(self) -> "Change":
        """Return the change without what the event shows, where the API can be asked again.

        If the API contradicts the event, the item is kept: it may tell what to delete.
        """
        is_needed = self.kind.webhook.fetch is None or self.member or self.askings
        return self if is_needed else replace(self, item=None, size=0)
