"""A listing that became shorter between two of its pages: what moved up past the edge is read once more."""

from dataclasses import replace

from loguru import logger

from extraction.page_checks import are_large
from extraction.page_identity import moved_up
from extraction.walk_state import Position, Walk
from rest.errors import RETRIED, PaginationError

# A listing that changes more often than this between two of its pages cannot be read in pages.
_MOST_READS = 5


async def with_items_that_moved(walk: Walk, before: Position, arrived: Position) -> Position:
    """Return the position on the page that arrived, with the items that moved up to the page before it.

    Where the reported total fell, both pages are read again until they report the same total.

    Raises PaginationError: they never do, or nothing shows that no item is missing between them.
    """
    paginator = arrived.paginator
    total_before, total = paginator.reported_total(before.page), paginator.reported_total(arrived.page)
    if total_before is None or total is None:
        return replace(arrived, has_moved=before.has_moved)
    arrived = replace(arrived, has_moved=total != total_before)
    if total >= total_before:
        return arrived
    walk.prefetch.expect(iter(()), walk.source.rules)
    page = arrived.page
    # The items of a page on disk are not joined with those that moved.
    for _ in range(0 if are_large(before.page, page) else _MOST_READS):
        again, page = await walk.source.once_more(before.page), await walk.source.once_more(page)
        moved = moved_up(before.page.items, again.items)
        if moved is not None and paginator.reported_total(again) == paginator.reported_total(page):
            logger.info(
                "{}: the listing became shorter while it was read; page {} was read again",
                walk.endpoint.path,
                before.page.number + 1,
            )
            walk.progress.learn_all(moved)
            # The count stays that of the page: positions in the listing are computed from it.
            return replace(arrived, page=replace(page, items=[*moved, *page.items], sent_count=page.count))
    raise _shortened(total_before, total)


def _shortened(total_before: int, total: int) -> PaginationError:
    return PaginationError(
        f"the listing became shorter while it was read ({total_before}, then {total}), so items may have "
        "been skipped",
        next_resync=RETRIED,
        hint="Pagination by cursors or links is not affected. "
        "If the API's number is only an estimate, set pagination.total_path to -",
        doubt="repeated_items",
    )
