"""The entities that Port would refuse, by its rules and the blueprints that it has."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from builder.json_values import as_object
from builder.planning.api_entities import Write
from builder.planning.field_changes import written
from builder.planning.kind_plan import KindPlan, Name, SyncOptions
from builder.planning.port_state import PortState, identifies_by_search
from builder.port_rules import missing_fields, problems
from mapping import Entity

_MAX_SHOWN = 5


@dataclass(slots=True)
class Outcome:
    """The result of the writes.

    entities: those in Port afterwards, among those that were written. bare: relation targets that Port
    creates with an identifier only. refused: the writes that Port refuses, with the reason.
    """

    entities: dict[Name, Entity] = field(default_factory=dict)
    bare: dict[Name, None] = field(default_factory=dict)
    refused: list[tuple[Write, str]] = field(default_factory=list)


def write_all(writes: Iterable[Write], state: PortState, options: SyncOptions) -> Outcome:
    """Return what Port does with the writes. As in a sync, refused ones are sent again at the end."""
    outcome = Outcome()
    waiting: list[tuple[Write, str]] = []
    for write in writes:
        if identifies_by_search(write.entity):
            continue
        if reason := _write(write, state, options, outcome):
            waiting.append((write, reason))
    while waiting:
        refused = [
            (write, reason) for write, _ in waiting if (reason := _write(write, state, options, outcome))
        ]
        if len(refused) == len(waiting):
            break
        waiting = refused
    outcome.refused = waiting
    for name in outcome.entities:
        outcome.bare.pop(name, None)
    return outcome


def note_refusals(kinds: Sequence[KindPlan], outcome: Outcome) -> None:
    """Add the number of refused entities and the most frequent reason to each kind."""
    by_kind: dict[int, dict[Name, str]] = defaultdict(dict)
    for write, reason in outcome.refused:
        by_kind[write.kind][write.name] = reason
    for index, reasons in by_kind.items():
        reason, count = Counter(reasons.values()).most_common(1)[0]
        names = [" ".join(name) for name, each in reasons.items() if each == reason]
        more = f" and {count - _MAX_SHOWN} more" if count > _MAX_SHOWN else ""
        other = f"; {len(reasons) - count} for other reasons" if len(reasons) > count else ""
        kinds[index].refused = len(reasons)
        kinds[index].refusal = (
            f"Port would refuse {len(reasons)} of {kinds[index].entities} entities: {reason} "
            f"({', '.join(names[:_MAX_SHOWN])}{more}{other})"
        )


def _write(write: Write, state: PortState, options: SyncOptions, outcome: Outcome) -> str:
    """Write an entity. Returns why Port refuses it, "" if it does not."""
    before = outcome.entities.get(write.name) or state.entity(write.name)
    after = written(before, write.entity, merges=options.merges)
    if reason := _broken_rule(write.entity, after, state):
        return reason
    missing = [
        (relation, target)
        for relation, target in state.relations_of(write.entity)
        if target != write.name and not _exists(target, state, outcome)
    ]
    for relation, (blueprint, identifier) in missing:
        if not options.creates_targets or blueprint.startswith("_"):
            return f"relation {relation}: the {blueprint} {identifier!r:.80} does not exist"
        if blueprint not in state.blueprints:
            return f"relation {relation}: the blueprint {blueprint} does not exist"
    outcome.bare |= dict.fromkeys(target for _, target in missing)
    outcome.entities[write.name] = after
    return ""


def _broken_rule(entity: Entity, after: Entity, state: PortState) -> str:
    blueprint = state.blueprints.get(str(entity.get("blueprint")))
    if blueprint is None:
        return f"the blueprint {entity.get('blueprint')} does not exist"
    checked = {**entity, "relations": _without_searches(entity)}
    found = [(each.field, each.message) for each in problems([checked], blueprint)]
    found += [(name, "Required by the blueprint, and missing") for name in missing_fields(after, blueprint)]
    return f"{found[0][0]}: {found[0][1]}" if found else ""


def _without_searches(entity: Entity) -> Entity:
    relations = as_object(entity.get("relations")).items()
    return {name: value for name, value in relations if not isinstance(value, Mapping)}


def _exists(name: Name, state: PortState, outcome: Outcome) -> bool:
    return state.has(name) or name in outcome.entities or name in outcome.bare
