"""The `event` command and its options."""

from pathlib import Path

import click

from builder.cli.command import command
from builder.cli.options import as_json_option, env_file_option, mapping_option


@click.command()
@env_file_option
@mapping_option
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The body of the delivery. Without --header, also headers and body as curl -i prints them, or HAR.",
)
@click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="A header of the delivery.")
@click.option("--query", multiple=True, metavar="NAME=VALUE", help="A query parameter of the delivery.")
@click.option("--method", default="POST", show_default=True, help="The method of the delivery.")
@click.option("--sign", is_flag=True, help="Sign the delivery with the secret of the settings first.")
@as_json_option
@command
async def event(
    env_file: Path | None,
    mapping: Path | None,
    file: Path,
    headers: tuple[str, ...],
    query: tuple[str, ...],
    method: str,
    *,
    sign: bool,
    as_json: bool,
) -> int:
    """Show what the integration would do with one event. Reads the API, writes nothing.

    The exit code is 1 if the event would be rejected, matches no kind, or cannot be read.
    """
    from builder.cli.event import delivery_in, run_event
    from builder.cli.inputs import read_inputs

    delivery = delivery_in(file, headers, query, method)
    return await run_event(read_inputs(env_file, mapping), delivery, sign=sign, as_json=as_json)
