"""The order in which entities can be written when Port does not create missing relation targets."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

from port_ocean.core.models import Entity


def dependency_levels(entities: Sequence[Entity]) -> Iterator[list[Entity]]:
    """Yield the entities in groups. Each group relates only to earlier groups or to other entities.

    The last group has the entities of relation cycles, and those that depend on them.
    """
    by_identifier: dict[str, set[int]] = defaultdict(set)
    for index, entity in enumerate(entities):
        by_identifier[str(entity.identifier)].add(index)
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for index, entity in enumerate(entities):
        targets = (by_identifier.get(identifier, set()) for identifier in _targets(entity))
        sorter.add(index, *(other for indices in targets for other in indices if other != index))
    with suppress(CycleError):  # the sorter then returns all nodes that do not depend on a cycle
        sorter.prepare()
    remaining = set(range(len(entities)))
    while ready := sorter.get_ready():
        yield [entities[index] for index in ready]
        sorter.done(*ready)
        remaining.difference_update(ready)
    if remaining:
        yield [entities[index] for index in sorted(remaining)]


def _targets(entity: Entity) -> Iterator[str]:
    """Yield the identifiers of relation targets. A search names none."""
    for target in entity.relations.values():
        for one in target if isinstance(target, list) else [target]:
            if isinstance(one, str):
                yield one
