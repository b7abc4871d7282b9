"""How commands end: exit codes, error messages of two lines, Ctrl+C."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from functools import partial, wraps
from typing import Any, NoReturn, override

import click
from loguru import logger

from builder.error_groups import errors_in
from rest.errors import ResourceError, SettingsError, SyncError

_MAPPING_ADVICE = "Correct it in the mapping. docs/mapping.md describes each key"
FAILED = 1
# 128 + SIGINT, as shells have it.
INTERRUPTED = 130


class Commands(click.Group):
    """A group of commands. Ctrl+C ends each of them with exit code 130 and without a traceback."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nInterrupted", err=True)
            sys.exit(INTERRUPTED)


def command[**P](function: Callable[P, Coroutine[Any, Any, int]]) -> Callable[P, None]:
    """Wrap an async command that returns its exit code. Errors become messages of two lines."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        logger.remove()
        logger.add(partial(click.echo, err=True, nl=False), level="WARNING", format="{message}")
        try:
            code = _run(function(*args, **kwargs))
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader of the output has ended, like head. Nothing is left to flush at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = FAILED
        sys.exit(code)

    return run


def _run(running: Coroutine[Any, Any, int]) -> int:
    """Run a command to its end and return its exit code. Shows its errors."""
    try:
        return asyncio.run(running)
    except* SyncError as group:
        for error in errors_in(group):
            show_error(error)
    return FAILED


def fail(what: str, hint: str) -> NoReturn:
    """End the command with an error. hint: what the user can change."""
    show_error(SyncError(what, hint=hint))
    sys.exit(FAILED)


def show_error(error: SyncError) -> None:
    """Print what is wrong on one line, and what to do about it on the next."""
    for what, hint in error_lines(error):
        click.secho(f"Error: {what}", fg="red", err=True)
        if hint:
            click.echo(f"       {hint}", err=True)


def error_lines(error: SyncError) -> Iterator[tuple[str, str]]:
    """Yield what is wrong and what to do about it, for each mistake in the settings."""
    if isinstance(error, SettingsError):
        yield from ((f"{mistake.name}: {mistake.what}", mistake.hint) for mistake in error.mistakes)
    else:
        advice = error.advice or (_MAPPING_ADVICE if isinstance(error, ResourceError) else "")
        yield error.summary, advice
