"""The commands of `ocean-custom`."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from loguru import logger

from builder.cli.dry_run import check_endpoints, plan_sync, preview_kinds
from builder.cli.init import Builder, Prompt, add_endpoint, add_relations, ask_connection, write_files
from builder.cli.inputs import read_blueprints, read_inputs
from builder.cli.options import (
    as_json_option,
    blueprints_option,
    env_file_option,
    mapping_option,
    set_option,
    template_option,
)
from builder.cli.output import (
    console,
    entities_table,
    plan_json,
    plan_tables,
    result_line,
    resync_json,
    resync_table,
)
from builder.cli.programs import demo, sandbox
from builder.cli.resync import Resync, run_resync
from builder.cli.template import ask_template
from builder.creation import create
from builder.draft import Installation
from builder.install import Creation
from builder.port_account import open_account
from builder.project import read_project
from builder.web import DEFAULT_PORT
from configuration.setting_names import setting_name
from rest.bodies import Json
from rest.errors import SyncError

_CHANGES_EXIT_CODE = 3


def _command[**P](command: Callable[P, Coroutine[Any, Any, int]]) -> Callable[P, None]:
    """Wrap an async command that returns its exit code. Errors become a one-line message."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        logger.remove()
        logger.add(partial(click.echo, err=True, nl=False), level="WARNING", format="{message}")
        try:
            code = asyncio.run(command(*args, **kwargs))
        except SyncError as error:
            raise click.ClickException(str(error)) from error
        sys.exit(code)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Bring the data of any REST API into the Port catalog: build, test and install an integration.

    Settings and Port credentials come from the environment variables of `ocean sail`
    (OCEAN__INTEGRATION__CONFIG__BASE_URL, OCEAN__PORT__CLIENT_ID, ...) or from --env-file.
    """


@main.command()
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, help="The port to listen on, 0 for any free port."
)
@click.option("--no-browser", is_flag=True, help="Print the address without opening a browser.")
def builder(port: int, *, no_browser: bool) -> None:
    """Open the builder in the browser. It runs on this machine only."""
    # Imported here, because the web server slows down the start of the other commands.
    from builder.web.page.server import serve

    try:
        serve(port, opens_browser=not no_browser)
    except OSError as error:
        raise click.ClickException(f"Port {port}: {error.strerror}. Choose another with --port") from error


@main.command()
@env_file_option
@click.option("--base-url", help="The root of the API.")
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
@_command
async def init(
    env_file: Path | None,
    base_url: str | None,
    endpoints: tuple[str, ...],
    output: Path,
    template: str | None,
    values: tuple[str, ...],
    *,
    yes: bool,
) -> int:
    """Create an integration step by step, and write its files. They contain no secrets."""
    prompt = Prompt(yes)
    if template:
        if base_url or endpoints or env_file:
            raise click.UsageError("--template cannot be combined with --base-url, --endpoint or --env-file")
        write_files(ask_template(prompt, template, values), output)
        return 0
    inputs = read_inputs(env_file)
    known: dict[str, Json] = {setting_name(name): text for name, text in inputs.config.items()}
    built = Builder(ask_connection(prompt, {**known, **({"baseUrl": base_url} if base_url else {})}))
    for kind in endpoints:
        await add_endpoint(prompt, built, kind)
    while not yes and (not built.sampled or prompt.confirm("Add another endpoint?", default=False)):
        await add_endpoint(prompt, built, prompt.text("Path of the endpoint, for example /api/v1/users"))
    add_relations(prompt, built)
    write_files(built.draft(Installation(inputs.identifier)), output)
    return 0


@main.command()
@env_file_option
@mapping_option
@_command
async def check(env_file: Path | None, mapping: Path | None) -> int:
    """Request the first page of each endpoint. The exit code is 1 if one cannot be read."""
    failed = False
    async for finding in check_endpoints(read_inputs(env_file, mapping)):
        failed = failed or not finding.is_good
        click.secho(str(finding), fg=None if finding.is_good else "red")
    return 1 if failed else 0


@main.command()
@env_file_option
@mapping_option
@blueprints_option
@click.option("--limit", default=10, show_default=True, help="The maximum number of entities per kind.")
@as_json_option
@_command
async def preview(
    env_file: Path | None, mapping: Path | None, blueprints: Path | None, limit: int, *, as_json: bool
) -> int:
    """Show the first entities of each kind. The exit code is 1 if an entity breaks a rule of Port."""
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
@as_json_option
@click.option("--exit-code", is_flag=True, help=f"Exit with {_CHANGES_EXIT_CODE} if there are changes.")
@_command
async def plan(env_file: Path | None, mapping: Path | None, *, as_json: bool, exit_code: bool) -> int:
    """Show what a sync would create, update and delete in Port. Reads all data, writes nothing."""
    found = await plan_sync(read_inputs(env_file, mapping))
    if as_json:
        click.echo(plan_json(found))
    else:
        for table in plan_tables(found):
            console().print(table)
    if found.failed:
        return 1
    return _CHANGES_EXIT_CODE if exit_code and found.changes else 0


@main.command()
@env_file_option
@mapping_option
@blueprints_option
@click.option("--merge", is_flag=True, help="Add missing properties and relations to existing blueprints.")
@_command
async def apply(env_file: Path | None, mapping: Path | None, blueprints: Path | None, *, merge: bool) -> int:
    """Create blueprints and mapping in Port. Nothing that exists in a blueprint is changed."""
    inputs = read_inputs(env_file, mapping)
    content = inputs.mapping_in_file()
    inputs.entries(content)
    project = read_project()
    request = {
        "installationId": inputs.identifier,
        "installationAppType": inputs.variables.get("OCEAN__INTEGRATION__TYPE") or project.name,
        "version": project.version,
        "changelogDestination": {},
        "config": content,
    }
    failed = False
    async with open_account(inputs.credentials) as account:
        creation = Creation(tuple(read_blueprints(blueprints)), {})
        async for result in create(account, creation, request, merge=merge):
            failed = failed or not result.is_good
            console().print(result_line(result))
    return 1 if failed else 0


@main.command()
@env_file_option
@as_json_option
@_command
async def sync(env_file: Path | None, *, as_json: bool) -> int:
    """Run one resync. The exit code is 1 if it or one of its kinds fails."""
    inputs = read_inputs(env_file)
    _ = inputs.settings  # report wrong settings before Ocean starts
    printed: set[int] = set()
    async with open_account(inputs.credentials) as account:
        await inputs.mapping(account)
        async for state in run_resync(account, inputs.identifier, inputs.variables):
            if not as_json:
                _print_new_results(state, printed)
    if as_json:
        click.echo(resync_json(state))
    else:
        console().print(resync_table(state))
        if not state.succeeded:
            click.echo(state.reasons, err=True)
    return 0 if state.succeeded else 1


main.add_command(sandbox)
main.add_command(demo)


def _print_new_results(state: Resync, printed: set[int]) -> None:
    """Print a line for each kind that has ended since. printed: the kinds that have a line already."""
    for number, kind in enumerate(state.kinds):
        if kind.is_final and number not in printed:
            printed.add(number)
            click.secho(f"{kind.state:<10} {kind.kind}", fg=None if kind.state == "completed" else "red")
