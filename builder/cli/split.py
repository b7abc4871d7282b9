"""The `split` command: measures a mapping, divides it, and writes the files of each installation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress, SpinnerColumn, TextColumn

from builder.cli.inputs import Inputs, read_blueprints
from builder.cli.output import console
from builder.cli.split_files import check_absent, write_shares
from builder.cli.split_output import split_json, split_table
from builder.mapping_file import Entry, entry_of
from builder.planning import SyncOptions
from builder.port_account import open_account
from builder.splitting import (
    Measured,
    Split,
    groups_of,
    listings_of,
    measure,
    measure_samples,
    partitioned,
    relation_notes,
    share_mappings,
    split,
)
from extraction import open_extractor
from mapping import WorkerLimits, open_mapper
from rest.errors import ResourceError

_RELATIONS_UNKNOWN = (
    "createMissingRelatedEntities is false. To check the relations between shares, name the blueprints with "
    "--blueprints"
)


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """The options of the command. sample: None reads everything."""

    number: int
    items_per_request: int
    sample: int | None
    output: Path
    overwrites: bool = False


async def run_split(inputs: Inputs, blueprints: Path | None, options: SplitOptions, *, as_json: bool) -> int:
    """Measure the API, write the files and print the shares. Returns the exit code.

    Raises SyncError: a kind cannot be read, the mapping cannot be divided, or a file exists.
    """
    known = read_blueprints(blueprints)
    if not options.overwrites:
        check_absent(options.output, inputs.identifier, options.number)
    mapping = await inputs.mapping()
    entries = inputs.entries(mapping)
    measured = await _measured(inputs, entries, options.sample)
    unfit = _unfit(mapping, entries, measured, inputs)
    groups = groups_of(entries, measured)
    found = split(measured, options.number, options.items_per_request, groups, unfit)
    notes = [*found.notes, *_estimates(measured, options)]
    notes += await _relations(mapping, found, entries, known, inputs)
    write_shares(options.output, inputs, list(share_mappings(mapping, found.shares)))
    if as_json:
        click.echo(split_json(found, measured, inputs.identifier, options.items_per_request, notes))
        return 0
    console().print(split_table(found, measured, inputs.identifier, options.items_per_request))
    for note in notes:
        click.secho(note, fg="yellow")
    click.echo(f"Written to {options.output}. docs/several-installations.md describes the next steps")
    return 0


async def _measured(inputs: Inputs, entries: Sequence[Entry], sample: int | None) -> Measured:
    resources = [entry.resource for entry in entries]
    resources = [*listings_of(resources).values(), *resources]
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False)
    measured = Measured()
    async with open_extractor(inputs.settings, resources) as extractor, open_mapper(WorkerLimits()) as mapper:
        with Progress(*columns, console=console(stderr=True)) as progress:
            task = progress.add_task("reading the API")
            reading = (
                measure_samples(measured, entries, extractor, sample)
                if sample
                else measure(measured, entries, extractor, mapper)
            )
            async for kind in reading:
                progress.update(task, description=kind)
    return measured


def _unfit(
    mapping: Mapping[str, Any], entries: Sequence[Entry], measured: Measured, inputs: Inputs
) -> dict[int, str]:
    """Return why kinds cannot be divided by their parents, by their index."""
    found: dict[int, str] = {}
    for index, entry in enumerate(entries):
        if entry.resource.partition:
            found[index] = "it is a partition already"
        elif not entry.resource.parameters:
            found[index] = "it has no parents. Divide it by query_params or windows"
        elif measured.kinds[index].repeats:
            found[index] = "several of its items become the same entity, and may have different parents"
        else:
            try:
                written = partitioned(mapping["resources"][index], 0, 2)
                entry_of(written, inputs.settings.pagination, inputs.permissions)
            except ResourceError as error:
                found[index] = error.what
    return found


def _estimates(measured: Measured, options: SplitOptions) -> list[str]:
    notes = []
    if options.sample:
        notes.append(
            f"Requests and items are estimates from {options.sample} listings of each kind. Whether the "
            "parents of a divided kind share entities is unknown"
        )
    notes += [
        f"{kind.kind} has more items than shown: the API tells no total. Measure it without --sample"
        for kind in measured.kinds
        if not kind.is_known
    ]
    return notes


async def _relations(
    mapping: Mapping[str, Any],
    found: Split,
    entries: Sequence[Entry],
    blueprints: Sequence[Mapping[str, Any]],
    inputs: Inputs,
) -> list[str]:
    """Return what to know about relations between shares if Port does not create their targets."""
    if SyncOptions.of(mapping).creates_targets:
        return []
    if not blueprints and inputs.mapping_file is None:
        async with open_account(inputs.credentials) as account:
            blueprints = await account.blueprints()
    if not blueprints:
        return [_RELATIONS_UNKNOWN]
    return list(relation_notes(found.shares, entries, blueprints))
