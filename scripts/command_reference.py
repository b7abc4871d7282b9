"""Make docs/command-line.md from the commands of `ocean-custom`."""

import inspect
import re
from collections.abc import Iterator

import click

from builder.cli.main import main

_PROGRAM = "ocean-custom"
# What is printed as code: options, environment variables, file names, and text that a help text has as code.
_CODE = re.compile(
    r"`[^`]+`|docker run --env-file|curl -i|\bNAME=value\b|\bvalues\.yaml\b"
    r"|(?<![\w-])--[a-z][a-z-]*|\b[A-Z]+(?:_+[A-Z]+)+\b"
)

HEAD = """# The command line

`ocean-custom` builds, tests and runs an integration in a terminal or in CI.
[The builder](builder.md#in-the-terminal) explains how the commands work together.

## Install it

You need Python 3.12, 3.13 or 3.14. With pipx, `pipx install --python 3.13 .` selects it.

| how | commands |
|---|---|
| in a clone of the repository | `make install` puts `ocean-custom` into `.venv/bin` |
| once, in an environment of its own | `uvx --from . ocean-custom demo` |
| on your PATH | `pipx install .` |
| in a container | the image has it: `docker run --rm -it IMAGE ocean-custom check` |

## Settings and mapping

- Settings and Port credentials come from the same environment variables as those of `ocean sail`, for example
  `OCEAN__INTEGRATION__CONFIG__BASE_URL` and `OCEAN__PORT__CLIENT_ID`. With `--env-file`, they come from a
  file instead.
- The mapping comes from the file in `--mapping`, or else from Port.

## Exit codes

| code | meaning |
|---|---|
| 0 | The command did what it was asked to do. |
| 1 | It failed, or it found what its description names. A message says what is wrong and what to change. |
| 2 | An option or argument is wrong. |
| 3 | Only `plan --exit-code`: a sync would change something. |
| 4 | Only `plan --max-deletions`: a sync would delete more entities. |
| 130 | Ctrl+C ended the command. |

## Commands

"""


def command_page() -> str:
    """Return the text below the notice that the page is generated."""
    commands = list(_commands(main, _PROGRAM))
    rows = [
        f"| [`{path}`](#{_anchor(path)}) | {_marked(command.get_short_help_str(200))} |"
        for path, command in commands
    ]
    overview = "\n".join(["| command | what it does |", "|---|---|", *rows])
    return f"{HEAD}{overview}\n" + "".join(_section(path, command) for path, command in commands)


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield each command with its full name, also those of groups in the group."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}", command


def _anchor(path: str) -> str:
    return path.replace(" ", "-")


def _section(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    rows = [
        _row(option) for option in command.params if isinstance(option, click.Option) and not option.hidden
    ]
    # Click shows "[OPTIONS]" for a command without options, too.
    pieces = command.collect_usage_pieces(context)[0 if rows else 1 :]
    usage = " ".join((path, *pieces))
    parts = [f"\n### {path}\n\n{_marked(_help(command))}\n\n```text\n{usage}\n```\n"]
    if rows:
        head = ["| option | accepts | default | meaning |", "|---|---|---|---|"]
        parts.append("\n" + "\n".join([*head, *rows]) + "\n")
    return "".join(parts)


def _help(command: click.Command) -> str:
    """Return the help text, one line for each paragraph."""
    paragraphs = inspect.cleandoc(command.help or "").replace("\b\n", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _marked(text: str) -> str:
    """Return the text with options, variables and file names as code."""
    return _CODE.sub(lambda found: found[0] if found[0].startswith("`") else f"`{found[0]}`", text)


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    cells = [names, _accepted(option), _default(option), _marked(option.help or "")]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _accepted(option: click.Option) -> str:
    words = f"`{option.metavar}`" if option.metavar else _type_words(option)
    return (
        f"{words}, several times"
        if option.multiple and not option.is_flag
        else ""
        if option.is_flag
        else words
    )


def _type_words(option: click.Option) -> str:
    kind = option.type
    if isinstance(kind, click.Path):
        return "a file" if kind.file_okay else "a folder"
    if isinstance(kind, click.Choice):
        return " or ".join(f"`{choice}`" for choice in kind.choices)
    if isinstance(kind, click.IntRange):
        upper = "" if kind.max is None else f" to {kind.max}"
        return f"a whole number from {kind.min or 0}{upper}"
    return {"integer": "a whole number", "float": "a number"}.get(kind.name, "a text")


def _default(option: click.Option) -> str:
    if option.required:
        return "*required*"
    return f"`{option.default}`" if option.show_default else ""
