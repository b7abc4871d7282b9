"""Texts that a shell, and Helm behind it, give back as they were."""

import re
import shlex
from collections.abc import Iterable

# What a shell reads inside double quotes; `!` only at a prompt, and that is where commands are pasted.
_READ_IN_DOUBLE_QUOTES = frozenset('"$`\\!\n\r')
# What Helm's --set makes something else of than text.
_TYPED = re.compile(r"true|false|null|0|[+-]?[0-9]+")


def shell_text(text: str) -> str:
    """A text as one word of a shell: in double quotes where these leave it alone, as the manuals print."""
    return shlex.quote(text) if _READ_IN_DOUBLE_QUOTES & set(text) else f'"{text}"'


def command(words: str, options: Iterable[str]) -> str:
    """A command with an option a line, ended by a line break."""
    return " \\\n  ".join([words, *options]) + "\n"


def helm_text(text: str) -> str:
    """A text as a value of --set or --set-string: commas part values, a brace begins a list."""
    escaped = text.replace("\\", "\\\\").replace(",", "\\,")
    return f"\\{escaped}" if escaped.startswith("{") else escaped


def is_typed_by_helm(text: str) -> bool:
    """Whether --set would make a boolean, a number or nothing of a text; --set-string does not."""
    return _TYPED.fullmatch(text.casefold()) is not None
