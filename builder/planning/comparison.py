"""The comparison of the API's entities with those in Port."""

from builder.planning.api_entities import ApiEntities
from builder.planning.field_changes import entity_changes
from builder.planning.kind_plan import Plan, SyncOptions, Target, Update
from builder.planning.port_state import identifies_by_search, read_port_state, relates_by_search
from builder.planning.refusals import note_refusals, write_all
from builder.planning.stale_entities import find_deletions
from builder.port_account import PortAccount


async def make_plan(
    collected: ApiEntities,
    account: PortAccount,
    target: Target,
    options: SyncOptions,
) -> Plan:
    """Return the plan of a sync of this integration. Raises PortError."""
    state = await read_port_state(account, target, collected.writes)
    outcome = write_all(collected.writes, state, options)
    note_refusals(collected.kinds, outcome)
    _warn_of_searches(collected)
    updates = {
        name: Update(*name, tuple(entity_changes(before, entity)))
        for name, entity in outcome.entities.items()
        if (before := state.entity(name)) is not None
    }
    changed = {name: update for name, update in updates.items() if update.changes}
    rewritten = sum(name in state.own for name in changed)
    deletion = await find_deletions(collected, state, outcome.entities, rewritten, options, account)
    deleted = set(deletion.names)
    # Port keeps an entity as it is if it refuses the write.
    refused = {write.name for write, _ in outcome.refused} - outcome.entities.keys() - deleted
    untouched = sum(state.entity(name) is not None for name in refused)
    created = [name for name in [*outcome.entities, *outcome.bare] if state.entity(name) is None]
    return Plan(
        kinds=tuple(collected.kinds),
        create=tuple(name for name in created if name not in deleted),
        update=tuple(update for name, update in changed.items() if name not in deleted),
        delete=deletion.names,
        unchanged=sum(name not in changed and name not in deleted for name in updates) + untouched,
        kept=deletion.kept,
        kept_because=deletion.because,
    )


def _warn_of_searches(collected: ApiEntities) -> None:
    for index, kind in enumerate(collected.kinds):
        entities = [write.entity for write in collected.writes if write.kind == index]
        if count := sum(map(identifies_by_search, entities)):
            kind.warnings += (
                f"{count} entities are found by a search in Port. The plan does not show their changes",
            )
        if count := sum(map(relates_by_search, entities)):
            warning = f"{count} entities relate to others by a search in Port"
            kind.warnings += (f"{warning}. The plan does not show changes of these relations",)
