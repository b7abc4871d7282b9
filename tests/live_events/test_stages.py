"""The stages around merging: events that wait, results that wait, changes to try again, and the log."""

import asyncio

import pytest

from client import RetryPolicy
from configuration.settings import Settings
from live_events.batching import Results
from live_events.event import Event
from live_events.fetching import Deletion, Outcome
from live_events.limited_log import LimitedLog
from live_events.limits import live_retries
from live_events.pending import Pending, was_before
from live_events.waiting_events import WaitingEvents
from live_events.wakeup import Wakeup
from rest.errors import ItemsError, Place, RefusedError, SyncError
from tests.live_events.changes import (
    KIND_WITHOUT_REQUEST,
    KIND_WITHOUT_VALUES,
    NOW,
    change_of,
    live_kind,
)
from tests.live_events.stepped_clock import SteppedClock, turns


def event(weight: int = 1) -> Event:
    return Event({}, {}, None, is_signed=True, received_at=NOW, weight=weight)


async def test_events_beyond_the_limit_are_not_taken() -> None:
    events = WaitingEvents(2, 100)
    assert [events.offer(event()) for _ in range(3)] == [True, True, False]
    assert await events.take()
    assert events.offer(event())
    assert len(events) == 2


async def test_events_take_limited_memory_together() -> None:
    """One alone is taken whatever it weighs: the guard bounds it."""
    events = WaitingEvents(10, 100)
    assert events.offer(event(500))
    assert not events.offer(event(1))
    assert await events.take()
    assert events.offer(event(60))
    assert not events.offer(event(60))
    assert events.offer(event(40))


async def test_put_waits_for_a_place() -> None:
    events = WaitingEvents(1, 100)
    await events.put(event(1))
    puts = [asyncio.create_task(events.put(event(weight))) for weight in (2, 3)]
    await asyncio.sleep(0)
    assert len(events) == 1
    weights = [taken.weight for _ in range(3) if (taken := await events.take())]
    assert weights == [1, 2, 3]
    await asyncio.gather(*puts)


async def test_closed_queue_gives_what_it_has_and_takes_no_more() -> None:
    events = WaitingEvents(10, 100)
    taking = asyncio.create_task(events.take())
    await asyncio.sleep(0)
    events.offer(event())
    assert await taking
    events.offer(event())
    events.close()
    assert not events.offer(event())
    assert await events.take()
    assert await events.take() is None
    events = WaitingEvents(10, 100)
    taking = asyncio.create_task(events.take())
    await asyncio.sleep(0)
    events.close()
    assert await taking is None


async def test_wakeup_comes_with_news_or_with_time() -> None:
    clock = SteppedClock()
    wakeup = Wakeup(clock)
    wakeup.set()
    await wakeup.wait(60)
    await Wakeup(clock).wait(-1)  # a time that is over
    waiting = asyncio.create_task(wakeup.wait(60))
    await turns()
    clock.advance(59)
    await turns()
    assert not waiting.done()
    clock.advance(1)
    await waiting
    waiting = asyncio.create_task(wakeup.wait())
    await turns()
    assert not waiting.done()
    wakeup.set()
    await waiting


def test_batches_take_turns_among_kinds() -> None:
    results = Results(most_items=2)
    first, second = live_kind(index=0), live_kind(index=1, path="/y")
    for name in ("a", "b", "c"):
        results.add(first, change_of(name, first), Outcome(updated=[{"id": name}]))
    results.add(second, change_of("d", second), Outcome(deleted=[Deletion({"id": "d"})]))
    assert results.items == 4
    batches = [batch for _ in range(3) if (batch := results.next_batch())]
    assert [(batch.kind.index, batch.updated, batch.deleted) for batch in batches] == [
        (0, [{"id": "a"}, {"id": "b"}], []),
        (1, [], [Deletion({"id": "d"})]),
        (0, [{"id": "c"}], []),
    ]
    assert [[change.values["id"] for change in batch.changes] for batch in batches] == [
        ["a", "b"],
        ["d"],
        ["c"],
    ]
    assert (results.next_batch(), results.items) == (None, 0)


def test_one_change_with_many_items_is_one_batch() -> None:
    results = Results(most_items=2)
    kind = live_kind()
    results.add(kind, change_of("a"), Outcome(updated=[{"id": n} for n in range(5)]))
    results.add(kind, change_of("b"), Outcome())
    batch = results.next_batch()
    assert batch
    assert (len(batch.updated), len(batch.changes)) == (5, 1)


def test_order_of_changes_without_keys_is_kept() -> None:
    """They may be of one item: it was created, deleted and created again."""
    results = Results(most_items=100)
    for number, is_deletion in enumerate([False, False, True, False]):
        outcome = Outcome(deleted=[Deletion({})]) if is_deletion else Outcome(updated=[{"n": number}])
        results.add(KIND_WITHOUT_VALUES, change_of("", KIND_WITHOUT_VALUES, number=str(number)), outcome)
    batches = [batch for _ in range(3) if (batch := results.next_batch())]
    assert [(len(batch.updated), len(batch.deleted)) for batch in batches] == [(2, 0), (0, 1), (1, 0)]


def test_pending_changes_keep_values_and_no_items() -> None:
    pending = Pending(10, 100)
    assert pending.add(change_of("a", item={"secret": 1}, size=50))
    (kept,) = pending.oldest(5)
    assert (kept.values, kept.item, kept.size) == ({"id": "a"}, None, 0)
    assert len(pending) == 0


def test_pending_change_that_nothing_else_shows_keeps_its_item() -> None:
    pending = Pending(10, 100)
    assert pending.add(change_of("a", KIND_WITHOUT_REQUEST, item={"id": "a"}, size=60))
    assert not pending.add(change_of("b", KIND_WITHOUT_REQUEST, item={"id": "b"}, size=60))
    assert pending.add(change_of("a", KIND_WITHOUT_REQUEST, item={"id": "a", "new": 1}, size=90))
    (kept,) = pending.oldest(1)
    assert kept.item == {"id": "a", "new": 1}
    assert pending.add(change_of("b", KIND_WITHOUT_REQUEST, item={"id": "b"}, size=100))


def test_pending_changes_are_limited_and_merged() -> None:
    pending = Pending(2, 100)
    assert [pending.add(change_of(name)) for name in ("a", "b", "c", "a")] == [True, True, False, True]
    assert pending.add(change_of("b", is_deletion=True))
    kept = pending.pop(change_of("b").key)
    assert kept
    assert kept.is_deletion
    assert pending.pop(change_of("b").key) is None
    assert [change.values["id"] for change in pending.oldest(5)] == ["a"]


def test_complete_resync_covers_what_was_reported_before_it() -> None:
    pending = Pending(10, 100)
    for number, name in enumerate("abc"):
        pending.add(change_of(name, after_s=number))
    pending.add(change_of("d", live_kind(index=1)))
    since = change_of("", after_s=2).received_at
    assert pending.remove(was_before(0, since)) == 2
    assert {change.values["id"] for change in pending.oldest(10)} == {"c", "d"}


def test_storm_of_failures_is_one_line_and_a_number(log: list[str]) -> None:
    limited = LimitedLog()

    def fail(error: SyncError, now: float) -> None:
        limited.failure(error.at(Place(kind="/x")), "Left", now)

    for number in range(1000):
        fail(RefusedError(f"failed on {number}", status=403, hint="Grant it"), number / 10)
    fail(RefusedError("failed on y", status=404, hint="Grant it"), 100)
    fail(ItemsError("no items"), 100)
    assert len(log) == 3
    assert "Live event: /x: failed on 0. Grant it. Left" in log[0]
    fail(RefusedError("failed on z", status=403, hint="Grant it"), 700)
    assert "Left (999 more since the last line like this)" in log[3]
    fail(RefusedError("failed again", status=403, hint="Grant it"), 1400)
    assert "more since" not in log[4]


@pytest.mark.parametrize("kinds", [201])
def test_log_remembers_a_limited_number_of_failures(kinds: int) -> None:
    limited = LimitedLog()
    for number in range(kinds):
        limited.failure(ItemsError("no items", hint=str(number)), "Left", 0)
    assert len(limited._lines) == 1


def test_requests_for_events_are_retried_briefly() -> None:
    """What fails longer is requested again each minute."""
    settings = Settings.from_config({"base_url": "https://a.example"}, {})
    assert live_retries(settings) == RetryPolicy(2, patience_s=60)
    settings = Settings.from_config({"base_url": "https://a.example", "max_retries": 0}, {})
    assert live_retries(settings).max_retries == 0
