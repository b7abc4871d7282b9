"""The entities that a sync deletes: those that no kind has any more. The rules: ocean_adapter/deletion.py.

Ocean deletes nothing if more than entityDeletionThreshold of the entities in Port are stale. Port refuses to
delete an entity to which others relate, unless these are deleted, too.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from builder.planning.api_entities import ApiEntities
from builder.planning.kind_plan import KindPlan, Name, SyncOptions
from builder.planning.port_state import PortState
from builder.port_account import PortAccount
from mapping import Entity, EntryEnd, Withheld, withheld

# See ocean_adapter/deletion.py.
_ROUNDS = 2
_MAX_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Deletion:
    """The entities to delete. kept: stale ones that stay. because: a sentence for each reason."""

    names: tuple[Name, ...] = ()
    kept: tuple[Name, ...] = ()
    because: tuple[str, ...] = ()


async def find_deletions(
    collected: ApiEntities,
    state: PortState,
    after: Mapping[Name, Entity],
    rewritten: int,
    options: SyncOptions,
    account: PortAccount,
) -> Deletion:
    """Return what a sync would delete. Raises PortError.

    after: the written entities. rewritten: how many of the entities in Port the sync changes.
    """
    written = {write.name for write in collected.writes}
    gone = [name for name in state.own if name not in written]
    held = withheld(
        EntryEnd(kind.blueprint, bool(kind.error), kind.enable_delete) for kind in collected.kinds
    )
    stale = [name for name in gone if not held.holds(name[0])]
    because = _reasons(collected.kinds, gone, held)
    compared = len(state.own) - rewritten
    if stale and len(stale) / max(1, compared) > options.threshold:
        because.append(_above_threshold(len(stale), compared, options.threshold))
        return Deletion((), tuple(gone), tuple(because))
    if options.creates_targets:
        related = {target for write in collected.writes for _, target in state.relations_of(write.entity)}
        if still := [name for name in stale if name in related]:
            because.append(f"{_named(still)}: entities of the API relate to them")
        stale = [name for name in stale if name not in related]
    graph = await _dependents(stale, state, after, account)
    cascades = not held and options.deletes_dependents
    deleted = _with_dependents(stale, graph) if cascades else _without_dependents(stale, graph, held)
    if refused := [name for name in stale if name not in deleted]:
        because.append(f"{_named(refused)}: other entities relate to them")
    return Deletion(tuple(deleted), tuple(name for name in gone if name not in deleted), tuple(because))


def _above_threshold(stale: int, compared: int, threshold: float) -> str:
    return (
        f"{stale} of {compared} entities in Port are stale, more than entityDeletionThreshold {threshold:g} "
        "allows. Raise it in the mapping if this is right"
    )


def _reasons(kinds: Iterable[KindPlan], gone: Collection[Name], held: Withheld) -> list[str]:
    """Return a sentence for each kind that keeps stale entities."""
    if not any(held.holds(blueprint) for blueprint, _ in gone):
        return []
    return [
        f"{kind.kind}: no entity of its blueprint {kind.blueprint} is deleted because "
        f"{'it fails' if kind.error else 'its enableDelete is false'}"
        for kind in kinds
        if kind.error or not kind.enable_delete
    ]


async def _dependents(
    stale: Collection[Name], state: PortState, after: Mapping[Name, Entity], account: PortAccount
) -> dict[Name, set[Name]]:
    """Return the entities that relate to each entity after the writes."""
    graph: dict[Name, set[Name]] = defaultdict(set)
    related = state.blueprints_related_to({blueprint for blueprint, _ in stale})
    for blueprint in (name for name in related if name not in state.new):
        async for entity in account.entities(blueprint, []):
            name = blueprint, str(entity["identifier"])
            for _, target in state.relations_of(after.get(name) or {**entity, "blueprint": blueprint}):
                graph[target].add(name)
    for name, entity in after.items():
        for _, target in state.relations_of(entity):
            graph[target].add(name)
    return graph


def _with_dependents(stale: Iterable[Name], graph: Mapping[Name, set[Name]]) -> dict[Name, None]:
    """Return the entities, and all that relate to them, directly or through others."""
    deleted: dict[Name, None] = {}
    pending = deque(stale)
    while pending:
        name = pending.popleft()
        if name not in deleted:
            deleted[name] = None
            pending += sorted(graph.get(name, ()))
    return deleted


def _without_dependents(
    stale: Iterable[Name], graph: Mapping[Name, set[Name]], held: Withheld
) -> dict[Name, None]:
    """Return the entities to which no remaining entity relates."""
    deleted: dict[Name, None] = {}
    names = list(stale)
    # Without withheld blueprints, Ocean sorts the entities so that dependents come first.
    for _ in range(_ROUNDS if held else len(names)):
        found = [
            name
            for name in names
            if name not in deleted and all(other == name or other in deleted for other in graph.get(name, ()))
        ]
        if not found:
            break
        deleted |= dict.fromkeys(found)
    return deleted


def _named(names: Collection[Name]) -> str:
    more = len(names) - _MAX_SHOWN
    shown = ", ".join(" ".join(name) for name in list(names)[:_MAX_SHOWN])
    return f"{len(names)} stale entities are kept ({shown}{f' and {more} more' if more > 0 else ''})"
