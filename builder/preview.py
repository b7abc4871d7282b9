"""The entities that a mapping really gives, and every rule of Port's that they break."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from builder.draft import Draft, Source
from builder.install import blueprints, mapping
from builder.port_rules import Problem, problems
from mapping import Entity, EntityMapping, EntityTally, Mapped, WorkerLimits, open_mapper
from rest.errors import ResourceError
from rest.page import Item

_LIMITS = WorkerLimits(count=1, timeout_s=10)


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of a sample.

    entities: those that Port would get, then those without an identifier. left_out: items that the query
    leaves out. notes: fields that jq fails on, items that would become no entity, and entities that would
    overwrite each other, a line each.
    """

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()


async def previewed(draft: Draft, source: Source, items: Sequence[Item]) -> Preview:
    """The entities of a source's sample.

    draft: with all its sources, as several may make one blueprint.
    Raises ResourceError: an expression takes too long, or the query gives neither true nor false.
    """
    resources: Any = mapping(replace(draft, sources=(source,)))["resources"]
    wanted = EntityMapping(resources[0]["port"]["entity"]["mappings"], resources[0]["selector"]["query"])
    async with open_mapper(_LIMITS) as mapper:
        mapped = await mapper.map(wanted, items)
    if mapped.refused:
        raise ResourceError(
            f"query {wanted.query!r} gives neither true nor false",
            hint="Make it a condition: .archived | not",
        )
    entities = (*mapped.passed, *mapped.incomplete)
    blueprint = next(each for each in blueprints(draft) if each["identifier"] == source.blueprint.identifier)
    tally = EntityTally()
    tally.note(mapped, items)
    notes = [*_notes(mapped), *map(str, tally.errors), *filter(None, [tally.warning])]
    return Preview(entities, tuple(problems(entities, blueprint)), tally.left_out, tuple(notes))


def _notes(mapped: Mapped) -> Iterator[str]:
    fields = Counter(failure.field for failure in mapped.failures)
    first = {failure.field: failure.message for failure in reversed(mapped.failures)}
    for field, count in fields.items():
        yield f"{field}: jq fails for {count} of the items, where it will be empty: {first[field]}"
