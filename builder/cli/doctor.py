"""The `doctor` command: writes a report for a bug."""

import os
from dataclasses import dataclass
from pathlib import Path

import click
from loguru import logger

from builder.cli.env_file import EnvFile, read_lines
from builder.cli.examination import Examination
from builder.cli.inputs import Inputs
from builder.report import Detail, Masking, Part, Report, known_secrets, words_of


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """What the report contains, and where it is written. detail: None for no responses."""

    detail: Detail | None
    output: Path
    overwrites: bool


async def run_doctor(env_file: Path | None, mapping: Path | None, options: DoctorOptions) -> int:
    """Write the report and print what is in it. Returns 0. Raises ResourceError: it cannot be written."""
    file = read_lines(env_file, os.environ) if env_file else EnvFile()
    place = str(env_file) if env_file else "the environment"
    inputs = Inputs({**os.environ, **file.variables}, mapping, place)
    masking = Masking(known_secrets(inputs.variables, file.variables))
    masking.learn(word for line in file.wrong_lines for word in words_of(line))
    report = Report(masking)
    log: list[str] = []
    # The terminal would show what the report masks.
    logger.remove()
    logger.add(log.append, level="INFO", format="{level}: {message}")
    await Examination(inputs, file, report, options.detail).run()
    report.add(Part("log.txt", f"{len(log)} lines of the log", str(masking.sample("".join(log)))))
    report.write(options.output, overwrites=options.overwrites)
    for name, summary in report.lines():
        click.echo(f"{name:<20} {summary}")
    click.echo(f"\nWrote {options.output}. Read it before you send it: secrets are masked, other data is not")
    return 0
