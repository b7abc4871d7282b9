"""The turns of one item."""

from datetime import UTC, datetime

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from live_events.change import Change, LiveKind
from live_events.merging import Merging

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WEBHOOK = {"values": {"id": ".id"}, "fetch": "/x/{id}"}
KIND = LiveKind(0, read_resource("/x", {"webhook": WEBHOOK}, PaginationSettings()))
CHANGE = Change(KIND, {"id": "a"}, None, is_deletion=False, is_signed=True, received_at=NOW)


def test_change_that_arrives_during_a_turn_has_the_next_one() -> None:
    """The turn ends before the next one may begin, as after every quick write."""
    merging = Merging(settle_s=0.3, spacing_s=2)
    merging.add(CHANGE, 0)
    assert merging.take(0.3, needs_request=True)
    merging.add(CHANGE, 0.4)
    merging.release(CHANGE.key)
    assert merging.next_due(needs_request=True) == 2.3
    assert merging.take(2.3, needs_request=True)
