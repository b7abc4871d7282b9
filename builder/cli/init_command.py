"""The `init` command: asks for an integration step by step, and writes its files."""

from collections.abc import Sequence
from pathlib import Path

import click

from builder.cli.documents import read_document
from builder.cli.init import Builder, add_endpoints
from builder.cli.init_files import check_output, settle_pagination, write_files
from builder.cli.inputs import read_inputs
from builder.cli.prompt import Prompt, ask_connection
from builder.cli.template import ask_template
from builder.draft import Draft
from builder.imports import Imported
from builder.install.steps import README
from configuration.setting_names import setting_name
from rest.bodies import Json


async def run_init(
    env_file: Path | None,
    base_url: str | None,
    document: Path | None,
    endpoints: Sequence[str],
    output: Path,
    *,
    yes: bool,
) -> int:
    """Write the files of an integration. Returns the exit code: 1 if something in them is doubtful."""
    check_output(output)
    prompt = Prompt(yes)
    inputs = read_inputs(env_file)
    offered = read_document(document) if document else Imported()
    known: dict[str, Json] = {setting_name(name): text for name, text in inputs.config.items()}
    built = Builder(
        ask_connection(prompt, {**offered.settings, **known, **({"baseUrl": base_url} if base_url else {})})
    )
    await add_endpoints(prompt, built, offered, endpoints)
    settle_pagination(built)
    _write(built.draft(inputs.installation), output)
    for doubt in built.doubts:
        click.secho(f"Doubtful: {doubt}", fg="yellow", err=True)
    return 1 if built.doubts else 0


def run_template(template: str, values: Sequence[str], output: Path, *, yes: bool) -> int:
    """Write the files of a template's integration. Returns the exit code."""
    check_output(output)
    _write(ask_template(Prompt(yes), template, values), output)
    return 0


def _write(draft: Draft, output: Path) -> None:
    paths = write_files(draft, output)
    click.echo(f"Wrote {len(paths)} files to {output}. {output / README} has the next steps")
