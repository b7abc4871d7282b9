"""What the commands read: findings, the first entities, and the whole plan."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from rich.progress import Progress, SpinnerColumn, TextColumn

from builder.cli.given import Given
from builder.cli.shown import console
from builder.mapping_file import Entry, entry_of
from builder.planning import Plan, compared, gathered
from builder.port_account import PortAccount, open_account
from builder.port_rules import Problem, problems
from extraction import Extractor, Finding, open_extractor
from mapping import Entity, EntityTally, Mapper, WorkerLimits, open_mapper
from rest.bodies import Json
from rest.errors import ResourceError
from rest.page import Item


@dataclass(frozen=True, slots=True)
class KindPreview:
    """The first entities of a kind, the rules of Port's that they break, and what speaks against the items.

    notes: doubts that these items raise already, and entities that overwrite each other.
    """

    kind: str
    entities: Sequence[Entity]
    problems: Sequence[Problem]
    left_out: int
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The kind, and what is not shown of it."""
        return f"{self.kind}: {self.left_out} items left out" if self.left_out else self.kind

    @property
    def document(self) -> dict[str, Any]:
        """All of it, for JSON."""
        wrong = [
            {"entity": each.number, "field": each.field, "problem": each.words} for each in self.problems
        ]
        return {
            "kind": self.kind,
            "entities": list(self.entities),
            "problems": wrong,
            "leftOut": self.left_out,
            "notes": list(self.notes),
        }


async def checked(wanted: Given) -> AsyncIterator[Finding]:
    """A finding for each entry of the mapping, in order."""
    settings = wanted.settings
    found = [_entry_or_finding(entry, wanted) for entry in (await _mapping(wanted))["resources"]]
    resources = [entry.resource for entry in found if isinstance(entry, Entry)]
    async with open_extractor(settings, resources) as extractor:
        for each in found:
            yield await extractor.probe(each.resource) if isinstance(each, Entry) else each


async def previews(
    wanted: Given, blueprints: Sequence[Mapping[str, Any]], limit: int
) -> AsyncIterator[KindPreview]:
    """The first entities of each kind. Raises SyncError: an endpoint cannot be read."""
    by_name = {blueprint.get("identifier"): blueprint for blueprint in blueprints}
    async with _opened(wanted) as (entries, extractor), open_mapper(WorkerLimits()) as mapper:
        for entry in entries:
            yield await _preview(entry, extractor, mapper, by_name, limit)


async def plan_of(wanted: Given) -> Plan:
    """The plan of the next sync."""
    async with (
        open_account(wanted.credentials) as account,
        _opened(wanted, account) as (entries, extractor),
        open_mapper(WorkerLimits()) as mapper,
    ):
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), console=console(stderr=True)
        ) as progress:
            task = progress.add_task("reading the API")
            async for state in gathered(entries, extractor, mapper):
                now = state.kinds[-1]
                progress.update(task, description=f"{now.kind}: {now.items} items")
            progress.update(task, description="reading Port")
            return await compared(state, account, wanted.identifier)


def _entry_or_finding(entry: Any, wanted: Given) -> Entry | Finding:  # noqa: ANN401
    try:
        return entry_of(entry, wanted.settings.pagination, wanted.permissions)
    except ResourceError as error:
        return Finding(error.place.kind or "?", is_good=False, message=error.without_kind)


async def _preview(
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
            for part in _parts(batch, limit):
                mapped = await mapper.map(entry.mapping, part)
                tally.note(mapped, part)
                entities += [*mapped.passed, *mapped.incomplete]
                if len(entities) >= limit:
                    break
            if len(entities) >= limit:
                break
    shown = entities[:limit]
    names = dict.fromkeys(str(entity.get("blueprint")) for entity in shown)
    wrong = [problem for name in names for problem in _problems(shown, name, blueprints.get(name))]
    doubts = [error for error in [*verdict.errors, *tally.errors] if not verdict.accepts(error)]
    notes = [*map(str, doubts), *([tally.warning] if tally.warning else [])]
    in_order = sorted(wrong, key=lambda each: each.number)
    return KindPreview(entry.kind, shown, in_order, tally.left_out, tuple(notes))


def _problems(entities: Sequence[Entity], name: str, blueprint: Mapping[str, Json] | None) -> list[Problem]:
    """Of the entities of one blueprint; without it, what holds for every entity."""
    numbers = [number for number, entity in enumerate(entities) if str(entity.get("blueprint")) == name]
    found = problems([entities[number] for number in numbers], blueprint)
    return [Problem(numbers[each.number], each.field, each.words) for each in found]


def _parts(batch: list[Item], size: int) -> list[list[Item]]:
    return [batch[start : start + size] for start in range(0, len(batch), size)]


@asynccontextmanager
async def _opened(
    wanted: Given, account: PortAccount | None = None
) -> AsyncIterator[tuple[list[Entry], Extractor]]:
    """The entries of the mapping, from its file or from Port, and what reads them."""
    entries = wanted.entries(await _mapping(wanted, account))
    async with open_extractor(wanted.settings, [entry.resource for entry in entries]) as extractor:
        yield entries, extractor


async def _mapping(wanted: Given, account: PortAccount | None = None) -> dict[str, Any]:
    if wanted.mapping or account:
        return await wanted.mapping_of(account)
    async with open_account(wanted.credentials) as opened:
        return await wanted.mapping_of(opened)
