"""Items -> entities, as Ocean's own jq processor makes them, at many times its speed."""

import asyncio
import json
import math
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import compress
from typing import cast

import msgspec

from mapping.forms import NeedsJqError, form_for
from mapping.plan import Entity, EntityMapping, Outcome, Plan, Row, jq_of
from mapping.program import Expression, Task
from mapping.workers import Limits, Workers
from rest.bodies import Json
from rest.page import Item

# With fewer, handing items to another worker costs more than it saves.
_FEWEST = 50
# jq takes some ten times as much memory as the text that it reads.
_LARGEST_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Failure:
    """A field that jq fails on, of one item. field: `properties.name`."""

    field: str
    expression: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item for which the query gives neither true nor false, and what it gives instead."""

    query: str
    outcome: Outcome


@dataclass(slots=True)
class Mapped:
    """What a batch of items becomes, in their order.

    passed, failed: entities of items that the query takes, and leaves out; the latter only if asked for.
    incomplete: entities of items that the query takes, but without an identifier or a blueprint.
    skipped: how many items became no entity, because of either.
    misconfigured: fields that had no value for some item, with their expressions.
    refused: items for which the query gives no boolean; they are in none of the above.
    lost: the places of the items that are neither an entity nor left out by the query.
    """

    passed: list[Entity] = field(default_factory=list)
    failed: list[Entity] = field(default_factory=list)
    incomplete: list[Entity] = field(default_factory=list)
    skipped: int = 0
    misconfigured: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


class Mapper:
    """Maps batches of items. Belongs to one event loop, and is closed at its end."""

    def __init__(self, limits: Limits) -> None:
        self._workers = Workers(limits)

    async def map(self, mapping: EntityMapping, items: Sequence[Item], *, every: bool = False) -> Mapped:
        """The entities of items, and what there is to say about them.

        every: those that the query leaves out are mapped too.
        Raises ResourceError: jq took too long, or too much memory.
        """
        plan = Plan.of(mapping, every=every)
        rows = [plan.row(item) for item in items] if _is_text(items) else [plan.open_row() for _ in items]
        is_open = [row.is_open for row in rows]
        if any(is_open):
            open_rows = list(compress(rows, is_open))
            question = plan.question(open_rows)
            answers = await self._run(question.task, list(compress(items, is_open)))
            for row, outcomes in zip(open_rows, answers, strict=True):
                plan.complete(row, question, outcomes)
        return _mapped(plan, rows)

    async def first(self, expression: str, item: Item) -> Outcome:
        """One expression's first output for one item. Raises ResourceError as `map` does."""
        text = jq_of(expression)
        form = form_for(text)
        try:
            if form and _is_text([item]):
                return [form(item)]
        except NeedsJqError:
            pass
        ((outcome,),) = await self._run(Task([Expression(text)]), [item])
        return outcome

    async def close(self) -> None:
        """Ends the workers."""
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
        return [row for run in runs for row in json.loads(run.result(), parse_float=_as_ocean_reads)]


@asynccontextmanager
async def open_mapper(limits: Limits) -> AsyncIterator[Mapper]:
    """A mapper; its workers end with it."""
    mapper = Mapper(limits)
    try:
        yield mapper
    finally:
        await mapper.close()


def _is_text(items: Sequence[Item]) -> bool:
    """False where a string holds half a surrogate pair: jq refuses the whole item, or replaces it."""
    try:
        msgspec.json.encode(items)
    except UnicodeEncodeError:
        return False
    return True


def _requests(items: Sequence[Item], workers: int) -> Iterator[bytes]:
    """The items as JSON arrays, a part for each worker, none of them too large."""
    size = max(_FEWEST, math.ceil(len(items) / workers))
    for start in range(0, len(items), size):
        yield from _cut(items[start : start + size])


def _cut(items: Sequence[Item]) -> Iterator[bytes]:
    text = json.dumps(items).encode()
    if len(text) <= _LARGEST_BYTES or len(items) == 1:
        yield text
        return
    half = len(items) // 2
    yield from _cut(items[:half])
    yield from _cut(items[half:])


def _as_ocean_reads(text: str) -> Json:
    """A number with a fraction or an exponent as jq.py gives it; it calls this for no others."""
    number = float(text)
    if abs(number) >= sys.float_info.max:  # infinity, as jq prints it
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
        return
    mapped.skipped += 1
    if passes:
        mapped.incomplete.append(entity)
        mapped.lost.append(place)
