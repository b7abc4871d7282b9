"""How much a kind may shrink from one complete listing to the next.

A token that lost its rights, a filter that the API reads anew, or a tenant that is mixed up gives a listing
that looks complete and has almost nothing left.
"""

import re
from dataclasses import dataclass

from rest.errors import ItemsError

_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class ShrinkLimit:
    """share: of the earlier items, in percent. items: a number of them. One of the two is set.

    from_items: a listing that had fewer is not judged.
    """

    share: float | None = None
    items: int | None = None
    from_items: int = 0

    @classmethod
    def read(cls, text: str) -> "ShrinkLimit":
        """From 30% or 500. Raises ValueError: it is neither."""
        text = text.strip()
        if text.isascii() and text.isdigit():
            return cls(items=int(text))
        share = _SHARE.fullmatch(text)
        if not share or float(share[1]) > 100:
            raise ValueError(f"{text!r} is no share and no number of items")
        return cls(share=float(share[1]))

    def check(self, earlier: int, now: int, accepted: int | None) -> None:
        """Raises ItemsError: the listing lost too much. accepted: so many items are enough."""
        lost = earlier - now
        if lost <= 0 or earlier < self.from_items or (accepted is not None and now >= accepted):
            return
        allowed = self.items if self.items is not None else earlier * (self.share or 0) / 100
        if lost > allowed:
            raise ItemsError(
                f"the complete listing has {now} items, and the last complete one had {earlier}; "
                f"max_shrink is {self}",
                hint="Did the credentials lose their rights, or did a parameter change its meaning? If "
                f"{now} is right, set selector.accept_shrink: {now}, which lets it pass once",
            )

    def __str__(self) -> str:
        return str(self.items) if self.items is not None else f"{self.share:g}%"


# An empty listing where thousands were is a catastrophe, and never far from one: almost no sound kind loses
# more than nine of ten items between two resyncs. Few items come and go, so small listings are not judged.
DEFAULT_SHRINK_LIMIT = ShrinkLimit(share=90, from_items=20)
