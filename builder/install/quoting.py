"""Quoting for shells and for Helm."""

import re
import shlex
from collections.abc import Iterable

# Characters with a meaning inside double quotes. `!` has one at a prompt only, where commands are pasted.
_SPECIAL_IN_DOUBLE_QUOTES = frozenset('"$`\\!\n\r')
# Values that Helm's --set does not read as text.
_TYPED = re.compile(r"true|false|null|0|[+-]?[0-9]+")


def shell_text(text: str) -> str:
    """Return a text as one shell word, in double quotes if possible, as in Port's manuals."""
    return shlex.quote(text) if _SPECIAL_IN_DOUBLE_QUOTES & set(text) else f'"{text}"'


def command(start: str, options: Iterable[str]) -> str:
    """Return a command with one option per line."""
    return " \\\n  ".join([start, *options]) + "\n"


def helm_text(text: str) -> str:
    """Return a text as a value of --set or --set-string, where , separates values and { starts a list."""
    escaped = text.replace("\\", "\\\\").replace(",", "\\,")
    return f"\\{escaped}" if escaped.startswith("{") else escaped


def is_typed_by_helm(text: str) -> bool:
    """Return whether --set reads a text as a boolean, a number or null. --set-string does not."""
    return _TYPED.fullmatch(text.casefold()) is not None
