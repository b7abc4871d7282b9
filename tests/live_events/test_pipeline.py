"""From an event to what is written: merging, requests, deletions, and what fails."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from live_events.change import LiveKind
from live_events.limits import LiveLimits
from live_events.matching import Matcher
from live_events.pipeline import LiveEvents
from rest.bodies import Json
from rest.errors import ResourceError, WriteError
from tests.live_events.conftest import TICKETS, OpenLive
from tests.live_events.stepped_clock import eventually, turns

_NO_FETCH = {"items": ".body.tickets", "values": {"id": ".id"}, "delete": '.body.action == "deleted"'}


async def test_event_brings_the_present_state(open_live: OpenLive) -> None:
    """The payload only says what changed."""
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1", "title": "now"}}
        system.live.offer(system.event({"tickets": {"id": "1", "title": "then"}}))
        await system.settled()
        assert system.catalog == {"1": {"id": "1", "title": "now"}}
        assert system.api.targets == ["/tickets/1"]
        counts = system.live.counts
        assert (counts.received, counts.matched, counts.fetched, counts.written) == (1, 1, 1, 1)


async def test_event_for_no_kind_is_counted(open_live: OpenLive) -> None:
    async with open_live() as system:
        await system.live.put(system.event({}, x_event="other"))
        await system.settled()
        assert (system.live.counts.matched, system.live.counts.unmatched) == (0, 1)
        assert system.api.requests == []


async def test_burst_for_one_item_is_one_request(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}
        for _ in range(20):
            system.changed("1")
        await system.settled()
        assert system.api.targets == ["/tickets/1"]
        for _ in range(20):
            system.changed("1")
        await system.matched()
        system.clock.advance(1.9)
        await turns()
        assert len(system.api.requests) == 1
        await system.settled(0.2)
        assert len(system.api.requests) == 2


async def test_items_of_one_event_are_written_together(open_live: OpenLive) -> None:
    """One request to Port can write many entities."""
    async with open_live(_NO_FETCH) as system:
        system.changed(*map(str, range(50)))
        await system.settled()
        assert len(system.catalog) == 50
        assert len(system.batches) == 1


async def test_deleted_item_is_deleted_when_the_api_does_not_have_it(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.catalog["1"] = {"id": "1"}
        system.changed("1")
        await system.requested()
        await system.settled(2)
        assert system.catalog == {"1": {"id": "1"}}, "no event says that it was deleted"
        await system.settled(60)
        await eventually(lambda: system.catalog == {})
        assert len(system.api.requests) == 3
        assert (system.live.counts.deleted, system.live.counts.written) == (1, 0)


async def test_deletion_is_confirmed_by_the_api(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.catalog = {"1": {"id": "1"}, "2": {"id": "2"}}
        system.api.tickets = {"2": {"id": "2", "title": "created again"}}
        system.changed("1", action="deleted")
        system.changed("2", action="deleted")
        system.changed("2")
        await system.settled()
        assert system.catalog == {"2": {"id": "2", "title": "created again"}}
        assert sorted(system.api.targets) == ["/tickets/1", "/tickets/2"]


async def test_hint_deletes_only_what_the_api_does_not_have(open_live: OpenLive) -> None:
    async with open_live(is_hint=True) as system:
        system.catalog = {"1": {"id": "1"}, "2": {"id": "2"}}
        system.api.tickets = {"2": {"id": "2"}}
        system.changed("1", "2", action="deleted", is_signed=False)
        await system.requested(2)
        await system.settled(2)
        assert system.catalog == {"1": {"id": "1"}, "2": {"id": "2"}}
        await system.settled(60)
        await eventually(lambda: system.catalog == {"2": {"id": "2"}})


async def test_item_that_the_api_has_a_moment_later_is_written(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.changed("1")
        await system.requested()
        system.api.tickets = {"1": {"id": "1", "title": "new"}}
        await system.settled(2)
        assert system.catalog == {"1": {"id": "1", "title": "new"}}


async def test_late_deletion_keeps_an_item_that_the_api_has(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1", "title": "second life"}}
        system.changed("1", action="deleted")
        await system.requested()
        await system.settled(2)
        assert system.catalog == {"1": {"id": "1", "title": "second life"}}


async def test_deletion_that_the_api_knows_of_later_deletes_then(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}
        system.changed("1", action="deleted")
        await system.requested()
        await system.settled(2)
        assert (system.catalog, system.live.counts.pending) == ({"1": {"id": "1"}}, 1)
        system.api.tickets = {}
        await system.settled(60)
        await eventually(lambda: system.catalog == {})


async def test_failing_request_deletes_nothing_and_is_sent_again_after_a_minute(
    open_live: OpenLive, log: list[str]
) -> None:
    async with open_live() as system:
        system.catalog["1"] = {"id": "1", "title": "old"}
        system.api.tickets = {"1": {"id": "1", "title": "new"}}
        system.api.special["/tickets/1"] = [httpx.Response(503, text="down")]
        system.changed("1")
        await system.settled()
        assert (system.catalog["1"], system.live.counts.pending) == ({"id": "1", "title": "old"}, 1)
        assert any("requested again each minute" in line for line in log)
        await system.settled(60)
        await eventually(lambda: system.live.counts.pending == 0)
        assert system.catalog["1"] == {"id": "1", "title": "new"}
        assert system.live.counts.retried == 1


async def test_complete_resync_covers_what_failed_before_it(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.special["/tickets/1"] = httpx.Response(503)
        system.changed("1")
        await system.settled()
        received_at = system.clock.now() - timedelta(seconds=0.3)
        system.live.covered(system.kinds[0], received_at)
        assert system.live.counts.pending == 1
        system.live.covered(1, received_at + timedelta(hours=1))
        assert system.live.counts.pending == 1
        system.live.covered(0, received_at + timedelta(seconds=0.1))
        assert system.live.counts.pending == 0


async def test_new_event_takes_the_place_of_a_failed_one(open_live: OpenLive) -> None:
    """A deletion after an update that failed asks the API, since their order may be another."""
    async with open_live() as system:
        system.api.special["/tickets/1"] = [httpx.Response(503)]
        system.api.tickets = {"1": {"id": "1"}}
        system.changed("1")
        await system.settled()
        system.changed("1", action="deleted")
        await system.matched()
        system.clock.advance(2)
        await eventually(lambda: system.live.counts.fetched == 1)
        await system.settled(2)
        assert system.catalog == {"1": {"id": "1"}}
        await system.settled(60)
        await eventually(lambda: system.live.counts.pending == 0)


async def test_change_during_a_request_that_fails_is_requested_with_the_next(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}

        def fail_after_another(_: httpx.Request) -> httpx.Response:
            system.changed("1")
            return httpx.Response(503)

        system.api.special["/tickets/1"] = [fail_after_another]
        system.changed("1")
        await system.matched()
        system.clock.advance(0.3)
        await eventually(lambda: len(system.api.requests) == 1)
        await system.matched()
        system.clock.advance(5)
        await eventually(lambda: system.live.counts.waiting == 0)
        assert (system.live.counts.pending, system.catalog) == (0, {"1": {"id": "1"}})


@pytest.mark.parametrize("status", [401, 403, 400])
async def test_request_that_is_refused_fails_and_is_logged_once(
    open_live: OpenLive, log: list[str], status: int
) -> None:
    async with open_live() as system:
        for name in "123":
            system.api.special[f"/tickets/{name}"] = httpx.Response(status, json={})
        system.changed("1", "2", "3")
        await system.settled()
        assert (system.live.counts.failed, system.live.counts.pending) == (3, 0)
        assert len([line for line in log if "Live event" in line]) == 1


async def test_expression_that_fails_is_counted(open_live: OpenLive, log: list[str]) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}
        system.live.offer(system.event({"tickets": [{"id": None}, {"id": "1"}]}))
        await system.settled()
        assert (system.live.counts.failed, system.live.counts.matched) == (1, 1)
        assert any("values.id is null or empty" in line for line in log)


async def test_port_that_fails_is_tried_again(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}
        system.refuses = lambda _: WriteError("Port is down")
        system.changed("1")
        await system.settled()
        assert (system.catalog, system.live.counts.pending, system.live.counts.written) == ({}, 1, 0)
        system.refuses = lambda _: None
        await system.settled(60)
        await eventually(lambda: system.live.counts.pending == 0)
        assert system.catalog == {"1": {"id": "1"}}


async def test_mapping_that_fails_is_not_tried_again(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}
        system.refuses = lambda _: ResourceError("no identifier")
        system.changed("1")
        await system.settled()
        assert (system.live.counts.pending, system.live.counts.failed) == (0, 1)


async def test_part_of_a_batch_can_fail(open_live: OpenLive) -> None:
    async with open_live(_NO_FETCH, writes=False) as system:
        system.changed("1", "2")
        batches = system.live.batches()
        reading = asyncio.ensure_future(anext(batches))
        await system.matched()
        system.clock.advance(0.3)
        batch = await reading
        system.live.failed(batch, WriteError("one is refused"), [batch.changes[1]])
        counts = system.live.counts
        assert (counts.written, counts.pending, counts.waiting) == (1, 1, 0)
        await batches.aclose()


async def test_item_without_a_key_is_not_tried_again(open_live: OpenLive) -> None:
    """Later, it could overwrite a newer state."""
    async with open_live({"items": ".body.tickets"}) as system:
        system.refuses = lambda _: WriteError("Port is down")
        system.changed("1")
        await system.settled()
        assert (system.live.counts.pending, system.live.counts.failed) == (0, 1)


async def test_latest_item_of_a_key_is_written(open_live: OpenLive) -> None:
    async with open_live(_NO_FETCH) as system:
        for title in ("first", "last"):
            system.live.offer(system.event({"tickets": [{"id": "1", "title": title}]}))
        await system.settled()
        assert system.catalog == {"1": {"id": "1", "title": "last"}}
        system.changed("1", action="deleted")
        await system.settled(2)
        assert system.catalog == {}


async def test_too_many_failures_are_dropped_and_counted(open_live: OpenLive, log: list[str]) -> None:
    async with open_live(limits=LiveLimits(pending=2)) as system:
        for name in "1234":
            system.api.special[f"/tickets/{name}"] = httpx.Response(503)
        system.changed("1", "2", "3", "4")
        await system.settled()
        assert (system.live.counts.pending, system.live.counts.dropped) == (2, 2)
        assert len(log) <= 3


async def test_events_wait_while_changes_are_many(open_live: OpenLive) -> None:
    """The guard then answers 503, and the sender tries again."""
    limits = LiveLimits(events=3, changes=2)
    async with open_live(limits=limits, writes=False) as system:
        batches = system.live.batches()
        reading = asyncio.ensure_future(anext(batches))
        taken = 0
        for number in range(20):
            taken += system.live.offer(system.event({"tickets": [{"id": str(number)}]}))
            await asyncio.sleep(0.01)
        assert taken < 20
        assert system.live.counts.waiting <= limits.events + limits.changes + 1
        assert not system.live.offer(system.event({}))
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await batches.aclose()


async def test_waiting_events_are_matched_when_there_is_room(open_live: OpenLive) -> None:
    async with open_live(limits=LiveLimits(events=100, changes=2)) as system:
        system.api.tickets = {str(number): {"id": str(number)} for number in range(20)}
        for number in range(20):
            system.changed(str(number))
        for _ in range(60):
            system.clock.advance(0.3)
            await asyncio.sleep(0.01)
        await system.settled()
        assert len(system.catalog) == 20


async def test_at_most_two_items_are_requested_at_once(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {str(number): {"id": str(number)} for number in range(10)}
        system.changed(*map(str, range(10)))
        await system.settled()
        assert len(system.api.requests) == 10
        assert system.api.most_at_once <= 2


def _kind(index: int, path: str = "/tickets") -> LiveKind:
    return LiveKind(index, read_resource(path, {"webhook": TICKETS}, PaginationSettings()))


async def test_entry_that_moves_in_the_mapping_keeps_its_changes(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}, "2": {"id": "2"}}
        system.api.special["/tickets/2"] = [httpx.Response(503)]
        system.changed("2")
        await system.settled()
        system.changed("1")
        await system.matched()
        system.live.use([_kind(0, "/other"), _kind(1)], system.extractor)
        await system.settled(60)
        await eventually(lambda: system.live.counts.pending == 0)
        assert set(system.catalog) == {"1", "2"}
        assert {batch.kind.index for batch in system.batches} == {1}


async def test_changes_of_an_entry_that_is_removed_are_dropped(open_live: OpenLive, log: list[str]) -> None:
    async with open_live() as system:
        system.api.special["/tickets/2"] = httpx.Response(503)
        system.changed("2")
        await system.settled()
        system.changed("1")
        await system.matched()
        system.live.use([_kind(0, "/other")], system.extractor)
        assert (system.live.counts.dropped, system.live.counts.waiting) == (2, 0)
        assert any("2 changes are for entries that the mapping no longer has" in line for line in log)


async def test_entry_can_be_removed_while_its_item_is_requested(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}

        def remap(_: httpx.Request) -> httpx.Response:
            system.live.use([_kind(0, "/other")], system.extractor)
            return httpx.Response(200, json={"id": "1"})

        system.api.special["/tickets/1"] = [remap]
        system.changed("1")
        await system.settled()
        assert system.catalog == {}
        assert system.live.counts.dropped == 1


async def test_request_whose_connection_was_closed_is_sent_again(open_live: OpenLive, log: list[str]) -> None:
    """A new mapping comes with its own extractor."""
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}

        def closed(_: httpx.Request) -> httpx.Response:
            raise RuntimeError("the client has been closed")

        system.api.special["/tickets/1"] = [closed]
        system.changed("1")
        await system.settled()
        assert system.live.counts.pending == 1
        assert any("the request was interrupted: RuntimeError" in line for line in log)
        await system.settled(60)
        await eventually(lambda: system.catalog == {"1": {"id": "1"}})


async def test_stop_finishes_what_is_under_way(open_live: OpenLive) -> None:
    """It does not wait for further events of the same items."""
    async with open_live() as system:
        system.api.tickets = {"1": {"id": "1"}}
        system.changed("1")
        system.live.stop()
        assert not system.live.offer(system.event({}))
        await asyncio.wait_for(system.writing, 10)
        assert system.catalog == {"1": {"id": "1"}}


async def test_stop_does_not_wait_for_ever(open_live: OpenLive, log: list[str]) -> None:
    async with open_live(writes=False) as system:
        system.api.tickets = {"1": {"id": "1"}}
        system.changed("1")
        batches = system.live.batches()
        reading = asyncio.ensure_future(anext(batches))
        await system.matched()
        system.clock.advance(0.3)
        await reading  # neither written nor failed
        system.live.stop()
        ending = asyncio.ensure_future(anext(batches, None))
        await turns()
        assert not ending.done()
        system.clock.advance(10)
        assert await asyncio.wait_for(ending, 5) is None
        assert any("1 changes are left to the next resync" in line for line in log)


async def test_stop_that_ends_in_time_logs_nothing(open_live: OpenLive, log: list[str]) -> None:
    async with open_live(writes=False) as system:
        system.api.tickets = {"1": {"id": "1"}}
        system.changed("1")
        batches = system.live.batches()
        reading = asyncio.ensure_future(anext(batches))
        await system.matched()
        system.clock.advance(0.3)
        batch = await reading
        system.live.stop()
        system.clock.advance(10)
        system.live.written(batch)
        assert await anext(batches, None) is None
        assert log == []


async def test_pipeline_without_a_mapping_can_stop(log: list[str]) -> None:
    live = LiveEvents()
    live.stop()
    assert [batch async for batch in live.batches()] == []
    assert log == []


async def test_closing_the_batches_keeps_what_was_requested(open_live: OpenLive) -> None:
    """The loop that writes may start again after an error."""
    async with open_live(writes=False) as system:
        system.api.tickets = {"1": {"id": "1"}}
        system.api.delay_s = 5
        system.changed("1")
        batches = system.live.batches()
        reading = asyncio.ensure_future(anext(batches))
        await system.matched()
        system.clock.advance(0.3)
        await eventually(lambda: len(system.api.requests) == 1)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await batches.aclose()
        assert (system.live.counts.waiting, system.live.counts.pending) == (0, 1)
        system.api.delay_s = 0
        again = system.live.batches()
        reading = asyncio.ensure_future(anext(again))
        await turns()
        system.clock.advance(60)
        assert (await asyncio.wait_for(reading, 5)).updated == [{"id": "1"}]
        await again.aclose()


async def test_mistake_of_ours_ends_the_batches(open_live: OpenLive, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is logged by the loop that writes, which starts again."""

    def broken(*_: object) -> object:
        raise KeyError("a mistake")

    monkeypatch.setattr(Matcher, "changes_of", broken)
    async with open_live(writes=False) as system:
        system.changed("1")
        with pytest.raises(KeyError, match="a mistake"):
            await asyncio.wait_for(anext(system.live.batches()), 10)


async def test_listing_of_a_parent_is_read_once_for_all_its_events(open_live: OpenLive) -> None:
    webhook = {**TICKETS, "values": {}, "fetch": "/tickets", "delete": "false"}
    async with open_live(webhook) as system:
        system.api.tickets = {str(number): {"id": str(number)} for number in range(7)}
        for number in range(7):
            system.changed(str(number))
        await system.settled()
        assert system.api.targets == ["/tickets"]
        assert len(system.catalog) == 7


async def test_answer_without_items_writes_nothing(open_live: OpenLive) -> None:
    body: Json = []
    async with open_live() as system:
        system.api.special["/tickets/1"] = httpx.Response(200, json=body)
        system.changed("1")
        await system.settled()
        counts = system.live.counts
        assert (system.batches, counts.fetched, counts.waiting) == ([], 1, 0)


async def test_failed_changes_can_be_tried_again_soon(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.tickets["7"] = {"id": "7"}
        system.refuses = lambda _: WriteError("another entity relates to it")
        system.changed("7")
        await system.settled()
        system.refuses = lambda _: None
        system.live.retry_soon()
        await system.settled(1.9)
        assert system.catalog == {}
        await system.settled(0.1)
        assert system.catalog == {"7": {"id": "7"}}


@pytest.mark.parametrize("later", ["7", "8"])
async def test_outdated_change_is_requested_again(open_live: OpenLive, later: str) -> None:
    """Together with a later change of its item, if there is one."""
    async with open_live(writes=False) as system:
        batches = system.live.batches()
        system.api.tickets["7"] = {"id": "7", "subject": "old"}
        system.changed("7", "8")
        first = asyncio.create_task(anext(batches))
        await system.matched()
        system.clock.advance(0.3)
        batch = await first
        system.api.tickets["7"] = {"id": "7", "subject": "new"}
        system.changed(later)
        again = asyncio.create_task(anext(batches))
        await system.matched()
        system.live.written(batch, batch.changes)
        await turns()
        system.clock.advance(2.3)
        batch = await again
        assert batch.updated == [{"id": "7", "subject": "new"}]
        assert system.api.targets.count("/tickets/7") == 2
        await batches.aclose()


async def test_deletion_counts_also_if_a_later_event_is_late(open_live: OpenLive) -> None:
    """The API then decides at once, without a second request."""
    async with open_live() as system:
        system.catalog = {"1": {"id": "1"}}
        system.changed("1", action="deleted")
        system.changed("1")
        await system.settled()
        assert (system.catalog, system.api.targets) == ({}, ["/tickets/1"])
        assert system.batches[0].deleted[0].must_contain == ()


async def test_later_event_takes_the_place_of_a_contradiction(open_live: OpenLive) -> None:
    async with open_live() as system:
        system.api.special["/tickets/1"] = [httpx.Response(404, json={}), httpx.Response(404, json={})]
        system.api.tickets = {"1": {"id": "1"}}
        system.changed("1")
        await system.requested()
        system.api.is_open.clear()
        system.clock.advance(2)
        await eventually(lambda: len(system.api.requests) == 2)
        system.changed("1")
        await system.matched()
        system.api.is_open.set()
        await eventually(lambda: system.live.counts.fetched == 2)
        await system.settled(2)
        assert (system.catalog, system.live.counts.pending) == ({"1": {"id": "1"}}, 0)
