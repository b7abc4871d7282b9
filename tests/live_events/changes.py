"""Changes for tests of single stages."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from live_events.change import Change, LiveKind
from rest.page import Item

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FETCH = {"values": {"id": ".id"}, "fetch": "/x/{id}", "delete": ".body.gone"}
NO_FETCH = {"values": {"id": ".id"}, "delete": ".body.gone"}


def live_kind(webhook: Mapping[str, Any] | None = None, index: int = 0, path: str = "/x") -> LiveKind:
    """Return a mapping entry with a webhook."""
    keys = FETCH if webhook is None else webhook
    return LiveKind(index, read_resource(path, {"webhook": keys}, PaginationSettings()))


KIND = live_kind()
KIND_WITHOUT_REQUEST = live_kind(NO_FETCH, index=1)
KIND_WITHOUT_VALUES = live_kind({})


def change_of(
    name: str,
    kind: LiveKind = KIND,
    *,
    item: Item | None = None,
    is_deletion: bool = False,
    after_s: float = 0,
    size: int = 0,
    number: str = "",
) -> Change:
    """Return a change of the item with an id."""
    received_at = NOW + timedelta(seconds=after_s)
    return Change(kind, {"id": name}, item, is_deletion, True, received_at, number, size)  # noqa: FBT003
