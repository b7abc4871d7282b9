"""The plan of a sync, made without writing anything: requests, and entities to change."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from builder.json_values import as_object
from builder.mapping_file import Entry
from builder.port_account import PortAccount
from extraction import Extractor, Verdict
from mapping import Entity, EntityTally, EntryEnd, Mapper, withheld
from rest.errors import SyncError

type Name = tuple[str, str]

# The fields of an entity that a mapping sets. The integration does not own the others.
_MAPPED_FIELDS = ("title", "icon", "team")


@dataclass(slots=True)
class KindPlan:
    """The plan of one resource. error: why it fails, "" if it does not.

    verdict: why the listing counts as complete, or its doubts. overwritten: the number of entities with a
    duplicate identifier. warning: names them.
    """

    kind: str
    items: int = 0
    entities: int = 0
    left_out: int = 0
    requests: int = 0
    error: str = ""
    verdict: str = ""
    doubts: tuple[str, ...] = ()
    overwritten: int = 0
    warning: str = ""
    blueprint: Any = ""
    enable_delete: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of a sync. create, update, delete: (blueprint, identifier) of entities.

    As in a sync, nothing is deleted from the blueprints of kinds that fail or have enableDelete: false.
    """

    kinds: tuple[KindPlan, ...]
    create: tuple[Name, ...] = ()
    update: tuple[Name, ...] = ()
    delete: tuple[Name, ...] = ()
    unchanged: int = 0

    @property
    def failed(self) -> bool:
        """Whether a kind fails."""
        return any(kind.error for kind in self.kinds)

    @property
    def changes(self) -> int:
        """The number of entities that a sync would write or delete."""
        return len(self.create) + len(self.update) + len(self.delete)


@dataclass(slots=True)
class MappedEntities:
    """The entities of a mapping, collected kind by kind."""

    kinds: list[KindPlan] = field(default_factory=list)
    entities: dict[Name, Entity] = field(default_factory=dict)


async def collect_entities(
    entries: Sequence[Entry], extractor: Extractor, mapper: Mapper
) -> AsyncIterator[MappedEntities]:
    """Read and map the API as a sync does. Yields the entities so far after each batch and each kind."""
    collected = MappedEntities()
    for entry in entries:
        blueprint = entry.mapping.fields.get("blueprint")
        plan = KindPlan(entry.kind, blueprint=blueprint, enable_delete=entry.enable_delete)
        collected.kinds.append(plan)
        before = extractor.requests_sent
        verdict, tally = extractor.verdict(entry.resource), EntityTally()
        try:
            async with aclosing(extractor.batches(entry.resource, verdict)) as batches:
                async for batch in batches:
                    mapped = await mapper.map(entry.mapping, batch)
                    tally.note(mapped, batch)
                    plan.items += len(batch)
                    plan.entities = tally.entities
                    plan.left_out = tally.left_out
                    for entity in mapped.passed:
                        collected.entities[_name(entity)] = entity
                    plan.requests = extractor.requests_sent - before
                    yield collected
        except (SyncError, ExceptionGroup) as error:
            plan.error = _message(error)
        _apply_verdict(plan, verdict, tally)
        plan.requests = extractor.requests_sent - before
        yield collected


def _apply_verdict(plan: KindPlan, verdict: Verdict, tally: EntityTally) -> None:
    """Fail the plan's kind for the reasons that a resync would."""
    errors = [error for error in tally.errors if not verdict.accepts(error)]
    doubts = [*verdict.doubts, *(error.doubt for error in errors if error.doubt)]
    plan.doubts = tuple(dict.fromkeys(doubts))
    plan.error = plan.error or "; ".join(map(str, errors))
    plan.verdict = f"doubtful: {', '.join(plan.doubts)}" if doubts else "" if plan.error else verdict.words
    plan.overwritten, plan.warning = tally.overwritten, tally.warning


async def make_plan(collected: MappedEntities, account: PortAccount, identifier: str) -> Plan:
    """Compare the entities with those in Port. Raises PortError."""
    wanted = collected.entities
    existing: dict[Name, Entity] = {}
    for blueprint in await account.blueprints():
        async for entity in account.entities(blueprint["identifier"], f"/{identifier}/"):
            existing[blueprint["identifier"], entity["identifier"]] = entity
    create = [name for name in wanted if name not in existing]
    update = [
        name for name, entity in wanted.items() if name in existing and _differs(entity, existing[name])
    ]
    kept = withheld(
        EntryEnd(kind.blueprint, bool(kind.error), kind.enable_delete) for kind in collected.kinds
    )
    delete = [name for name in existing if name not in wanted and not kept.holds(name[0])]
    unchanged = len(wanted) - len(create) - len(update)
    return Plan(tuple(collected.kinds), tuple(create), tuple(update), tuple(delete), unchanged)


def _name(entity: Entity) -> Name:
    return str(entity.get("blueprint")), str(entity.get("identifier"))


def _differs(wanted: Entity, existing: Entity) -> bool:
    """Return whether a merge would change the entity in Port."""
    if any(wanted.get(key) is not None and wanted[key] != existing.get(key) for key in _MAPPED_FIELDS):
        return True
    return any(
        _normalized(value) != _normalized(as_object(existing.get(part)).get(name))
        for part in ("properties", "relations")
        for name, value in as_object(wanted.get(part)).items()
    )


def _normalized(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the value, None for an empty list: both mean that there is no related entity."""
    return None if value == [] else value


def _message(error: Exception) -> str:
    if isinstance(error, ExceptionGroup):
        return f"{error.message}: {error.exceptions[0]}"
    return str(error)
