"""Map items to entities as Ocean's jq processor does, many times faster."""

import asyncio
import json
import math
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import batched, compress
from typing import cast

import msgspec

from mapping.plan import Entity, EntityMapping, Outcome, Plan, Row, jq_of
from mapping.program import Expression, Task
from mapping.shortcuts import NeedsJqError, shortcut_for
from mapping.workers import WorkerLimits, Workers
from rest.bodies import Json
from rest.page import Item

# With fewer items, another worker costs more than it saves.
_MIN_ITEMS = 50
# So many items take a few milliseconds.
_SLICE = 100
# jq uses about ten times as much memory as the text that it reads.
_MAX_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Failure:
    """A field of one item on which jq failed. field: `properties.name`."""

    field: str
    expression: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item for which the query returned neither true nor false. outcome: what it returned."""

    query: str
    outcome: Outcome


@dataclass(slots=True)
class Mapped:
    """The result of mapping a batch, in the order of its items.

    passed: entities of items that the query selects. places: the index of each one's item.
    failed: entities of items that the query excludes, if `every` was set.
    incomplete: entities of selected items without an identifier or a blueprint.
    skipped: how many items became no entity, because they are excluded or incomplete.
    misconfigured: fields without a value for some item, with their expressions.
    refused: items for which the query returned no boolean. They are in none of the above.
    lost: the indexes of items that are neither an entity nor excluded by the query.
    """

    passed: list[Entity] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    failed: list[Entity] = field(default_factory=list)
    incomplete: list[Entity] = field(default_factory=list)
    skipped: int = 0
    misconfigured: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


class Mapper:
    """Maps batches of items. Belongs to one event loop, and has to be closed."""

    def __init__(self, limits: WorkerLimits) -> None:
        self._workers = Workers(limits)

    async def map(self, mapping: EntityMapping, items: Sequence[Item], *, every: bool = False) -> Mapped:
        """Map a batch. every: items that the query excludes are mapped, too.

        Raises ResourceError: jq took too long or too much memory.
        """
        plan = Plan.of(mapping, every=every)
        rows = await _rows(plan, items)
        is_pending = [row.is_pending for row in rows]
        if any(is_pending):
            pending = list(compress(rows, is_pending))
            jq_task = plan.jq_task(pending)
            results = await self._run(jq_task.task, list(compress(items, is_pending)))
            for row, outcomes in zip(pending, results, strict=True):
                plan.complete(row, jq_task, outcomes)
        return _mapped(plan, rows)

    async def first(self, expression: str, item: Item) -> Outcome:
        """Return the first output of an expression for one item. Raises ResourceError as `map` does."""
        text = jq_of(expression)
        shortcut = shortcut_for(text)
        try:
            if shortcut and _is_encodable([item]):
                return [shortcut(item)]
        except NeedsJqError:
            pass
        ((outcome,),) = await self._run(Task([Expression(text)]), [item])
        return outcome

    async def close(self) -> None:
        """Stop the workers."""
        await self._workers.close()

    async def _run(self, task: Task, items: Sequence[Item]) -> list[list[Outcome]]:
        try:
            async with asyncio.TaskGroup() as group:
                runs = [
                    group.create_task(self._workers.run(task, text))
                    for text in _requests(items, self._workers.limits.count)
                ]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return [row for run in runs for row in json.loads(run.result(), parse_float=_parsed_as_by_ocean)]


@asynccontextmanager
async def open_mapper(limits: WorkerLimits) -> AsyncIterator[Mapper]:
    """Open a mapper whose workers stop at the end."""
    mapper = Mapper(limits)
    try:
        yield mapper
    finally:
        await mapper.close()


async def _rows(plan: Plan, items: Sequence[Item]) -> list[Row]:
    """Return the row of each item, as far as it needs no jq. Other tasks run in between."""
    if not _is_encodable(items):
        return [plan.pending_row() for _ in items]
    rows: list[Row] = []
    for some in batched(items, _SLICE):
        rows += map(plan.row, some)
        await asyncio.sleep(0)
    return rows


def _is_encodable(items: Sequence[Item]) -> bool:
    """Return False if a string has an unpaired surrogate: jq rejects the item, or replaces the surrogate."""
    try:
        msgspec.json.encode(items)
    except UnicodeEncodeError:
        return False
    return True


def _requests(items: Sequence[Item], workers: int) -> Iterator[bytes]:
    """Yield the items as JSON arrays: at least one for each worker, none too large."""
    size = max(_MIN_ITEMS, math.ceil(len(items) / workers))
    for start in range(0, len(items), size):
        yield from _halved(items[start : start + size])


def _halved(items: Sequence[Item]) -> Iterator[bytes]:
    text = json.dumps(items).encode()
    if len(text) <= _MAX_BYTES or len(items) == 1:
        yield text
        return
    half = len(items) // 2
    yield from _halved(items[:half])
    yield from _halved(items[half:])


def _parsed_as_by_ocean(text: str) -> Json:
    """Return a number with a fraction or an exponent as jq.py returns it."""
    number = float(text)
    if abs(number) >= sys.float_info.max:  # jq prints infinity as the largest number
        return math.copysign(sys.float_info.max, number)
    return int(number) if number.is_integer() else number


def _mapped(plan: Plan, rows: Iterable[Row]) -> Mapped:
    mapped = Mapped()
    for place, row in enumerate(rows):
        match row.passes:
            case [bool(passes)] if passes or plan.every:
                _note(mapped, plan, row)
                _add(mapped, place, plan.entity_of(row.values), passes=passes)
            case [bool()]:
                mapped.skipped += 1
            case outcome:
                mapped.refused.append(Refusal(plan.query.written, cast("Outcome", outcome)))
                mapped.lost.append(place)
    return mapped


def _note(mapped: Mapped, plan: Plan, row: Row) -> None:
    for leaf, value in zip(plan.leaves, row.values, strict=True):
        if value is None:
            mapped.misconfigured[leaf.name] = leaf.written
    for place, message in row.failures.items():
        leaf = plan.leaves[place]
        mapped.failures.append(Failure(leaf.name, leaf.written, message))


def _add(mapped: Mapped, place: int, entity: Entity, *, passes: bool) -> None:
    if entity.get("identifier") and entity.get("blueprint"):
        (mapped.passed if passes else mapped.failed).append(entity)
        if passes:
            mapped.places.append(place)
        return
    mapped.skipped += 1
    if passes:
        mapped.incomplete.append(entity)
        mapped.lost.append(place)
