"""The limit on how much a kind may shrink."""

import pytest

from configuration.shrinkage import DEFAULT_SHRINK_LIMIT, ShrinkLimit
from rest.errors import ItemsError


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("30%", ShrinkLimit(share=30)),
        (" 12.5 % ", ShrinkLimit(share=12.5)),
        ("0%", ShrinkLimit(share=0)),
        ("100%", ShrinkLimit(share=100)),
        ("500", ShrinkLimit(items=500)),
        ("0", ShrinkLimit(items=0)),
    ],
)
def test_a_limit_is_a_share_or_a_number(text: str, limit: ShrinkLimit) -> None:
    assert ShrinkLimit.read(text) == limit


@pytest.mark.parametrize(
    "text", ["", "%", "101%", "-1%", "-5", "1e3", "half", "30 percent", "٣", "0.3", "30%%"]
)
def test_other_limits_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="neither a share nor a number"):
        ShrinkLimit.read(text)


@pytest.mark.parametrize(
    ("limit", "earlier", "now"),
    [
        (DEFAULT_SHRINK_LIMIT, 20, 1),
        (DEFAULT_SHRINK_LIMIT, 20, 0),
        (DEFAULT_SHRINK_LIMIT, 5000, 499),
        (ShrinkLimit(share=0), 2, 1),
        (ShrinkLimit(share=30), 10, 6),
        (ShrinkLimit(items=5), 10, 4),
        (ShrinkLimit(items=0), 1, 0),
    ],
)
def test_a_listing_that_lost_too_many_items_is_an_error_with_both_counts(
    limit: ShrinkLimit, earlier: int, now: int
) -> None:
    with pytest.raises(
        ItemsError, match=f"has {now} items, and the last complete one had {earlier}"
    ) as found:
        limit.check(earlier, now, None)
    assert f"accept_shrink: {now}" in str(found.value)
    limit.check(earlier, now, now)
    with pytest.raises(ItemsError):
        limit.check(earlier, now, now + 1)


@pytest.mark.parametrize(
    ("limit", "earlier", "now"),
    [
        (DEFAULT_SHRINK_LIMIT, 19, 0),
        (DEFAULT_SHRINK_LIMIT, 20, 2),
        (DEFAULT_SHRINK_LIMIT, 20, 20),
        (DEFAULT_SHRINK_LIMIT, 0, 500),
        (ShrinkLimit(share=100), 9000, 0),
        (ShrinkLimit(share=30), 10, 7),
        (ShrinkLimit(items=5), 10, 5),
        (ShrinkLimit(items=0), 3, 3),
    ],
)
def test_a_listing_that_lost_fewer_items_passes(limit: ShrinkLimit, earlier: int, now: int) -> None:
    limit.check(earlier, now, None)
