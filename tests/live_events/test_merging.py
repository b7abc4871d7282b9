"""Several changes of one item become one request, and none is lost."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from live_events.change import Change, ChangeKey
from live_events.merging import Merging
from tests.live_events.changes import KIND_WITHOUT_REQUEST, change_of


def taken(merging: Merging, now: float, *, needs_request: bool = True) -> list[str]:
    """Take all changes that are due, and return their ids."""
    ids: list[str] = []
    while change := merging.take(now, needs_request=needs_request):
        ids.append(str(change.values["id"]))
    return ids


def test_first_change_of_an_item_waits_for_others() -> None:
    merging = Merging(settle_s=0.3, spacing_s=2)
    merging.add(change_of("a"), 10)
    merging.add(change_of("b"), 10.1)
    merging.add(change_of("a"), 10.2)
    assert merging.next_due(needs_request=True) == 10.3
    assert taken(merging, 10.29) == []
    assert taken(merging, 10.3) == ["a"]
    assert taken(merging, 10.5) == ["b"]
    assert merging.next_due(needs_request=True) is None
    assert len(merging) == 2


def test_item_has_one_turn_in_two_seconds() -> None:
    merging = Merging(0.3, 2)
    merging.add(change_of("a"), 0)
    (first,) = [merging.take(0.3, needs_request=True)]
    assert first
    merging.release(first.key)
    merging.add(change_of("a"), 0.5)
    assert taken(merging, 2.2) == []
    assert taken(merging, 2.3) == ["a"]


def test_change_during_a_turn_has_the_next_one() -> None:
    """The state may have been read before it."""
    merging = Merging(0.3, 2)
    merging.add(change_of("a"), 0)
    first = merging.take(0.3, needs_request=True)
    assert first
    merging.add(change_of("a"), 0.4)
    assert taken(merging, 100) == []
    assert merging.next_due(needs_request=True) is None
    merging.release(first.key)
    assert merging.next_due(needs_request=True) == 2.3
    assert taken(merging, 2.3) == ["a"]


def test_changes_that_need_no_request_do_not_wait_for_those_that_do() -> None:
    merging = Merging(0, 0)
    merging.add(change_of("a"), 0)
    merging.add(change_of("b", KIND_WITHOUT_REQUEST), 0)
    assert taken(merging, 0, needs_request=False) == ["b"]
    assert taken(merging, 0) == ["a"]


def test_update_and_deletion_of_one_item_ask_the_api() -> None:
    merging = Merging(0.3, 0)
    merging.add(change_of("a", is_deletion=True), 0)
    merging.add(change_of("a"), 0.1)
    assert merging.next_due(needs_request=False) is None
    assert taken(merging, 1, needs_request=False) == []
    assert taken(merging, 1) == ["a"]
    merging.add(change_of("b"), 0)
    merging.add(change_of("b", is_deletion=True), 0.1)
    assert taken(merging, 1) == ["b"]


def test_size_is_that_of_the_items_that_wait() -> None:
    merging = Merging(0, 0)
    merging.add(change_of("a", size=10), 0)
    merging.add(change_of("a", size=30), 0)
    merging.add(change_of("b", KIND_WITHOUT_REQUEST, size=5), 0)
    assert merging.size == 35
    assert taken(merging, 0) == ["a"]
    assert merging.size == 5
    merging.add(change_of("a", size=7), 0)
    merging.release(change_of("a").key)
    assert merging.size == 12
    assert len(merging.take_all()) == 2
    assert merging.size == 0


def test_earlier_change_joins_a_later_one_that_waits() -> None:
    merging = Merging(0, 0)
    assert not merging.absorb(change_of("a", is_deletion=True))
    merging.add(change_of("a", size=3), 0)
    assert merging.absorb(change_of("a", is_deletion=True, size=9))
    assert merging.size == 3
    change = merging.take(0, needs_request=True)
    assert change
    assert (change.is_deletion, change.may_be_deleted) == (False, True)


def test_turn_ends_once() -> None:
    merging = Merging(0, 0)
    merging.add(change_of("a"), 0)
    merging.release(change_of("a").key)
    assert taken(merging, 0) == ["a"]


def test_old_turns_are_forgotten() -> None:
    merging = Merging(0, 2)
    for number in range(1000):
        merging.add(change_of(str(number)), number)
        change = merging.take(number, needs_request=True)
        assert change
        merging.release(change.key)
    assert len(merging._last_turns) <= 3


type _Step = tuple[str, str, float]
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["update", "delete", "report", "take", "direct", "release"]),
        st.sampled_from("abc"),
        st.floats(0, 1),
    ),
    max_size=60,
)


@given(_STEPS)
def test_no_change_is_lost_and_no_item_has_two_turns_at_once(steps: list[_Step]) -> None:
    """After each step: whatever was added is taken later, unless a turn after it has begun."""
    merging = Merging(0.3, 2)
    now = 0.0
    under_way: dict[ChangeKey, Change] = {}
    waiting: set[ChangeKey] = set()
    turns: dict[ChangeKey, list[float]] = defaultdict(list)

    def take(*, needs_request: bool) -> None:
        change = merging.take(now, needs_request=needs_request)
        if change is None:
            return
        assert change.needs_request is needs_request
        assert change.key not in under_way
        assert all(now - turn >= 2 - 1e-9 for turn in turns[change.key][-1:])
        turns[change.key].append(now)
        under_way[change.key] = change
        waiting.remove(change.key)

    for action, name, seconds in steps:
        now += seconds
        if action in ("update", "delete", "report"):
            change = (
                change_of(name, KIND_WITHOUT_REQUEST)
                if action == "report"
                else change_of(name, is_deletion=action == "delete")
            )
            merging.add(change, now)
            waiting.add(change.key)
        elif action == "release" and under_way:
            merging.release(under_way.popitem()[0])
        else:
            take(needs_request=action == "take")
        assert len(merging) == len(waiting) + len(under_way)
    for key in list(under_way):
        merging.release(key)
        del under_way[key]
    for _ in range(10):
        now += 10
        take(needs_request=True)
        take(needs_request=False)
        while under_way:
            merging.release(under_way.popitem()[0])
    assert waiting == set()
    assert len(merging) == 0
    assert merging.size == 0
