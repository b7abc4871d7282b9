"""The settings in a report: values, but for a secret only whether it is set, and about how long it is."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from builder.install.environment import SETTING_PREFIX
from builder.report.masking import Masking
from builder.report.report import Part
from builder.report.secrets import OCEAN, PUBLIC_VARIABLES, is_known_setting, is_secret_setting
from configuration.secret_files import FILE_SETTINGS, read_text
from configuration.setting_names import setting_name
from rest.bodies import Json
from rest.errors import Mistake

_NAME = "settings.json"
_LISTENER = "OCEAN__EVENT_LISTENER"
_LISTENERS = frozenset({"POLLING", "KAFKA", "WEBHOOK", "ONCE", "WEBHOOKS_ONLY"})
_LENGTHS = (8, 16, 32, 64, 256, 1024)
_PLACEHOLDER = re.compile(r"<[A-Z0-9_]+>")


def settings_part(
    variables: Mapping[str, str], masking: Masking, mistakes: Sequence[Mistake], warnings: Sequence[str] = ()
) -> Part:
    """Return the settings and what is wrong with them.

    variables: all variables of the process. Only Ocean's are shown.
    """
    own = {name: text for name, text in variables.items() if name.startswith(OCEAN)}
    config = {name: text for name, text in own.items() if name.startswith(SETTING_PREFIX)}
    others = {name: text for name, text in own.items() if name not in config}
    settings = {_shown_name(name): _setting(_field(name), text, masking) for name, text in config.items()}
    content: Json = {
        "settings": dict(sorted(settings.items())),
        "variables": {name: _variable(name, text, masking) for name, text in sorted(others.items())},
        "mistakes": [str(each) for each in mistakes],
        "warnings": list(warnings),
    }
    wrong = f", {len(mistakes)} wrong" if mistakes else ""
    return Part(_NAME, f"{len(config)} settings and {len(others)} variables of Ocean{wrong}", content)


def description(text: str) -> Json:
    """Return what a report says about a secret: that it is set, its length class, and typical mistakes."""
    found: dict[str, Json] = {"isSet": bool(text), "length": _length_class(len(text))}
    marks = {
        "is a placeholder": bool(_PLACEHOLDER.search(text)),
        "begins or ends with blanks": text != text.strip(),
        "is in quotes": len(text) > 1 and text[0] == text[-1] and text[0] in "'\"",
        "has line breaks": "\n" in text,
        "is not ASCII": not text.isascii(),
        "uses a variable": "${" in text,
    }
    if notes := [note for note, is_so in marks.items() if is_so]:
        found["notes"] = list(notes)
    return found


def _length_class(length: int) -> str:
    lower = 0
    for upper in _LENGTHS:
        if length < upper:
            return f"{lower} to {upper - 1} characters" if lower or length else "empty"
        lower = upper
    return f"{lower} characters or more"


def _setting(field: str, text: str, masking: Masking) -> Json:
    value = _parsed(text)
    if field in FILE_SETTINGS:
        return _file(Path(text.strip()))
    if is_secret_setting(field):
        return _outlined(value) if isinstance(value, dict) else description(text)
    if isinstance(value, dict | list):
        return masking.request(value)
    return masking.url(text) if "://" in text else masking.request(text)


def _variable(name: str, text: str, masking: Masking) -> Json:
    if name in PUBLIC_VARIABLES:
        return masking.url(text)
    value = _parsed(text)
    type_ = value.get("type") if name == _LISTENER and isinstance(value, dict) else None
    return f"type {type_}" if type_ in _LISTENERS else description(text)


def _outlined(value: Json) -> Json:
    """Return an object with its keys, and with a description of each value."""
    if isinstance(value, dict):
        return {name: _outlined(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_outlined(each) for each in value]
    return description(value if isinstance(value, str) else json.dumps(value))


def _file(path: Path) -> Json:
    try:
        return {"file": str(path), "content": description(read_text(path))}
    except ValueError as error:
        return {"file": str(path), "problem": str(error)}


def _parsed(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except ValueError:
        return text
    return value


def _field(name: str) -> str:
    return name.removeprefix(SETTING_PREFIX).lower()


def _shown_name(name: str) -> str:
    """Return the name of a setting, or the variable as it is if there is no such setting."""
    return setting_name(_field(name)) if is_known_setting(_field(name)) else name
