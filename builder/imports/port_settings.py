"""Collect the settings of an installation of Port's custom integration: environment variables, Helm, YAML."""

import re
from collections.abc import Iterator, Mapping

from builder.imports.shell import read_commands
from builder.json_values import as_object
from configuration.setting_names import PAGINATION_FIELDS, setting_name
from configuration.settings import Settings
from rest.bodies import Json, parse_json

_ENVIRONMENT = re.compile(
    r"\bOCEAN__INTEGRATION__(?:CONFIG|SECRETS)__(?P<name>\w+)\s*[=:]\s*(?P<value>.*)", re.DOTALL
)
_HELM = re.compile(r"integration\.(?:config|secrets)\.(?P<name>\w+)=(?P<value>.*)", re.DOTALL)
_FILL_IN = re.compile(r"<[^<>]+>|\$\{?\w+\}?|your[-_ ].*", re.IGNORECASE)
_NAMES = {
    setting_name(name).lower(): setting_name(name) for name in (*Settings.model_fields, *PAGINATION_FIELDS)
}
_SECTIONS = ("config", "secrets")


def known_settings(found: Mapping[str, Json]) -> tuple[dict[str, Json], list[str]]:
    """Return the settings that exist here, and notes about the others and about placeholders."""
    settings: dict[str, Json] = {}
    notes: list[str] = []
    for name, value in found.items():
        own = _NAMES.get(name.replace("_", "").lower())
        if own is None:
            notes.append(f"The setting {name} does not exist here and was left out")
        elif isinstance(value, str) and _FILL_IN.fullmatch(value.strip()):
            notes.append(f"Enter {own}. The text has the placeholder {value.strip()}")
        elif value not in (None, ""):
            settings[own] = value
    return settings, notes


def has_environment(text: str) -> bool:
    """Return whether a text sets environment variables of the integration, or values of its Helm chart."""
    return bool(_ENVIRONMENT.search(text) or _HELM.search(text))


def settings_in_text(text: str) -> dict[str, Json]:
    """Return the settings of an env file, a Docker command or a Helm command."""
    if re.search(r"\b(docker|helm)\b", text):
        words = [word for command in read_commands(text) for word in command.words]
    else:
        words = [_unquoted(line) for line in text.splitlines()]
    return dict(_assigned(words))


def settings_in(document: Mapping[str, Json]) -> dict[str, Json]:
    """Return the settings of Helm values, or of a file with a section integration."""
    integration = as_object(document.get("integration")) or document
    found: dict[str, Json] = {}
    for section in _SECTIONS:
        found |= {
            name: value
            for name, value in as_object(integration.get(section)).items()
            if name not in ("resources", "deleteDependentEntities", "createMissingRelatedEntities")
        }
    return found


def _assigned(words: list[str]) -> Iterator[tuple[str, Json]]:
    for word in words:
        if found := _HELM.search(word):
            yield found["name"], found["value"].strip()
        elif found := _ENVIRONMENT.search(word):
            yield setting_name(found["name"].lower()), _value(found["value"].strip())


def _value(text: str) -> Json:
    """Return a value; objects and lists are written as JSON."""
    if text[:1] in ("{", "["):
        try:
            return parse_json(text)
        except ValueError:
            return text
    return text


def _unquoted(line: str) -> str:
    name, sign, value = line.strip().partition("=")
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return f"{name}{sign}{value}"
