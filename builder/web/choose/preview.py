"""The preview as a table: entities, and the cells that break Port's rules."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from builder.draft import Draft, Source
from builder.port_rules import Problem
from builder.preview import Preview, preview_entities
from mapping import Entity
from rest.bodies import Json
from rest.origin import Redactor
from rest.page import Item

_MAX_ITEMS = 1000
_MAX_ROWS, _MAX_PROBLEMS = 12, 100
_MAX_CELL_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and the rule that it breaks, "" for none."""

    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PreviewTable:
    """The preview of an endpoint.

    rows: each entity's number, from 1, and its cells. Entities with problems come first.
    problems: the first ones, as text. problem_count: all of them.
    item_count: the mapped items of the sample's sample_size items.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    entity_count: int
    item_count: int
    sample_size: int
    left_out: int
    problems: tuple[str, ...]
    problem_count: int
    notes: tuple[str, ...]


async def preview_table(
    draft: Draft, source: Source, items: Sequence[Item], redact: Redactor
) -> PreviewTable:
    """Return the entities of a sample. Raises ResourceError as `preview_entities` does."""
    mapped = items[:_MAX_ITEMS]
    preview = await preview_entities(draft, source, mapped)
    columns = tuple(_columns(source))
    by_cell = {(problem.number, problem.field): problem.message for problem in reversed(preview.problems)}
    numbers = islice(_row_order(preview), _MAX_ROWS)
    return PreviewTable(
        columns=tuple(name for _, name in columns),
        rows=tuple(
            (number + 1, _cells(number, preview.entities[number], columns, by_cell, redact))
            for number in numbers
        ),
        entity_count=len(preview.entities),
        item_count=len(mapped),
        sample_size=len(items),
        left_out=preview.left_out,
        problems=tuple(redact(_problem_text(each)) for each in preview.problems[:_MAX_PROBLEMS]),
        problem_count=len(preview.problems),
        notes=tuple(redact(note) for note in preview.notes),
    )


def _columns(source: Source) -> Iterator[tuple[str, str]]:
    """Yield (part of the entity, name) of each column."""
    yield "", "identifier"
    yield "", "title"
    yield from (("properties", each.name) for each in source.blueprint.properties)
    yield from (("relations", each.name) for each in source.blueprint.relations)


def _row_order(preview: Preview) -> Iterator[int]:
    """Yield the numbers of the entities with problems, then the others."""
    broken = dict.fromkeys(problem.number for problem in preview.problems)
    yield from broken
    yield from (number for number in range(len(preview.entities)) if number not in broken)


def _cells(
    number: int,
    entity: Entity,
    columns: Sequence[tuple[str, str]],
    problems: Mapping[tuple[int, str], str],
    redact: Redactor,
) -> tuple[Cell, ...]:
    return tuple(
        Cell(_cell_text(_value(entity, part, name), redact), problems.get((number, name), ""))
        for part, name in columns
    )


def _value(entity: Entity, part: str, name: str) -> Json:
    values = entity.get(part) if part else entity
    return values.get(name) if isinstance(values, dict) else None


def _cell_text(value: Json, redact: Redactor) -> str:
    if value is None:
        return ""
    text = redact(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _MAX_CELL_LENGTH else f"{text[: _MAX_CELL_LENGTH - 1]}…"


def _problem_text(problem: Problem) -> str:
    return f"Entity {problem.number + 1}, {problem.field}: {problem.message}"
