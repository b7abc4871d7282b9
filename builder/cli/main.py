"""The commands of `ocean-custom`.

Each command imports what it runs, so that no command, and not --help, waits for the imports of the others.
"""

import json
from pathlib import Path

import click

from builder.cli.command import Commands, command, fail
from builder.cli.comment_command import plan_comment
from builder.cli.doctor_command import doctor
from builder.cli.event_command import event
from builder.cli.mcp_command import mcp
from builder.cli.options import (
    as_json_option,
    blueprints_option,
    env_file_option,
    mapping_option,
    set_option,
    template_option,
)
from builder.cli.plan_command import plan
from builder.cli.programs import demo, sandbox
from builder.cli.split_command import split
from builder.web import DEFAULT_PORT


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Bring the data of any REST API into the Port catalog: build, test and install an integration.

    Settings and Port credentials come from the environment variables of `ocean sail`
    (OCEAN__INTEGRATION__CONFIG__BASE_URL, OCEAN__PORT__CLIENT_ID, ...) or from --env-file.
    """


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=DEFAULT_PORT,
    show_default=True,
    help="The port to listen on, 0 for any free port.",
)
@click.option("--no-browser", is_flag=True, help="Print the address without opening a browser.")
def builder(port: int, *, no_browser: bool) -> None:
    """Open the builder in the browser. It runs on this machine only."""
    from builder.web.page.server import serve

    try:
        serve(port, opens_browser=not no_browser)
    except OSError as error:
        fail(f"cannot listen on port {port}: {error.strerror}", "Choose another port with --port")


@main.command()
@env_file_option
@click.option("--base-url", help="The root of the API.")
@click.option(
    "--from",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file to start from: OpenAPI, HAR, curl, Postman, Insomnia, or a mapping of Port.",
)
@click.option("--endpoint", "endpoints", multiple=True, help="The path of an endpoint. List parents first.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="integration",
    show_default=True,
    help="The folder for the files.",
)
@click.option("--yes", is_flag=True, help="Accept all proposals without asking.")
@template_option
@set_option
@command
async def init(
    env_file: Path | None,
    base_url: str | None,
    document: Path | None,
    endpoints: tuple[str, ...],
    output: Path,
    template: str | None,
    values: tuple[str, ...],
    *,
    yes: bool,
) -> int:
    """Create an integration step by step, and write its files. They contain no secrets.

    The exit code is 1 if something in them is doubtful. The last lines say what.
    """
    from builder.cli.init_command import run_init, run_template

    if template is None:
        if values:
            raise click.UsageError("--set needs --template")
        return await run_init(env_file, base_url, document, endpoints, output, yes=yes)
    if base_url or document or endpoints or env_file:
        raise click.UsageError(
            "--template cannot be combined with --base-url, --from, --endpoint or --env-file"
        )
    return run_template(template, values, output, yes=yes)


@main.command()
@env_file_option
@mapping_option
@command
async def check(env_file: Path | None, mapping: Path | None) -> int:
    """Request the first page of each endpoint once. The exit code is 1 if one cannot be read."""
    from builder.cli.dry_run import check_endpoints, finding_lines
    from builder.cli.inputs import read_inputs

    failed = False
    async for finding in check_endpoints(read_inputs(env_file, mapping)):
        failed = failed or not finding.is_good
        line, hint = finding_lines(finding)
        click.secho(line, fg=None if finding.is_good else "red")
        if hint:
            click.echo(f"       {hint}")
    return 1 if failed else 0


@main.command()
@env_file_option
@mapping_option
@blueprints_option
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="The maximum number of entities per kind.",
)
@as_json_option
@command
async def preview(
    env_file: Path | None, mapping: Path | None, blueprints: Path | None, limit: int, *, as_json: bool
) -> int:
    """Show the first entities of each kind. The exit code is 1 if an entity breaks a rule of Port."""
    from builder.cli.dry_run import preview_kinds
    from builder.cli.inputs import read_blueprints, read_inputs
    from builder.cli.output import console, entities_table

    kinds = preview_kinds(read_inputs(env_file, mapping), read_blueprints(blueprints), limit)
    previews = [each async for each in kinds]
    if as_json:
        click.echo(json.dumps([each.document for each in previews], indent=2, ensure_ascii=False))
    else:
        for each in previews:
            console().print(entities_table(each.title, each.entities, each.problems))
            for note in each.notes:
                click.secho(f"{each.kind}: {note}", fg="yellow")
    return 1 if any(each.problems for each in previews) else 0


@main.command()
@env_file_option
@mapping_option
@blueprints_option
@click.option("--merge", is_flag=True, help="Add what is missing to existing blueprints and to the mapping.")
@click.option("--overwrite", is_flag=True, help="Change what exists in Port, too. Asks first.")
@click.option("--yes", is_flag=True, help="Overwrite without asking.")
@click.option("--dry-run", is_flag=True, help="Show the changes and write nothing.")
@command
async def apply(
    env_file: Path | None,
    mapping: Path | None,
    blueprints: Path | None,
    *,
    merge: bool,
    overwrite: bool,
    yes: bool,
    dry_run: bool,
) -> int:
    """Write blueprints and mapping to Port. Shows the changes first, and overwrites nothing by default."""
    from builder.cli.apply import apply_files
    from builder.cli.inputs import read_inputs
    from builder.creation import Mode

    inputs = read_inputs(env_file, mapping)
    mode: Mode = "overwrite" if overwrite else "merge" if merge else "create"
    return await apply_files(inputs, blueprints, mode, dry_run=dry_run, is_confirmed=yes)


@main.command()
@env_file_option
@as_json_option
@command
async def sync(env_file: Path | None, *, as_json: bool) -> int:
    """Run one resync. The exit code is 1 if it or one of its kinds fails."""
    from builder.cli.sync import run_sync

    return await run_sync(env_file, as_json=as_json)


main.add_command(doctor)
main.add_command(plan)
main.add_command(plan_comment)
main.add_command(event)
main.add_command(mcp)
main.add_command(split)
main.add_command(sandbox)
main.add_command(demo)
