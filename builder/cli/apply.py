"""The `apply` command: shows what changes in Port, then writes blueprints and mapping."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from builder.cli.inputs import Inputs, read_blueprints
from builder.cli.output import console
from builder.creation import Mode, Result, write
from builder.existing import Difference, Wanted, consequences, read_difference
from builder.field_changes import FieldChange
from builder.port_account import PortAccount, open_account
from builder.project import read_project
from rest.bodies import Json
from rest.errors import ResourceError

_SIGNS = {"added": ("+", "green"), "changed": ("~", "yellow"), "removed": ("-", "red")}
_MAX_VALUE_LENGTH = 200


async def apply_files(
    inputs: Inputs, blueprints: Path | None, mode: Mode, *, dry_run: bool = False, is_confirmed: bool = False
) -> int:
    """Print the difference and write it. Returns the exit code: 1 if Port does not have everything then.

    is_confirmed: overwrite without asking. Raises SyncError: a file is wrong, or nobody confirmed.
    """
    content = inputs.mapping_in_file()
    inputs.entries(content)
    wanted = Wanted(read_blueprints(blueprints), integration_request(inputs, content))
    async with open_account(inputs.credentials) as account:
        difference = await read_difference(account, wanted)
        for line in difference_lines(difference):
            console().print(line, soft_wrap=True)
        if dry_run:
            return 0
        if mode == "overwrite" and difference.needs_overwrite and not is_confirmed:
            await _confirm(account, wanted, difference)
        failed = False
        async for result in write(account, difference, wanted.request, mode):
            failed = failed or not result.is_good
            console().print(result_line(result), soft_wrap=True)
        if failed and difference.is_blocked and mode != "overwrite":
            click.secho("Set --overwrite to change what exists in Port", err=True)
    return 1 if failed else 0


def result_line(result: Result) -> Text:
    """Return the outcome for one object."""
    color = "green" if result.is_good else "red"
    message = f". {result.message}" if result.message else ""
    return Text.assemble((f"{result.outcome:<9}", color), f" {result.name}{message}")


def difference_lines(difference: Difference) -> Iterator[Text]:
    """Yield the difference as text, one line for each object and each field."""
    for blueprint in difference.blueprints:
        yield _heading(f"blueprint {blueprint.identifier}", blueprint.state)
        if blueprint.existing is not None:
            yield from _change_lines(blueprint.changes)
    mapping = difference.mapping
    yield _heading(f"integration {mapping.identifier}", "new" if mapping.existing is None else "exists")
    yield from _change_lines(mapping.settings)
    for number, entry in enumerate(mapping.entries, 1):
        yield _heading(f"entry {number}, {entry.kind}", entry.state)
        yield from _change_lines(entry.changes)
    for warning in consequences(difference):
        yield Text(f"Warning: {warning}", style="yellow")


def _heading(name: str, state: str) -> Text:
    styles = {"new": "green", "added": "green", "removed": "red", "changed": "yellow", "extended": "green"}
    return Text.assemble(f"{name}: ", (state, styles.get(state, "")))


def _change_lines(changes: Sequence[FieldChange]) -> Iterator[Text]:
    for change in changes:
        sign, style = _SIGNS[change.kind]
        sides = [] if change.kind == "added" else [_value(change.old)]
        sides += [] if change.kind == "removed" else [_value(change.new)]
        yield Text(f"  {sign} {change.field}: {' -> '.join(sides)}", style=style)


def _value(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_VALUE_LENGTH else f"{text[: _MAX_VALUE_LENGTH - 1]}…"


async def _confirm(account: PortAccount, wanted: Wanted, shown: Difference) -> None:
    """Ask before overwriting. Raises ResourceError: nobody confirmed, or Port has changed in the meantime."""
    try:
        is_confirmed = click.confirm("Overwrite what exists in Port?", err=True)
    except click.Abort:
        is_confirmed = False
    if not is_confirmed:
        raise ResourceError(
            "nothing was written, because overwriting was not confirmed",
            hint="Set --yes to overwrite without asking",
        )
    if (await read_difference(account, wanted)).fingerprint != shown.fingerprint:
        raise ResourceError(
            "nothing was written, because Port has changed since the difference was shown",
            hint="Run the command again",
        )


def integration_request(inputs: Inputs, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of POST /v1/integration, which stores the mapping."""
    project = read_project()
    return {
        "installationId": inputs.identifier,
        "installationAppType": inputs.variables.get("OCEAN__INTEGRATION__TYPE") or project.name,
        "version": project.version,
        "changelogDestination": {},
        "config": mapping,
    }
