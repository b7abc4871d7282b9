"""Env files, in the format of `docker run --env-file`: NAME=value, without quotes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rest.errors import Mistake, SettingsError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_EXPORT = re.compile(r"export\s+")
_QUOTES = ("'", '"')


@dataclass(slots=True)
class EnvFile:
    """The variables of a file.

    notes: lines that are read here as a shell reads them, and by Docker otherwise.
    mistakes: lines that are not NAME=value, or why the file cannot be read. wrong_lines: those lines.
    """

    variables: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    wrong_lines: list[str] = field(default_factory=list)


def read_env_file(path: Path, environ: Mapping[str, str]) -> EnvFile:
    """Return the content of an env file. environ: the values of lines with a name only.

    Raises SettingsError: the file cannot be read, or a line is not NAME=value.
    """
    found = read_lines(path, environ)
    if found.mistakes:
        raise SettingsError(found.mistakes)
    return found


def read_lines(path: Path, environ: Mapping[str, str]) -> EnvFile:
    """Return what can be read of an env file, and what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        hint = "Check the path, and that the file is text in UTF-8"
        return EnvFile(mistakes=[Mistake(str(path), "cannot read this file", hint)])
    found = EnvFile()
    for number, line in enumerate(text.split("\n"), 1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        place = f"{path}, line {number}"
        name, sign, value = _without_export(found, place, written).partition("=")
        if not _NAME.fullmatch(name.rstrip()):
            found.mistakes.append(Mistake(place, f"{name[:60]!r} is not NAME=value", "Write NAME=value"))
            found.wrong_lines.append(written)
        elif sign:
            found.variables[name.rstrip()] = _plain(found, place, name, value)
        elif name in environ:
            found.variables[name] = environ[name]
    return found


def _without_export(found: EnvFile, place: str, line: str) -> str:
    start = _EXPORT.match(line)
    if not start:
        return line
    found.notes.append(f"{place}: export is ignored here. docker run --env-file rejects it: remove it")
    return line[start.end() :]


def _plain(found: EnvFile, place: str, name: str, value: str) -> str:
    """Return a value without the quotes and blanks around it."""
    text = value.strip()
    if name != name.rstrip() or value != value.lstrip():
        found.notes.append(f"{place}: blanks around = are ignored here, but not by docker run: remove them")
    if len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES and text[0] not in text[1:-1]:
        found.notes.append(f"{place}: the quotes are ignored here, but docker run keeps them: remove them")
        return text[1:-1]
    return text
