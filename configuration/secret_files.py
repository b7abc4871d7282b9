"""Secrets in files: each secret setting has a setting with `File` after its name, which holds a path.

apiTokenFile is the path of a file with the text for apiToken.
"""

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from configuration.secrets import SECRETS
from configuration.setting_names import setting_name
from rest.errors import Mistake

_MAX_BYTES = 2**20
_SUFFIX = "_file"


def file_setting(field: str) -> str:
    """Return the field with the path for a secret: api_token_file for api_token."""
    return field + _SUFFIX


# The secrets by the fields with their paths, all in snake case.
FILE_SETTINGS: Mapping[str, str] = {file_setting(secret): secret for secret in sorted(SECRETS)}


def paths_in(values: Mapping[str, Any]) -> dict[str, Path]:
    """Return the files that settings name, by the field of the secret."""
    return {
        secret: Path(str(values[name]).strip()) for name, secret in FILE_SETTINGS.items() if name in values
    }


def with_file_contents(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the settings with the texts of the files, and one mistake for each file that gives none."""
    filled, mistakes = dict(values), []
    for secret, path in paths_in(values).items():
        name = setting_name(file_setting(secret))
        if secret in values:
            mistakes.append(Mistake(name, f"cannot be combined with {setting_name(secret)}. Set one of them"))
            continue
        try:
            filled[secret] = read_text(path)
        except ValueError as error:
            mistakes.append(Mistake(name, f"{error}: {str(path)!r:.200}"))
    return filled, mistakes


def read_text(path: Path) -> str:
    """Return the text of a file without surrounding white space.

    Raises ValueError: the file cannot be read, is larger than 1 MiB, is empty, or is not text.
    """
    try:
        # A device or a pipe would never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueError("is not a regular file")
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror or error})") from error
    if len(content) > _MAX_BYTES:
        raise ValueError("is larger than 1 MiB")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError("is not text in UTF-8") from None
    if not text:
        raise ValueError("is empty")
    return text
