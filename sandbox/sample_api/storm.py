"""A storm of random changes and their events, at a steady rate."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sandbox.sample_api.change_events import ChangeEvents
from sandbox.sample_api.changes import Action
from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.deliveries import Delivery
from sandbox.sample_api.sample_data import Item

_KEPT_FOR_DUPLICATES = 50
_ACTIONS: Sequence[Action] = ("updated",) * 14 + ("created",) * 3 + ("deleted",) * 3
DEFAULT_COLLECTIONS = ("projects", "tasks", "tickets", "comments")


@dataclass(frozen=True, slots=True)
class StormPlan:
    """What a storm does.

    events: how many events are sent; per_second: their rate.
    duplicates: share of events that repeat an earlier one, every second time with an id of its own.
    reordered: share of events that are sent up to delay_s later than their change.
    """

    events: int
    per_second: float
    duplicates: float = 0
    reordered: float = 0
    delay_s: float = 2
    collections: Sequence[str] = DEFAULT_COLLECTIONS
    seed: int = 1


class Storm:
    """A running or finished storm. sent: events so far, duplicates included; changes: of items."""

    def __init__(self, plan: StormPlan, events: ChangeEvents) -> None:
        self.plan = plan
        self.sent = 0
        self.changes = 0
        self.duplicates = 0
        self._events = events
        self._rng = Random(plan.seed)
        self._recent: list[Delivery] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        """Stop changing items. Events that wait are still sent."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        start = time.monotonic()
        while self.sent < self.plan.events:
            # A late event does not delay those after it, so the rate is kept on a busy machine.
            await asyncio.sleep(max(0.0, start + self.sent / self.plan.per_second - time.monotonic()))
            self.step()

    def step(self) -> None:
        """Send a duplicate, or the events of a random change. Deleted parents have one for each child."""
        if self._recent and self._rng.random() < self.plan.duplicates:
            self._repeat(self._rng.choice(self._recent))
        else:
            self._change(self._rng.choice(self.plan.collections), self._rng.choice(_ACTIONS))

    def _repeat(self, earlier: Delivery) -> None:
        self.duplicates += 1
        self._events.outbox.repeat(earlier, delay_s=self._delay_s(), same_id=bool(self.duplicates % 2))
        self.sent += 1

    def _change(self, name: str, action: Action) -> None:
        items = self._events.company.rows(name).stored
        if action == "created" or not items:
            action = "created"
            name, fields = self._new_item(name)
        else:
            item = self._rng.choice(items)
            fields = {key: item[key] for key in COLLECTIONS[name].id_names}
        self.changes += 1
        if action != "deleted":
            fields[COLLECTIONS[name].title_field] = f"Storm {self.plan.seed}.{self.changes}"
        made = self._events.make(action, name, fields, delay_s=self._delay_s())
        self.sent += len(made)
        self._recent += [each.delivery for each in made if each.delivery]
        del self._recent[:-_KEPT_FOR_DUPLICATES]

    def _new_item(self, name: str) -> tuple[str, Item]:
        """Return the collection and the parent ids of a new item. Without a parent, one is created first."""
        collection = COLLECTIONS[name]
        if collection.parent is None:
            return name, {}
        parents = self._events.company.rows(collection.parent).stored
        if not parents:
            return self._new_item(collection.parent)
        parent = self._rng.choice(parents)
        keys = COLLECTIONS[collection.parent].id_names
        return name, {own: parent[other] for own, other in zip(collection.parents, keys, strict=True)}

    def _delay_s(self) -> float:
        return self._rng.uniform(0, self.plan.delay_s) if self._rng.random() < self.plan.reordered else 0
