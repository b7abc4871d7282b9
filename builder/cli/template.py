"""The templates of the `init` command."""

from collections.abc import Sequence

import click

from builder.cli.prompt import Prompt
from builder.draft import Draft
from builder.templates import draft_of, read_template, secret_placeholders, template_titles

_LIST = "list"


def ask_template(prompt: Prompt, name: str, values: Sequence[str]) -> Draft:
    """Return the integration of a template. The name `list` prints all templates and exits.

    values: NAME=VALUE for each need. The user is asked for the others, except for secrets, which the written
    files do not contain. Raises TemplateError: there is no such template.
    """
    if name == _LIST:
        for each, title in template_titles().items():
            click.echo(f"{each:<16} {title}")
        raise click.exceptions.Exit(0)
    template = read_template(name)
    known = dict(_pair(text) for text in values)
    unknown = known.keys() - {need.name for need in template.needs}
    if unknown:
        names = ", ".join(need.name for need in template.needs if not need.is_secret) or "nothing"
        raise click.UsageError(f"--set {min(unknown)}: the template {name} needs {names}")
    for need in template.needs:
        if not need.is_secret and need.name not in known:
            known[need.name] = prompt.text(need.label)
    return draft_of(template, {**secret_placeholders(template), **known})


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise click.UsageError(f"--set {text}: write it as NAME=VALUE")
    return name.strip().lower().removeprefix("your_"), value
