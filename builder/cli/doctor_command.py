"""The `doctor` command and its options."""

from pathlib import Path

import click

from builder.cli.command import command


@click.command()
@click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    help="Settings as NAME=value lines, in the format of docker run --env-file.",
)
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="The mapping file. Default: the mapping in Port."
)
@click.option("--without-responses", is_flag=True, help="Leave out the responses of the API.")
@click.option("--shapes", is_flag=True, help="Keep only names and types of the responses, no values.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default="ocean-custom-report.zip",
    show_default=True,
    help="The report: a zip archive, or a folder for another name.",
)
@click.option("--overwrite", is_flag=True, help="Replace an earlier report.")
@command
async def doctor(
    env_file: Path | None,
    mapping: Path | None,
    output: Path,
    *,
    without_responses: bool,
    shapes: bool,
    overwrite: bool,
) -> int:
    """Write a report for a bug: settings without secrets, mapping, versions, findings, first pages.

    It requests the first page of each endpoint once, and works also if the settings or the mapping are wrong.
    """
    if without_responses and shapes:
        raise click.UsageError("--without-responses cannot be combined with --shapes")
    from builder.cli.doctor import DoctorOptions, run_doctor
    from builder.report import Detail

    detail: Detail | None = None if without_responses else "shapes" if shapes else "values"
    return await run_doctor(env_file, mapping, DoctorOptions(detail, output, overwrite))
