"""The `plan-comment` command and its options."""

import os
import re
from typing import TextIO

import click

from builder.cli.command import command

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


@click.command("plan-comment")
@click.option(
    "--file",
    "file",
    type=click.File(encoding="utf-8"),
    required=True,
    help="The text in Markdown, - for standard input.",
)
@click.option(
    "--name",
    default="plan",
    show_default=True,
    help="Tells the comments of several plans apart: letters, digits, dots, dashes.",
)
@command
async def plan_comment(file: TextIO, name: str) -> int:
    """Put a plan into the pull request or merge request of this job. The next job updates the same comment.

    Reads the variables that GitHub Actions and GitLab CI set, and the token in GITHUB_TOKEN or GITLAB_TOKEN.
    """
    from builder.code_host import comment_place, put_comment

    if not _NAME.fullmatch(name):
        raise click.UsageError("--name accepts letters, digits, dots and dashes")
    done = await put_comment(comment_place(os.environ), f"<!-- ocean-custom {name} -->", file.read())
    click.echo(f"{done} the comment")
    return 0
