"""The commands of `ocean-custom`."""

import asyncio
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Coroutine
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from loguru import logger

from builder.cli.given import given
from builder.cli.init import Answers, Built, connection, endpoint, relate, written
from builder.cli.reading import checked, plan_of, previews
from builder.cli.resync import ROOT, is_over, resynced
from builder.cli.shown import (
    console,
    entities_table,
    plan_json,
    plan_tables,
    result_line,
    resync_json,
    resync_table,
)
from builder.creation import created
from builder.draft import Installation
from builder.install import Creation
from builder.port_account import open_account
from builder.web.server import DEFAULT_PORT, serve
from configuration.setting_names import setting_name
from rest.bodies import Json
from rest.errors import SyncError

_THERE_ARE_CHANGES = 3
_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_env_file = click.option("--env-file", type=_file, help="Settings as NAME=value lines, as Docker reads them.")
_mapping = click.option("--mapping", type=_file, help="The mapping file; without it, the mapping in Port.")
_blueprints = click.option("--blueprints", type=_file, help="Blueprints, one or a list, as JSON.")


def _runs[**P](command: Callable[P, Coroutine[Any, Any, int]]) -> Callable[P, None]:
    """A command whose number is its exit code, and whose errors are told in a line."""

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
    """Any REST API into the Port catalog: build an integration, try it, install it.

    Settings and Port's credentials are read from the environment, by the names that `ocean sail` knows
    (OCEAN__INTEGRATION__CONFIG__BASE_URL, OCEAN__PORT__CLIENT_ID, ...), or from an --env-file.
    """


@main.command()
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="Where it answers; 0 takes a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def builder(port: int, *, no_browser: bool) -> None:
    """The page: connect, choose data, install. On this machine only."""
    try:
        serve(port, opens_browser=not no_browser)
    except OSError as error:
        raise click.ClickException(f"port {port}: {error.strerror}. Choose another with --port") from error


@main.command()
@_env_file
@click.option("--base-url", help="Root of the API.")
@click.option("--endpoint", "endpoints", multiple=True, help="An endpoint's path; parents before children.")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default="integration", show_default=True
)
@click.option("--yes", is_flag=True, help="Take every proposal, ask nothing.")
@_runs
async def init(
    env_file: Path | None, base_url: str | None, endpoints: tuple[str, ...], output: Path, *, yes: bool
) -> int:
    """A new integration, asked for step by step; writes its files. Secrets are only kept in memory."""
    answers = Answers(yes)
    wanted = given(env_file, None)
    known: dict[str, Json] = {setting_name(name): text for name, text in wanted.config.items()}
    built = Built(connection(answers, {**known, **({"baseUrl": base_url} if base_url else {})}))
    for kind in endpoints:
        await endpoint(answers, built, kind)
    while not yes and (not built.sampled or answers.agreed("Another endpoint?", default=False)):
        await endpoint(answers, built, answers.text("Endpoint, like /api/v1/users"))
    relate(answers, built)
    for path in written(built.draft(Installation(wanted.identifier)), output):
        click.echo(f"wrote {path}")
    click.echo(f"{output}/README.md says what to do with them")
    return 0


@main.command()
@_env_file
@_mapping
@_runs
async def check(env_file: Path | None, mapping: Path | None) -> int:
    """Can each endpoint be read? One line for each, with what to change. Exit code 1 where one cannot."""
    failed = 0
    async for finding in checked(given(env_file, mapping)):
        failed += not finding.is_good
        click.secho(str(finding), fg=None if finding.is_good else "red")
    return 1 if failed else 0


@main.command()
@_env_file
@_mapping
@_blueprints
@click.option("--limit", default=10, show_default=True, help="Entities of each kind.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of tables.")
@_runs
async def preview(
    env_file: Path | None, mapping: Path | None, blueprints: Path | None, limit: int, *, as_json: bool
) -> int:
    """The first entities of each kind, without Port. Exit code 1 where one breaks a rule of Port's."""
    found = [each async for each in previews(given(env_file, mapping), _blueprints_in(blueprints), limit)]
    if as_json:
        click.echo(json.dumps([each.document for each in found], indent=2, ensure_ascii=False))
    else:
        for each in found:
            console().print(entities_table(each.title, each.entities, each.problems))
            for note in each.notes:
                click.secho(f"{each.kind}: {note}", fg="yellow")
    return 1 if any(each.problems for each in found) else 0


@main.command()
@_env_file
@_mapping
@click.option("--json", "as_json", is_flag=True, help="JSON instead of tables.")
@click.option(
    "--exit-code", is_flag=True, help=f"Exit with {_THERE_ARE_CHANGES} where a sync would change anything."
)
@_runs
async def plan(env_file: Path | None, mapping: Path | None, *, as_json: bool, exit_code: bool) -> int:
    """What a sync would create, update and delete in Port. Reads everything, writes nothing."""
    found = await plan_of(given(env_file, mapping))
    if as_json:
        click.echo(plan_json(found))
    else:
        for shown in plan_tables(found):
            console().print(shown)
    if found.failed:
        return 1
    return _THERE_ARE_CHANGES if exit_code and found.changes else 0


@main.command()
@_env_file
@_mapping
@_blueprints
@click.option(
    "--merge", is_flag=True, help="Add what a blueprint in Port lacks; nothing is ever taken from it."
)
@_runs
async def apply(env_file: Path | None, mapping: Path | None, blueprints: Path | None, *, merge: bool) -> int:
    """Blueprints and the mapping into Port, one line for each."""
    wanted = given(env_file, mapping)
    content = await wanted.mapping_of(None)
    wanted.entries(content)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    request = {
        "installationId": wanted.identifier,
        "installationAppType": wanted.variables.get("OCEAN__INTEGRATION__TYPE") or project["name"],
        "version": project["version"],
        "changelogDestination": {},
        "config": content,
    }
    failed = False
    async with open_account(wanted.credentials) as account:
        creation = Creation(tuple(_blueprints_in(blueprints)), {})
        async for result in created(account, creation, request, merge=merge):
            failed = failed or not result.is_good
            console().print(result_line(result))
    return 1 if failed else 0


@main.command()
@_env_file
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines and a table.")
@_runs
async def sync(env_file: Path | None, *, as_json: bool) -> int:
    """One resync, with a line for each kind. Exit code 1 where it, or a kind of it, failed."""
    wanted = given(env_file, None)
    _ = wanted.settings
    told: set[int] = set()
    async with open_account(wanted.credentials) as account:
        await wanted.mapping_of(account)
        async for state in resynced(account, wanted.identifier, wanted.variables):
            for number, kind in enumerate(state.kinds):
                if is_over(kind) and number not in told and not as_json:
                    told.add(number)
                    click.secho(
                        f"{kind.state:<10} {kind.kind}", fg=None if kind.state == "completed" else "red"
                    )
    if as_json:
        click.echo(resync_json(state))
    else:
        console().print(resync_table(state))
    if not state.succeeded and not as_json:
        click.echo(state.reasons, err=True)
    return 0 if state.succeeded else 1


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def sandbox(options: tuple[str, ...]) -> None:
    """Port on this machine. OPTIONS are its own: see `ocean-custom sandbox -- --help`."""
    sys.exit(_program("-m", "sandbox.port_api", *options))


@main.command()
def demo() -> None:
    """A sandbox, a sample API, and one real resync between them."""
    sys.exit(_program("scripts/demo.py"))


def _program(*command: str) -> int:
    return subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode  # noqa: S603 - our own


def _blueprints_in(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SyncError(
            f"{path} holds no JSON", hint="Blueprints are an object, or a list of them"
        ) from error
    return found if isinstance(found, list) else [found]
