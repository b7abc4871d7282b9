"""The preview as a table: the entities to look at, and which cell breaks which rule."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from builder.draft import Draft, Source
from builder.port_rules import Problem
from builder.preview import Preview, previewed
from mapping import Entity
from rest.bodies import Json
from rest.origin import Redactor
from rest.page import Item

# What a person looks at while typing; the whole sample is mapped up to a bound.
_MOST_ITEMS = 1000
_MOST_SHOWN, _MOST_PROBLEMS = 12, 100
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """text: the value. problem: the rule that it breaks, "" for none."""

    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PreviewTable:
    """What the page shows of a preview.

    rows: numbers from 1 and the cells of each, those with problems before the others.
    problems: in words, at most some; problem_count: of all. item_count: what was mapped, of all_items.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    entity_count: int
    item_count: int
    all_items: int
    left_out: int
    problems: tuple[str, ...]
    problem_count: int
    notes: tuple[str, ...]


async def preview_table(
    draft: Draft, source: Source, items: Sequence[Item], redact: Redactor
) -> PreviewTable:
    """The entities that become of a sample. Raises ResourceError as `previewed` does."""
    mapped = items[:_MOST_ITEMS]
    preview = await previewed(draft, source, mapped)
    columns = tuple(_columns(source))
    by_cell = {(problem.number, problem.field): problem.words for problem in reversed(preview.problems)}
    shown = list(islice(_numbers(preview), _MOST_SHOWN))
    rows = tuple(
        (number + 1, _cells(number, preview.entities[number], columns, by_cell, redact)) for number in shown
    )
    return PreviewTable(
        ("identifier", "title", *(name for _, name in columns[2:])),
        rows,
        len(preview.entities),
        len(mapped),
        len(items),
        preview.left_out,
        tuple(redact(_in_words(each)) for each in preview.problems[:_MOST_PROBLEMS]),
        len(preview.problems),
        tuple(redact(note) for note in preview.notes),
    )


def _columns(source: Source) -> Iterator[tuple[str, str]]:
    yield "", "identifier"
    yield "", "title"
    yield from (("properties", each.name) for each in source.blueprint.properties)
    yield from (("relations", each.name) for each in source.blueprint.relations)


def _numbers(preview: Preview) -> Iterator[int]:
    """Entities with problems, then the others."""
    broken = list(dict.fromkeys(problem.number for problem in preview.problems))
    yield from broken
    yield from (number for number in range(len(preview.entities)) if number not in set(broken))


def _cells(
    number: int,
    entity: Entity,
    columns: Sequence[tuple[str, str]],
    problems: Mapping[tuple[int, str], str],
    redact: Redactor,
) -> tuple[Cell, ...]:
    return tuple(
        Cell(_shown(_value(entity, part, name), redact), problems.get((number, name), ""))
        for part, name in columns
    )


def _value(entity: Entity, part: str, name: str) -> Json:
    place = entity.get(part) if part else entity
    return place.get(name) if isinstance(place, dict) else None


def _shown(value: Json, redact: Redactor) -> str:
    if value is None:
        return ""
    text = redact(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _in_words(problem: Problem) -> str:
    return f"Entity {problem.number + 1}, {problem.field}: {problem.words}"
