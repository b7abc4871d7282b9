"""How much a walk reads before the listing is taken for endless."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WalkLimits:
    """The limits of one walk. A resync that reads more takes hours, so only an endless listing gets there.

    pages: unless the user sets maxPages. items: distinct items.
    empty_pages: in a row. APIs that filter after paginating send some.
    stale_pages: in a row without a new item.
    first_keys: how many item keys are kept, to compare the order of a second reading.
    new_items: of one page on disk, when it is read again.
    """

    pages: int = 100_000
    items: int = 10_000_000
    empty_pages: int = 1000
    stale_pages: int = 3
    first_keys: int = 200
    new_items: int = 1000
