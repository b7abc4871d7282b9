"""Doubts: the reasons why a listing may be incomplete, by the names that `accept` takes."""

from collections.abc import Mapping
from typing import Literal, get_args

type DoubtName = Literal[
    "unread_signal",
    "partial_answer",
    "error_in_answer",
    "changed_shape",
    "skipped_items",
    "skipped_parents",
    "repeated_items",
    "refused_page",
    "empty_after_more",
    "not_ready",
    "unproven_end",
    "unreadable_link",
]

DOUBTS: tuple[DoubtName, ...] = get_args(DoubtName.__value__)

# For the documentation.
DESCRIPTIONS: Mapping[DoubtName, str] = {
    "unread_signal": "the response announces more items, but nothing requests them",
    "partial_answer": "the response says that it is partial",
    "error_in_answer": "the status is a success, but the body reports an error",
    "changed_shape": "a later page, or a child endpoint, has a different structure than the earlier ones",
    "skipped_items": "items that match the query did not become entities",
    "skipped_parents": "parent items have no value for the placeholder",
    "repeated_items": "an item is on two pages, because the listing changed while it was read",
    "refused_page": "the API refused a page after it had sent another one",
    "empty_after_more": "the API announced more items and then sent an empty page",
    "not_ready": "the API still answered 202 when the waiting time ended",
    "unproven_end": "nothing says whether there is more, and the number of items is a common page size",
    "unreadable_link": "a Link header or a next link cannot be parsed",
}
