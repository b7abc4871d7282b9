"""What can keep a listing from counting as complete: the doubts, by the names that `accept` knows."""

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

# What each one means, for the documentation and the mapping's schema.
MEANINGS: Mapping[DoubtName, str] = {
    "unread_signal": "the answer reports more items, and nothing follows that",
    "partial_answer": "the response says that it is incomplete",
    "error_in_answer": "a success status, and a body that tells of an error",
    "changed_shape": "a later page, or a child, has another shape than those before",
    "skipped_items": "items that pass the query became no entity",
    "skipped_parents": "parents without a value for the placeholder",
    "repeated_items": "the same item on two pages: the listing moved while it was read",
    "refused_page": "a page after a good one was refused",
    "empty_after_more": "the API said that there is more, and sent an empty page",
    "not_ready": "status 202 until the patience ended",
    "unproven_end": "nothing shows whether there is more, and the length is a usual page size",
    "unreadable_link": "a Link header or a next link that cannot be read",
}
