"""Templates: the ready integrations in `examples/`, filled in with the user's values."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from builder.draft import Draft, Installation
from builder.existing import read_mapping_draft
from builder.install import is_secret
from builder.install.environment import SETTING_PREFIX
from builder.json_values import as_object
from builder.project import ROOT
from configuration.setting_names import setting_name
from rest.bodies import Json
from rest.errors import SyncError

FOLDER = ROOT / "examples"
_SETTINGS, _MAPPING, _BLUEPRINTS, _README = (
    "settings.env",
    "port-app-config.yml",
    "blueprints.json",
    "README.md",
)
_IDENTIFIER = "OCEAN__INTEGRATION__IDENTIFIER"
_PLACEHOLDER = re.compile(r"<(?:YOUR_)?([A-Z0-9_]+)>")
_ABBREVIATIONS = frozenset({"api", "id", "url"})


class TemplateError(SyncError):
    """A template does not exist, or lacks a value."""


@dataclass(frozen=True, slots=True)
class Need:
    """A value that the user provides. name: `organisation` for <YOUR_ORGANISATION>."""

    name: str
    label: str
    is_secret: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A ready integration. settings: by name, with placeholders. needs: what takes their place."""

    name: str
    title: str
    needs: tuple[Need, ...]
    settings: Mapping[str, Json]
    mapping: Mapping[str, Json]
    blueprints: tuple[Mapping[str, Json], ...]
    identifier: str


def template_titles(folder: Path = FOLDER) -> dict[str, str]:
    """Return the titles of all templates by name, in alphabetical order."""
    readmes = sorted(folder.glob(f"*/{_README}"))
    return {file.parent.name: _title(file) for file in readmes if file.with_name(_SETTINGS).is_file()}


def read_template(name: str, folder: Path = FOLDER) -> Template:
    """Read a template. Raises TemplateError: there is none of this name."""
    names = template_titles(folder)
    if name not in names:
        raise TemplateError(f"There is no template {name!r:.50}", hint=f"Choose one of {', '.join(names)}")
    variables = _read_variables(folder / name / _SETTINGS)
    settings = {
        setting_name(variable.removeprefix(SETTING_PREFIX).lower()): _value(text)
        for variable, text in variables.items()
        if variable.startswith(SETTING_PREFIX)
    }
    mapping = yaml.safe_load((folder / name / _MAPPING).read_text(encoding="utf-8"))
    blueprints = json.loads((folder / name / _BLUEPRINTS).read_text(encoding="utf-8"))
    needs = tuple(sorted(_needs(settings, mapping), key=lambda need: need.is_secret))
    return Template(
        name, names[name], needs, settings, mapping, tuple(blueprints), variables.get(_IDENTIFIER, name)
    )


def draft_of(template: Template, values: Mapping[str, str]) -> Draft:
    """Return the integration with the user's values.

    values: by the names of the needs. A setting whose secret is missing is left out.
    Raises TemplateError: a value that is not secret is missing.
    """
    given = {name: text.strip() for name, text in values.items() if text.strip()}
    for need in template.needs:
        if need.name not in given and not need.is_secret:
            raise TemplateError(f"{need.label}: required", hint=f"{template.title} needs it")
    settings = {name: _filled_in(value, given) for name, value in template.settings.items()}
    known = {name: value for name, value in settings.items() if not _placeholders(value)}
    draft = read_mapping_draft(as_object(_filled_in(dict(template.mapping), given)), template.blueprints)
    return replace(draft, settings=known, installation=Installation(template.identifier))


def secret_placeholders(template: Template) -> dict[str, str]:
    """Return a value for each secret, for texts that show placeholders instead of secrets."""
    return {need.name: "to-be-filled-in" for need in template.needs if need.is_secret}


def _title(readme: Path) -> str:
    first = readme.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip()


def _read_variables(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: text for name, _, text in pairs}


def _value(text: str) -> Json:
    value: Json = json.loads(text) if text.startswith(("{", "[")) else text
    return value


def _needs(settings: Mapping[str, Json], mapping: Json) -> Iterator[Need]:
    """Yield the distinct needs: those of the settings, then those of the mapping."""
    secret = {name for key, value in settings.items() if is_secret(key) for name in _placeholders(value)}
    found = [name for value in (*settings.values(), mapping) for name in _placeholders(value)]
    for name in dict.fromkeys(found):
        words = [word.upper() if word in _ABBREVIATIONS else word for word in name.split("_")]
        label = " ".join(words)
        yield Need(name, label[0].upper() + label[1:], name in secret)


def _placeholders(value: Json) -> Iterable[str]:
    """Return the names of the placeholders in all texts of a value."""
    if isinstance(value, dict):
        return [name for each in value.values() for name in _placeholders(each)]
    if isinstance(value, list):
        return [name for each in value for name in _placeholders(each)]
    return [name.lower() for name in _PLACEHOLDER.findall(value)] if isinstance(value, str) else []


def _filled_in(value: Json, values: Mapping[str, str]) -> Json:
    """Return a value with the user's texts in place of the placeholders."""
    if isinstance(value, dict):
        return {name: _filled_in(each, values) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled_in(each, values) for each in value]
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: values.get(match[1].lower(), match[0]), value)
    return value
