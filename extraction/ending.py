"""After the last page: what proves that the listing is complete, and what contradicts that."""

from extraction.page_checks import range_left
from extraction.progress import Progress
from pagination import Continuation, Paginator, SinglePage, flagged
from pagination.places import found
from pagination.signals import is_named_last, what_remains
from pagination.vocabulary import Meaning
from rest.errors import RETRIED, DoubtError, PaginationError
from rest.page import Page

_SIGNALS = (
    Meaning.MORE,
    Meaning.LAST,
    Meaning.NEXT,
    Meaning.CURSOR,
    Meaning.TOTAL,
    Meaning.PAGES,
    Meaning.REMAINING,
)


def proof_of(page: Page, paginator: Paginator) -> str:
    """Return what proves the end: a reached total, a flag, a missing link or cursor, an empty page."""
    _, items = paginator.counts(page)
    if items is None:
        items = page.reported.items
    # A count that equals the length of the last page may be only that.
    is_own = page.number > 0 and items == page.count
    if items is not None and not is_own and 0 < items <= page.items_so_far:
        return f"total {items} reached"
    if (flag := flagged(page)) and flag.continuation is Continuation.END:
        return f"{flag.where} says so"
    if page.number > 0 and not page.count:
        return "an empty page"
    if is_named_last(page):
        return "the link to the last page leads to this one"
    verdict = paginator.recognised.verdict(page, page.items_so_far, full=False)
    if verdict and verdict.continuation is Continuation.END:
        return f"{verdict.where} says so"
    if page.number > 0:
        return f"no further page by {paginator.continues_by}"
    return "one answer that speaks of no pages"


def left_open(page: Page, paginator: Paginator, progress: Progress) -> DoubtError | None:
    """Return a doubt if the responses report more items than were read until the last page."""
    if left := range_left(page):
        return DoubtError(
            f"the API sent {page.items_so_far} items and says that there are more ({left})",
            hint="Set paginationType, and the parameters that ask for the rest",
            doubt="partial_answer",
        )
    read = progress.distinct or page.items_so_far
    if left := _left_by_counts(page, paginator, progress, read):
        return DoubtError(
            f"the listing ends after {read} items, but {left} reports more",
            hint="If that number is only an estimate, or counts items that you cannot see, set "
            "pagination.total_path to -",
            doubt="unread_signal" if page.count else "empty_after_more",
        )
    return None


def check_promise(page: Page, arrived: Page, paginator: Paginator) -> None:
    """Raises PaginationError: the API said that there is more, but the next page is empty and silent."""
    if arrived.count or any(found(arrived, *_SIGNALS)):
        return
    flag = paginator.signals.flagged(page) or flagged(page)
    is_flag = flag is not None and flag.continuation is Continuation.MORE
    where = flag.where if flag and is_flag else what_remains(page)
    if where:
        raise PaginationError(
            f"the page is empty, but the previous page said that there is more ({where})",
            next_resync=RETRIED,
            doubt="empty_after_more",
        )


def _left_by_counts(page: Page, paginator: Paginator, progress: Progress, read: int) -> str | None:
    """Return where a count is that the items do not reach; None: nowhere."""
    if not page.is_list or is_named_last(page) or (isinstance(paginator, SinglePage) and paginator.chosen):
        return None
    # The latest total, also of a page that was read again.
    total = progress.reported.items
    if total is not None and total > read and paginator.signals.trusts_totals:
        return f"the total {total}"
    return what_remains(page)
