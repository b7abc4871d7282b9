"""The entities of a sample, made by the integration's own mapping, and the rules of Port that they break."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from builder.draft import Draft, Source
from builder.install import blueprints, mapping
from builder.items_to_parse import ItemsToParse
from builder.port_rules import Problem, problems
from mapping import Entity, EntityMapping, EntityTally, Mapped, WorkerLimits, open_mapper
from rest.errors import ResourceError
from rest.page import Item

_LIMITS = WorkerLimits(count=1, timeout_s=10)


@dataclass(frozen=True, slots=True)
class Preview:
    """The mapped entities of a sample.

    entities: those that Port would receive, then those without an identifier.
    left_out: the number of items that the query excludes.
    notes: fields with failing jq, and items without an entity. Problems include duplicate identifiers.
    """

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()


async def preview_entities(draft: Draft, source: Source, items: Sequence[Item]) -> Preview:
    """Map the sample of a source.

    draft: with all sources, because several may share a blueprint.
    Raises ResourceError: an expression takes too long, or the query returns neither true nor false.
    """
    resources: Any = mapping(replace(draft, sources=(source,)))["resources"]
    parsing, tally = ItemsToParse.of(resources[0]["port"]), EntityTally()
    entry = EntityMapping(resources[0]["port"]["entity"]["mappings"], resources[0]["selector"]["query"])
    async with open_mapper(_LIMITS) as mapper:
        if parsing:
            items = await parsing.elements(items, mapper, tally)
        mapped = await mapper.map(entry, items)
    if mapped.refused:
        raise ResourceError(
            f"query {entry.query!r} returns neither true nor false",
            hint="Use a condition, for example .archived | not",
        )
    entities = (*mapped.passed, *mapped.incomplete)
    blueprint = next(each for each in blueprints(draft) if each["identifier"] == source.blueprint.identifier)
    tally.note(mapped, items)
    notes = [*_notes(mapped), *map(str, tally.errors)]
    return Preview(entities, tuple(problems(entities, blueprint)), tally.left_out, tuple(notes))


def _notes(mapped: Mapped) -> Iterator[str]:
    fields = Counter(failure.field for failure in mapped.failures)
    first = {failure.field: failure.message for failure in reversed(mapped.failures)}
    for field, count in fields.items():
        yield f"{field}: jq fails for {count} items, so this field is empty there: {first[field]}"
