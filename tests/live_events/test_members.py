"""Members of a listing: the values of a change identify only the listing that `fetch` returns."""

import httpx

from rest.bodies import Json
from tests.live_events.conftest import LiveSystem, OpenLive

_MEMBERS = {
    "when": "true",
    "items": ".body.member",
    "values": {"team": "$event.body.team"},
    "fetch": "/teams/{team}/members",
    "delete": '.body.action == "removed"',
}
_LISTING = "/teams/t/members"
_SELECTOR = {"path_parameters": {"team": {"endpoint": "/teams", "field": ".id"}}}


def _changed(system: LiveSystem, action: str, member: str) -> None:
    body: Json = {"action": action, "member": {"id": member}, "team": "t"}
    assert system.live.offer(system.event(body))


async def test_members_that_are_removed_at_once_are_all_deleted(open_live: OpenLive) -> None:
    async with open_live(_MEMBERS, kind="/teams/{team}/members", selector=_SELECTOR) as system:
        system.catalog = {each: {"id": each} for each in "abc"}
        system.api.special[_LISTING] = httpx.Response(200, json=[{"id": "c"}])
        for member in "aba":
            _changed(system, "removed", member)
        await system.settled()
        assert system.catalog.keys() == {"c"}
        assert system.api.targets == [_LISTING] * 2


async def test_a_member_that_is_added_does_not_hide_one_that_is_removed(open_live: OpenLive) -> None:
    async with open_live(_MEMBERS, kind="/teams/{team}/members", selector=_SELECTOR) as system:
        system.catalog = {"a": {"id": "a"}}
        system.api.special[_LISTING] = httpx.Response(200, json=[{"id": "b"}, {"id": "c"}])
        for action, member in (("added", "b"), ("removed", "a"), ("added", "c")):
            _changed(system, action, member)
        await system.settled()
        assert system.catalog.keys() == {"b", "c"}


async def test_a_removed_member_is_deleted_after_a_failed_request(open_live: OpenLive) -> None:
    """What waits to be tried again still has the item, because the values do not identify it."""
    async with open_live(_MEMBERS, kind="/teams/{team}/members", selector=_SELECTOR) as system:
        system.catalog = {each: {"id": each} for each in "ab"}
        answers = [httpx.Response(503), httpx.Response(200, json=[{"id": "b"}])]
        system.api.special[_LISTING] = answers
        _changed(system, "removed", "a")
        await system.settled()
        assert system.live.counts.pending == 1
        await system.settled(60)
        assert system.catalog.keys() == {"b"}
