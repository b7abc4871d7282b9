"""Changes the company's items and sends an event for each change."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.sample_api.changes import Action, Change, make_change
from sandbox.sample_api.company import COLLECTIONS, Company
from sandbox.sample_api.deliveries import Delivery
from sandbox.sample_api.outbox import Outbox, WallClock, utc_now
from sandbox.sample_api.payloads import payload_of
from sandbox.sample_api.sample_data import Item


@dataclass(frozen=True, slots=True)
class MadeChange:
    """A change and the delivery of its event. delivery: None without a webhook."""

    change: Change
    delivery: Delivery | None


@dataclass(frozen=True, slots=True)
class ChangeEvents:
    """The company and the outbox for the events about it."""

    company: Company
    outbox: Outbox
    wall_clock: WallClock = utc_now

    def make(
        self, action: Action, collection: str, fields: Item, *, delay_s: float = 0
    ) -> Sequence[MadeChange]:
        """Change an item as `make_change` does, and send the events after a delay. Raises ChangeError."""
        changes = make_change(self.company, action, collection, fields, self.wall_clock())
        return [MadeChange(change, self._send(change, delay_s)) for change in changes]

    def _send(self, change: Change, delay_s: float) -> Delivery | None:
        stale = self.outbox.webhook is not None and self.outbox.webhook.stale
        body = json.dumps(payload_of(change, stale=stale)).encode()
        return self.outbox.put(COLLECTIONS[change.collection].noun, change.action, body, delay_s=delay_s)
