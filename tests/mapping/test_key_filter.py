"""The set of keys in a fixed amount of memory."""

import random

from mapping.key_filter import KeyFilter


def test_it_has_each_key_that_was_added_and_few_others() -> None:
    source = random.Random(1)
    keys = [source.randbytes(12) for _ in range(20_000)]
    others = [source.randbytes(12) for _ in range(20_000)]
    added = KeyFilter(len(keys))
    assert not any(map(added.has, keys))
    for key in keys:
        added.add(key)
    assert all(map(added.has, keys))
    assert sum(map(added.has, others)) < len(others) / 100
