"""What a sync would do, found out without writing anything: the requests, and the entities to change."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from builder.mapping_file import Entry
from builder.port_account import PortAccount
from extraction import Extractor, Verdict
from mapping import Entity, EntityTally, EntryEnd, Mapper, withheld
from rest.errors import SyncError

type Name = tuple[str, str]

# What a mapping gives of an entity; all else in Port is not its own.
_MAPPED = ("title", "icon", "team")


@dataclass(slots=True)
class KindPlan:
    """What one resource gives. error: why it failed, "" where it did not.

    verdict: why it counts as complete, or its doubts. overwritten: entities that have the identifier of
    another item's entity; warning: which.
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
    """kinds: in the mapping's order. create, update, delete: (blueprint, identifier) of entities.

    As in a sync, nothing is deleted from the blueprints of kinds that failed or have enableDelete: false.
    """

    kinds: tuple[KindPlan, ...]
    create: tuple[Name, ...] = ()
    update: tuple[Name, ...] = ()
    delete: tuple[Name, ...] = ()
    unchanged: int = 0

    @property
    def failed(self) -> bool:
        """Whether a kind failed."""
        return any(kind.error for kind in self.kinds)

    @property
    def changes(self) -> int:
        """How many entities a sync would write or delete."""
        return len(self.create) + len(self.update) + len(self.delete)


@dataclass(slots=True)
class Wanted:
    """The entities of a mapping, gathered kind by kind."""

    kinds: list[KindPlan] = field(default_factory=list)
    entities: dict[Name, Entity] = field(default_factory=dict)


async def gathered(entries: Sequence[Entry], extractor: Extractor, mapper: Mapper) -> AsyncIterator[Wanted]:
    """Reads the API and maps it, as a sync does; what there is so far, after each batch and each kind."""
    wanted = Wanted()
    for entry in entries:
        blueprint = entry.mapping.fields.get("blueprint")
        plan = KindPlan(entry.kind, blueprint=blueprint, enable_delete=entry.enable_delete)
        wanted.kinds.append(plan)
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
                        wanted.entities[_name(entity)] = entity
                    plan.requests = extractor.requests_sent - before
                    yield wanted
        except (SyncError, ExceptionGroup) as error:
            plan.error = _words(error)
        _judge(plan, verdict, tally)
        plan.requests = extractor.requests_sent - before
        yield wanted


def _judge(plan: KindPlan, verdict: Verdict, tally: EntityTally) -> None:
    """As the resync judges the kind: an item that is unaccounted for fails it."""
    wrong = [error for error in tally.errors if not verdict.accepts(error)]
    doubts = [*verdict.doubts, *(error.doubt for error in wrong if error.doubt)]
    plan.doubts = tuple(dict.fromkeys(doubts))
    plan.error = plan.error or "; ".join(map(str, wrong))
    plan.verdict = f"doubtful: {', '.join(plan.doubts)}" if doubts else "" if plan.error else verdict.words
    plan.overwritten, plan.warning = tally.overwritten, tally.warning


async def compared(wanted: Wanted, account: PortAccount, identifier: str) -> Plan:
    """The plan of an integration's next sync. Raises PortError."""
    there: dict[Name, Entity] = {}
    for blueprint in await account.blueprints():
        async for entity in account.entities(blueprint["identifier"], f"/{identifier}/"):
            there[blueprint["identifier"], entity["identifier"]] = entity
    update = [
        name for name, entity in wanted.entities.items() if name in there and _differs(entity, there[name])
    ]
    held = withheld(EntryEnd(kind.blueprint, bool(kind.error), kind.enable_delete) for kind in wanted.kinds)
    gone = [name for name in there if name not in wanted.entities and not held.holds(name[0])]
    create = [name for name in wanted.entities if name not in there]
    unchanged = len(wanted.entities) - len(create) - len(update)
    return Plan(tuple(wanted.kinds), tuple(create), tuple(update), tuple(gone), unchanged)


def _name(entity: Entity) -> Name:
    return str(entity.get("blueprint")), str(entity.get("identifier"))


def _differs(wanted: Entity, there: Entity) -> bool:
    """Whether a merge would change the entity in Port."""
    if any(wanted.get(key) is not None and wanted[key] != there.get(key) for key in _MAPPED):
        return True
    return any(
        _given(value) != _given(_object(there.get(part)).get(name))
        for part in ("properties", "relations")
        for name, value in _object(wanted.get(part)).items()
    )


def _given(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """No related entity is null or an empty list."""
    return None if value == [] else value


def _object(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, dict) else {}


def _words(error: Exception) -> str:
    if isinstance(error, ExceptionGroup):
        return f"{error.message}: {error.exceptions[0]}"
    return str(error)
