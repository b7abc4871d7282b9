"""Limit how much a kind may shrink from one complete listing to the next.

A token that lost permissions, a filter whose meaning changed, or a wrong tenant gives a listing that looks
complete and has almost no items.
"""

import re
from dataclasses import dataclass

from rest.errors import ItemsError

_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class ShrinkLimit:
    """The items that a listing may lose, either as a share or as a number.

    share: in percent of the earlier items. items: a number of items.
    from_items: listings that had fewer items are not checked.
    """

    share: float | None = None
    items: int | None = None
    from_items: int = 0

    @classmethod
    def read(cls, text: str) -> "ShrinkLimit":
        """Return the limit of a text like 30% or 500. Raises ValueError: it is neither."""
        text = text.strip()
        if text.isascii() and text.isdigit():
            return cls(items=int(text))
        share = _SHARE.fullmatch(text)
        if not share or float(share[1]) > 100:
            raise ValueError(f"{text!r} is neither a share nor a number of items")
        return cls(share=float(share[1]))

    def check(self, earlier: int, now: int, accepted: int | None) -> None:
        """Raise ItemsError if the listing lost too many items. accepted: this many items always pass."""
        lost = earlier - now
        if lost <= 0 or earlier < self.from_items or (accepted is not None and now >= accepted):
            return
        allowed = self.items if self.items is not None else earlier * (self.share or 0) / 100
        if lost > allowed:
            raise ItemsError(
                f"the complete listing has {now} items, and the last complete one had {earlier}; "
                f"max_shrink is {self}",
                hint="Check that the credentials still have all permissions, and that the parameters still "
                f"select all items. If {now} is correct, set selector.accept_shrink: {now}",
            )

    def __str__(self) -> str:
        return str(self.items) if self.items is not None else f"{self.share:g}%"


# Almost no kind legitimately loses more than nine of ten items between two resyncs. Small listings may
# change completely, so they are not checked.
DEFAULT_SHRINK_LIMIT = ShrinkLimit(share=90, from_items=20)
