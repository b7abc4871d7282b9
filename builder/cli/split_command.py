"""The `split` command and its options."""

from pathlib import Path

import click

from builder.cli.command import command
from builder.cli.options import as_json_option, blueprints_option, env_file_option, mapping_option


@click.command()
@env_file_option
@mapping_option
@blueprints_option
@click.option(
    "--into",
    "number",
    type=click.IntRange(2, 100),
    required=True,
    metavar="N",
    help="The number of installations.",
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="Read the parents and the first page of N children per kind, and estimate the rest.",
)
@click.option(
    "--items-per-request",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="The number of items that weigh as much as one request.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="split",
    show_default=True,
    help="The folder for the files.",
)
@click.option("--overwrite", is_flag=True, help="Replace the files of an earlier split.")
@as_json_option
@command
async def split(
    env_file: Path | None,
    mapping: Path | None,
    blueprints: Path | None,
    number: int,
    sample: int | None,
    items_per_request: int,
    output: Path,
    *,
    overwrite: bool,
    as_json: bool,
) -> int:
    """Divide a mapping over several installations. Reads all data, and writes one folder for each.

    A folder has values.yaml for the chart, and the mapping. They contain no secrets. The exit code is 1 if a
    kind cannot be read.
    """
    from builder.cli.inputs import read_inputs
    from builder.cli.split import SplitOptions, run_split

    options = SplitOptions(number, items_per_request, sample, output, overwrites=overwrite)
    return await run_split(read_inputs(env_file, mapping), blueprints, options, as_json=as_json)
