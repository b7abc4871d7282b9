"""The `plan` command: makes the plan and prints it in one of its formats."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from builder.cli.dry_run import plan_sync
from builder.cli.inputs import Inputs, read_inputs
from builder.cli.output import console
from builder.cli.plan_markdown import failure_markdown, plan_markdown
from builder.cli.plan_output import plan_json, plan_tables
from builder.error_groups import errors_in
from builder.imports.sample_redaction import SampleRedactor
from builder.planning import Plan
from rest.errors import SyncError
from rest.origin import Redactor

type Format = Literal["tables", "json", "markdown"]


async def run_plan(
    env_file: Path | None, mapping: Path | None, max_deletions: int | None, as_format: Format
) -> Plan:
    """Print the plan of the next sync and return it. As Markdown, also an error is printed.

    Raises SyncError: there is no plan.
    """
    try:
        inputs = read_inputs(env_file, mapping)
        redact = redactor_for(inputs)
        plan = await plan_sync(replace(inputs, redact=redact))
    except* SyncError as group:
        if as_format == "markdown":
            click.echo(failure_markdown(errors_in(group)), nl=False)
        raise
    if as_format == "json":
        click.echo(plan_json(plan))
    elif as_format == "markdown":
        text = plan_markdown(plan, SampleRedactor(redact), max_deletions=max_deletions)
        click.echo(text, nl=False)
    else:
        for table in plan_tables(plan):
            console().print(table)
    return plan


def redactor_for(inputs: Inputs) -> Redactor:
    """Return a redactor of the secrets for the API and for Port. Raises SettingsError: a setting is wrong."""
    redact = inputs.settings.redactor
    redact.include(Redactor.of([inputs.credentials.client_secret]))
    return redact
