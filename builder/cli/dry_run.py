"""Commands that read the API and write nothing: findings, previews and plans."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from loguru import logger
from rich.progress import Progress, SpinnerColumn, TextColumn

from builder.cli.inputs import Inputs
from builder.cli.output import console
from builder.mapping_file import Entry, entry_of
from builder.planning import Plan, SyncOptions, Target, collect_entities, make_plan
from builder.port_account import PortAccount, PortError, open_account
from builder.port_rules import Problem, problems
from builder.sampling import QUICK_LIMITS, quick
from extraction import MAX_RESYNCS, EarlierCounts, Extractor, Finding, open_extractor
from mapping import Entity, EntityTally, Mapper, WorkerLimits, open_mapper
from rest.bodies import Json
from rest.errors import ResourceError
from rest.page import Item


@dataclass(frozen=True, slots=True)
class KindPreview:
    """The first entities of a kind, and the rules of Port that they break.

    notes: doubts about the items read so far, and entities that overwrite each other.
    """

    kind: str
    entities: Sequence[Entity]
    problems: Sequence[Problem]
    left_out: int
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The kind, and the number of items that the query excludes."""
        return f"{self.kind}: {self.left_out} items filtered out" if self.left_out else self.kind

    @property
    def document(self) -> dict[str, Any]:
        """The preview as JSON."""
        found = [
            {"entity": each.number, "field": each.field, "problem": each.message} for each in self.problems
        ]
        return {
            "kind": self.kind,
            "entities": list(self.entities),
            "problems": found,
            "leftOut": self.left_out,
            "notes": list(self.notes),
        }


async def check_endpoints(inputs: Inputs) -> AsyncIterator[Finding]:
    """Request the first page of each resource once. Yields a finding for each, in the mapping's order."""
    settings = quick(inputs.settings)
    mapping = await inputs.mapping()
    entries = [entry_or_finding(entry, inputs) for entry in mapping["resources"]]
    resources = [entry.resource for entry in entries if isinstance(entry, Entry)]
    limits = replace(QUICK_LIMITS, reads_only=inputs.reads_only)
    async with open_extractor(settings, resources, redact=inputs.redact, limits=limits) as extractor:
        for each in entries:
            if isinstance(each, Entry):
                with console(stderr=True).status(f"checking {each.kind}"):
                    finding = await extractor.probe(each.resource)
                yield finding
            else:
                yield each


def finding_lines(finding: Finding) -> tuple[str, str]:
    """Return what a check found, and what to do about it."""
    error = finding.error
    start = f"{'ok    ' if finding.is_good else 'FAILED'} {finding.kind}: "
    if error is None:
        return f"{start}{finding.message}", ""
    place = f" ({error.place.request})" if error.place.request else ""
    reason = f": {error.because.summary}" if error.because else ""
    return f"{start}{error.what}{reason}{place}", error.advice


async def preview_kinds(
    inputs: Inputs, blueprints: Iterable[Mapping[str, Any]], limit: int
) -> AsyncIterator[KindPreview]:
    """Yield the first entities of each kind. Raises SyncError: an endpoint cannot be read."""
    by_name = {blueprint.get("identifier"): blueprint for blueprint in blueprints}
    entries = inputs.entries(await inputs.mapping())
    resources = [entry.resource for entry in entries]
    async with (
        open_extractor(inputs.settings, resources, redact=inputs.redact, limits=inputs.limits) as extractor,
        open_mapper(WorkerLimits()) as mapper,
    ):
        for entry in entries:
            yield await _preview_kind(entry, extractor, mapper, by_name, limit)


async def plan_sync(inputs: Inputs) -> Plan:
    """Return the plan of the next sync. Shows the progress on stderr."""
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False)
    async with aclosing(plan_steps(inputs)) as steps:
        step = await anext(steps)
        with Progress(*columns, console=console(stderr=True)) as progress:
            task = progress.add_task("")
            while not isinstance(step, Plan):
                progress.update(task, description=step)
                step = await anext(steps)
            return step


async def plan_steps(
    inputs: Inputs, blueprints: Iterable[Mapping[str, Any]] = ()
) -> AsyncGenerator[str | Plan]:
    """Yield what is being done, and finally the plan of the next sync.

    blueprints: the plan is for Port with these, as `apply --merge` leaves them.
    """
    settings = inputs.settings
    async with open_account(inputs.credentials) as account:
        mapping = await inputs.mapping(account)
        entries = inputs.readable_entries(mapping)
        resources = [entry.resource for entry in entries if isinstance(entry, Entry)]
        earlier = await _earlier_counts(account, inputs.identifier, [entry.kind for entry in entries])
        async with (
            open_extractor(settings, resources, redact=inputs.redact, limits=inputs.limits) as extractor,
            open_mapper(WorkerLimits()) as mapper,
        ):
            yield "reading the API"
            async for collected in collect_entities(entries, extractor, mapper, earlier):
                kind = collected.kinds[-1]
                yield f"{kind.kind}: {kind.items} items"
            yield "reading Port"
            target = Target(inputs.identifier, inputs.integration_type, tuple(blueprints))
            yield await make_plan(collected, account, target, SyncOptions.of(mapping))


async def _earlier_counts(account: PortAccount, identifier: str, kinds: Sequence[str]) -> EarlierCounts:
    """Return the item counts of previous syncs. If Port does not return them, warns as a sync does."""
    counts = EarlierCounts(kinds)
    try:
        async with aclosing(account.syncs(identifier)) as syncs:
            number = 0
            async for metrics in syncs:
                number += 1
                counts.add(metrics)
                if counts.are_complete or number == MAX_RESYNCS:
                    break
    except (PortError, LookupError, TypeError, ValueError) as error:
        logger.warning(
            "max_shrink is not checked: Port did not return the item counts of previous resyncs ({})",
            type(error).__name__,
        )
    return counts


def entry_or_finding(entry: Any, inputs: Inputs) -> Entry | Finding:  # noqa: ANN401
    """Return an entry of the mapping, or a finding that says what is wrong with it."""
    try:
        return entry_of(entry, inputs.settings.pagination, inputs.permissions)
    except ResourceError as error:
        return Finding(
            error.place.kind or "?", is_good=False, message=error.text(with_kind=False), error=error
        )


async def _preview_kind(
    entry: Entry,
    extractor: Extractor,
    mapper: Mapper,
    blueprints: Mapping[Any, Mapping[str, Any]],
    limit: int,
) -> KindPreview:
    entities: list[Entity] = []
    verdict, tally = extractor.verdict(entry.resource), EntityTally()
    async with aclosing(extractor.batches(entry.resource, verdict)) as batches:
        async for batch in batches:
            elements = batch
            if entry.items_to_parse:
                elements = await entry.items_to_parse.elements(batch, mapper, tally)
            for part in _parts(elements, limit):
                mapped = await mapper.map(entry.mapping, part)
                tally.note(mapped, part)
                entities += [*mapped.passed, *mapped.incomplete]
                if len(entities) >= limit:
                    break
            if len(entities) >= limit:
                break
    shown = entities[:limit]
    doubts = [error for error in [*verdict.errors, *tally.errors] if not verdict.accepts(error)]
    notes = [*map(str, doubts), *([tally.warning] if tally.warning else [])]
    return KindPreview(entry.kind, shown, _problems(shown, blueprints), tally.left_out, tuple(notes))


def _problems(entities: Sequence[Entity], blueprints: Mapping[Any, Mapping[str, Json]]) -> Sequence[Problem]:
    """Return the problems by entity. Without its blueprint, only identifier and title are checked."""
    found: list[Problem] = []
    for name in dict.fromkeys(str(entity.get("blueprint")) for entity in entities):
        numbers = [number for number, entity in enumerate(entities) if str(entity.get("blueprint")) == name]
        own = problems([entities[number] for number in numbers], blueprints.get(name))
        found += [Problem(numbers[each.number], each.field, each.message) for each in own]
    return sorted(found, key=lambda each: each.number)


def _parts(batch: list[Item], size: int) -> list[list[Item]]:
    return [batch[start : start + size] for start in range(0, len(batch), size)]
