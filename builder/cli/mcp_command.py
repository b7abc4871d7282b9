"""The `mcp` command: the builder's tools for an assistant."""

from pathlib import Path

import click

from builder.cli.command import command
from builder.cli.options import env_file_option
from rest.errors import SyncError

_PACKAGES = frozenset({"mcp", "mcp_types"})
_INSTALL = "Install the extra: uv tool install '.[mcp]', pipx install '.[mcp]', or make install in a checkout"


@click.command()
@env_file_option
@click.option("--allow-apply", is_flag=True, help="Add a tool that writes blueprints and mapping to Port.")
@click.option(
    "--allow-post",
    is_flag=True,
    help="Send requests that may change data in the API: POST, and PUT and PATCH if allowWrites is set.",
)
@command
async def mcp(env_file: Path | None, *, allow_apply: bool, allow_post: bool) -> int:
    """Serve these commands as tools for an assistant, over the Model Context Protocol on stdin and stdout.

    The settings are read once, at the start. The assistant can neither see nor change them.
    """
    from builder.cli.inputs import read_inputs

    try:
        from builder.assistant import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        raise SyncError("the package mcp is not installed", hint=_INSTALL) from error
    await serve(read_inputs(env_file), allow_apply=allow_apply, allow_post=allow_post)
    return 0
