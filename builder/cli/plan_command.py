"""The `plan` command and its options."""

from pathlib import Path

import click

from builder.cli.command import command
from builder.cli.options import as_json_option, env_file_option, mapping_option

_CHANGES_EXIT_CODE = 3
_DELETIONS_EXIT_CODE = 4


@click.command()
@env_file_option
@mapping_option
@as_json_option
@click.option(
    "--markdown", "as_markdown", is_flag=True, help="Print Markdown for a comment in a pull request."
)
@click.option("--exit-code", is_flag=True, help=f"Exit with {_CHANGES_EXIT_CODE} if there are changes.")
@click.option(
    "--max-deletions",
    type=click.IntRange(0),
    metavar="N",
    help=f"Exit with {_DELETIONS_EXIT_CODE} if the sync would delete more than N entities.",
)
@command
async def plan(
    env_file: Path | None,
    mapping: Path | None,
    max_deletions: int | None,
    *,
    as_json: bool,
    as_markdown: bool,
    exit_code: bool,
) -> int:
    """Show what a sync would create, update and delete in Port. Reads all data, writes nothing.

    The exit code is 1 if the sync would fail, 4 if it would delete more than --max-deletions, and 3 if it
    would change something and --exit-code is set.
    """
    if as_json and as_markdown:
        raise click.UsageError("--json cannot be combined with --markdown")
    from builder.cli.plan import Format, run_plan

    as_format: Format = "json" if as_json else "markdown" if as_markdown else "tables"
    found = await run_plan(env_file, mapping, max_deletions, as_format)
    if found.failed:
        return 1
    if found.deletes_more_than(max_deletions):
        return _DELETIONS_EXIT_CODE
    return _CHANGES_EXIT_CODE if exit_code and found.changes else 0
