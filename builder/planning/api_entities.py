"""The entities that a sync would write, read and mapped as it does."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from builder.error_groups import errors_in
from builder.mapping_file import Entry, WrongEntry
from builder.planning.field_changes import conflicts
from builder.planning.kind_plan import KindPlan, Name
from configuration.resource import Resource
from extraction import EarlierCounts, Extractor, Verdict
from mapping import Entity, EntityTally, Mapper
from rest.errors import Place, SyncError
from rest.page import Item

_MAX_CONFLICTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Write:
    """An entity that a kind sends to Port. kind: the index of the mapping entry."""

    kind: int
    entity: Entity

    @property
    def name(self) -> Name:
        """The blueprint and identifier. A search that identifies the entity is part of the name."""
        return str(self.entity.get("blueprint")), str(self.entity.get("identifier"))


@dataclass(slots=True)
class ApiEntities:
    """The writes of a sync in their order, and the plan of each kind so far."""

    kinds: list[KindPlan] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def warn_of_conflicts(self) -> None:
        """Add a warning to each kind whose entities change fields that an earlier kind has set.

        Kinds that set different fields of the same entity complete each other.
        """
        first: dict[Name, Write] = {}
        found: dict[tuple[int, int], list[str]] = {}
        for write in self.writes:
            other = first.setdefault(write.name, write)
            if other.kind != write.kind and (change := next(conflicts(other.entity, write.entity), None)):
                example = (
                    f"{' '.join(write.name)} ({change.field}: {change.old!r:.40}, then {change.new!r:.40})"
                )
                found.setdefault((other.kind, write.kind), []).append(example)
        for (earlier, later), examples in found.items():
            names = ", ".join(examples[:_MAX_CONFLICTS_SHOWN])
            warning = (
                f"{len(examples)} entities overwrite fields of the same entities from "
                f"{self.kinds[earlier].kind}: {names}. Give the kinds different identifiers or blueprints"
            )
            self.kinds[later].warnings += (warning,)


async def collect_entities(
    entries: Sequence[Entry | WrongEntry], extractor: Extractor, mapper: Mapper, earlier: EarlierCounts
) -> AsyncIterator[ApiEntities]:
    """Read and map the API as a sync does. Yields the entities so far after each batch and each kind.

    earlier: the item counts of previous syncs, for max_shrink.
    """
    collected = ApiEntities()
    for index, entry in enumerate(entries):
        if isinstance(entry, WrongEntry):
            plan = KindPlan(entry.kind, blueprint=entry.blueprint)
            _fail(plan, [entry.error])
            collected.kinds.append(plan)
            yield collected
            continue
        blueprint = entry.mapping.fields.get("blueprint")
        plan = KindPlan(entry.kind, blueprint=blueprint, enable_delete=entry.enable_delete)
        collected.kinds.append(plan)
        before = extractor.requests_sent
        verdict, tally = extractor.verdict(entry.resource), EntityTally()
        try:
            async with aclosing(extractor.batches(entry.resource, verdict)) as batches:
                async for batch in batches:
                    plan.items += len(batch)
                    entities = await _mapped(entry, batch, mapper, tally)
                    collected.writes += [Write(index, entity) for entity in entities]
                    plan.entities, plan.left_out = tally.entities, tally.left_out
                    plan.requests = extractor.requests_sent - before
                    yield collected
        except* SyncError as group:
            _fail(plan, list(errors_in(group)))
        plan.requests = extractor.requests_sent - before
        _apply_verdict(plan, verdict, tally, entry.resource, earlier.of(index))
        yield collected
    collected.warn_of_conflicts()


async def _mapped(entry: Entry, batch: list[Item], mapper: Mapper, tally: EntityTally) -> list[Entity]:
    if entry.items_to_parse:
        batch = await entry.items_to_parse.elements(batch, mapper, tally)
    mapped = await mapper.map(entry.mapping, batch)
    tally.note(mapped, batch)
    return mapped.passed


def _apply_verdict(
    plan: KindPlan, verdict: Verdict, tally: EntityTally, resource: Resource, earlier: int | None
) -> None:
    """Fail the plan's kind for the reasons that a sync would. earlier: its item count in the last sync."""
    errors = [error for error in tally.errors if not verdict.accepts(error)]
    if not plan.error and not errors and plan.enable_delete and earlier is not None:
        errors += _shrink_errors(resource, earlier, tally.items)
    doubts = [*verdict.doubts, *(error.doubt for error in errors if error.doubt)]
    plan.doubts = tuple(dict.fromkeys(doubts))
    if not plan.error:
        _fail(plan, [error.at(Place(kind=plan.kind)) for error in errors])
    plan.verdict = f"doubtful: {', '.join(plan.doubts)}" if doubts else "" if plan.error else verdict.words
    plan.overwritten = tally.overwritten
    plan.warnings = (tally.warning,) if tally.warning else ()


def _shrink_errors(resource: Resource, earlier: int, items: int) -> Iterator[SyncError]:
    try:
        resource.max_shrink.check(earlier, items, resource.accept_shrink)
    except SyncError as error:
        yield error


def _fail(plan: KindPlan, errors: Sequence[SyncError]) -> None:
    plan.error = "; ".join(error.summary for error in errors)
    plan.hint = next((error.advice for error in errors if error.advice), "")
