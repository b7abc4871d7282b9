"""The `sync` command: runs one resync and shows the result of each kind."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from builder.cli.inputs import read_inputs
from builder.cli.output import console, make_table
from builder.cli.resync import Resync, run_resync
from builder.port_account import open_account


async def run_sync(env_file: Path | None, *, as_json: bool) -> int:
    """Run one resync and print its result. Returns the exit code: 1 if it or one of its kinds fails."""
    inputs = read_inputs(env_file)
    _ = inputs.settings  # report wrong settings before Ocean starts
    printed: set[int] = set()
    async with open_account(inputs.credentials) as account:
        await inputs.mapping(account)
        async for state in run_resync(account, inputs.identifier, inputs.variables):
            if not as_json:
                _print_new_results(state, printed)
    if as_json:
        click.echo(json.dumps(asdict(state), indent=2, ensure_ascii=False))
    else:
        console().print(_resync_table(state))
        if not state.succeeded:
            click.echo(state.reasons, err=True)
    return 0 if state.succeeded else 1


def _print_new_results(state: Resync, printed: set[int]) -> None:
    """Print a line for each kind that has ended since. printed: the kinds that have a line already."""
    for number, kind in enumerate(state.kinds):
        if kind.is_final and number not in printed:
            printed.add(number)
            click.secho(f"{kind.state:<10} {kind.kind}", fg=None if kind.state == "completed" else "red")


def _resync_table(resync: Resync) -> Table:
    """Return the result of each kind, and why it counts as complete."""
    columns = ["kind", "state", "items", "loaded", "failed", "deleted", "overwritten", "seconds", "verdict"]
    rows = [
        [
            *(kind.kind, kind.state, kind.items, kind.loaded, kind.failed, kind.deleted, kind.overwritten),
            *(f"{kind.seconds:.1f}", kind.verdict),
        ]
        for kind in resync.kinds
    ]
    return make_table(f"Resync {resync.state}", columns, rows)
