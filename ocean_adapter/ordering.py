"""The order in which entities can be written where Port creates no missing targets of relations."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

from port_ocean.core.models import Entity


def in_levels(entities: Sequence[Entity]) -> Iterator[list[Entity]]:
    """The entities in groups: relations lead to an earlier group, or to none of these entities.

    Those that lead to each other in a circle, and those that need them, are the last group.
    """
    by_name: dict[str, set[int]] = defaultdict(set)
    for place, entity in enumerate(entities):
        by_name[str(entity.identifier)].add(place)
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for place, entity in enumerate(entities):
        needed = (by_name.get(name, set()) for name in _targets(entity))
        sorter.add(place, *(other for places in needed for other in places if other != place))
    with suppress(CycleError):  # it then gives all but what is in the circle, or needs it
        sorter.prepare()
    left = set(range(len(entities)))
    while ready := sorter.get_ready():
        yield [entities[place] for place in ready]
        sorter.done(*ready)
        left.difference_update(ready)
    if left:
        yield [entities[place] for place in sorted(left)]


def _targets(entity: Entity) -> Iterator[str]:
    """The identifiers that relations lead to; a search names none."""
    for target in entity.relations.values():
        for one in target if isinstance(target, list) else [target]:
            if isinstance(one, str):
                yield one
